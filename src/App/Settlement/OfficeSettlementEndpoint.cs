using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Settlement;

/// <summary>What a municipality's office sees of closed months: sums and nobody's purchases (K-16).</summary>
public static class OfficeSettlementEndpoint
{
    public static void MapOfficeSettlement(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office/settlement");
        group.MapGet("/months", Months);
        group.MapGet("/months/{month}/statements", Statements);
        group.MapGet("/months/{month}/costs", Costs);
        group.MapGet("/months/{month}/claims", Claims);
        group.MapPost("/claims/{id:guid}/answer", Answered);
        group.MapGet("/approvals", Approvals);
        group.MapPost("/approvals", Approval);
        group.MapPost("/approvals/{id:guid}/approve", Approve);
        group.MapPost("/approvals/{id:guid}/withdraw", Withdraw);
        Payments(app.MapGroup("/api/v1/office/settlement/payments"), StaffDoor.Office);
        Payments(app.MapGroup("/api/v1/operator/settlement/corrections"), StaffDoor.Operator);
    }

    /// <summary>Officers and approvers see; each may do his part.</summary>
    internal static Refusal? Sees(StaffAtWork work) => work.Require(Role.Officer).Ok ? null : work.Require(Role.Approver).Refused;

    internal static Task<Result<T>> Seen<T>(HttpContext context, Func<StaffAtWork, Task<Result<T>>> call) =>
        context.InOffice<T>(async work => Sees(work) is { } no ? no : await call(work));

    private static async Task<Answer<MonthReply[]>> Months(HttpContext context, FindMonths find, CancellationToken stop) =>
        await Seen<MonthReply[]>(context, async _ => (await find.Closed(stop)).Select(MonthReply.Of).ToArray());

    private static async Task<Answer<StatementReply[]>> Statements(string month, HttpContext context, FindMonths months, FindStatements find, PartnerCache partners, CancellationToken stop) =>
        await Seen<StatementReply[]>(context, async work =>
        {
            var closed = await months.Closed(month, stop);
            return closed.Refused is { } no ? no : Replies(await find.Of(work.Office.Code, closed.Value.Month, stop), await partners.View());
        });

    private static async Task<Answer<CostReply[]>> Costs(string month, HttpContext context, FindMonths months, FindStatements find, CancellationToken stop) =>
        await Seen<CostReply[]>(context, async work =>
        {
            var closed = await months.Closed(month, stop);
            return closed.Refused is { } no ? no : (await find.Costs(work.Office.Code, closed.Value.Month, stop)).Select(c => new CostReply(Words<MyKey.Ledger.AccountKind>.Of(c.PaidTo), c.Partners, c.Budget, c.Premium)).ToArray();
        });

    /// <param name="after">The last id of the leaf before, of which there were 500.</param>
    private static async Task<Answer<SettlementClaimReply[]>> Claims(string month, Guid? after, HttpContext context, FindMonths months, FindClaims find, CancellationToken stop) =>
        await Seen<SettlementClaimReply[]>(context, async work =>
        {
            var closed = await months.Closed(month, stop);
            return closed.Refused is { } no ? no : (await find.Of(work.Office.Code, closed.Value.Month, after ?? Guid.Empty, stop)).Select(SettlementClaimReply.Of).ToArray();
        });

    private static async Task<Answer<SettlementClaimReply>> Answered(Guid id, ReasonRequest request, HttpContext context, ApproveClaims approve, CancellationToken stop) =>
        (await context.InOffice(work => approve.Answer(work, id, request.Reason, stop))).Then<SettlementClaimReply>(c => SettlementClaimReply.Of(c));

    private static async Task<Answer<ClaimApprovalReply[]>> Approvals(HttpContext context, FindClaims find, CancellationToken stop) =>
        await Seen<ClaimApprovalReply[]>(context, async work => (await find.Waiting(work.Office.Code, stop)).Select(ClaimApprovalReply.Of).ToArray());

    private static async Task<Answer<ApprovalMade>> Approval(WantedApproval request, HttpContext context, ApproveClaims approve, CancellationToken stop) =>
        await context.InOffice(work => approve.Run(work, request, stop));

    private static async Task<Answer<bool>> Approve(Guid id, HttpContext context, ApproveClaims approve, CancellationToken stop) => await context.InOffice(work => approve.Approve(work, id, stop));

    private static async Task<Answer<bool>> Withdraw(Guid id, HttpContext context, ApproveClaims approve, CancellationToken stop) => await context.InOffice(work => approve.Withdraw(work, id, stop));

    private static void Payments(RouteGroupBuilder group, StaffDoor door)
    {
        group.MapGet("", async Task<Answer<PartnerPaymentReply[]>> (HttpContext context, BookPayments book, PartnerCache partners, CancellationToken stop) =>
            await context.At<PartnerPaymentReply[]>(door, async work => work.Town is not null && Sees(work) is { } no ? no : Replies(await book.All(work, stop), await partners.View())));
        group.MapPost("", async Task<Answer<PartnerPaymentReply>> (WantedPayment request, HttpContext context, BookPayments book, PartnerCache partners, CancellationToken stop) =>
            await One(await context.At(door, work => book.Make(work, request, stop)), partners));
        group.MapPost("/{id:guid}/book", async Task<Answer<PartnerPaymentReply>> (Guid id, HttpContext context, BookPayments book, PartnerCache partners, CancellationToken stop) =>
            await One(await context.At(door, work => book.Book(work, id, stop)), partners));
        group.MapPost("/{id:guid}/withdraw", async Task<Answer<bool>> (Guid id, HttpContext context, BookPayments book, CancellationToken stop) => await context.At(door, work => book.Withdraw(work, id, stop)));
    }

    private static async Task<Result<PartnerPaymentReply>> One(Result<PartnerPayment> payment, PartnerCache partners) => payment.Refused is { } no ? no : Replies([payment.Value], await partners.View())[0];

    private static PartnerPaymentReply[] Replies(IReadOnlyList<PartnerPayment> all, PartnerView partners) =>
        [.. all.Select(p => new PartnerPaymentReply(p.Id, Words<PaymentKind>.Of(p.Kind), partners.Find(p.Partner)?.Key ?? "", p.Municipality.Value, p.Amount, p.Day, p.Note, Words<PaymentState>.Of(p.State), p.BookMonth?.ToString(), p.Maker.Value))];

    internal static StatementReply[] Replies(IReadOnlyList<Statement> all, PartnerView partners) =>
    [
        .. all.Select(s => new StatementReply(s.Month.ToString(), partners.Find(s.Partner)?.Key ?? s.Partner.Value.ToString(), s.Municipality.Value, s.Opening, s.Exchanged, s.Moved, s.Corrected, s.Paid, s.Due, s.Transfers,
            s.Answer is { } answer ? answer.Confirmed ? "confirmed" : "disputed" : null, s.Answer?.Note)),
    ];
}
