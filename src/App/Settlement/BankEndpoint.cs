using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <param name="CreditorKind">null: the municipality's own.</param>
/// <param name="Tail">Last digits; the rest is for those who read it over its page.</param>
/// <param name="State"><c>waiting</c> for another officer, <c>active</c>, <c>replaced</c>, <c>withdrawn</c>.</param>
public sealed record KeptAccountReply(Guid Id, string? CreditorKind, Guid? Creditor, string Tail, string State, Guid Maker, long MadeMs)
{
    public static KeptAccountReply Of(KeptAccount a) => new(a.Id, a.Holder.CreditorKind is { } kind ? Words<AccountKind>.Of(kind) : null, a.Holder.CreditorKind is null ? null : a.Holder.Creditor, a.Tail, Words<AccountState>.Of(a.State), a.Maker.Value, a.MadeMs);
}

/// <param name="State"><c>checking</c>, <c>blocked</c>, <c>waiting</c>, <c>approved</c>, <c>done</c>, <c>withdrawn</c>.</param>
public sealed record PaymentRunReply(Guid Id, DateOnly PayDay, int Transfers, long Amount, string State, Guid Maker, long MadeMs)
{
    public static PaymentRunReply Of(PaymentRun r) => new(r.Id, r.PayDay, r.Transfers, r.Amount, Words<RunState>.Of(r.State), r.Maker.Value, r.MadeMs);
}

/// <param name="State"><c>ordered</c>, <c>paid</c>, <c>returned</c>.</param>
public sealed record RunTransferReply(long Number, string CreditorKind, Guid Creditor, string Tail, long Amount, int Claims, string State);

/// <param name="FoundIn"><c>ledger</c> or <c>file</c>; <paramref name="Month"/> null and <paramref name="CreditorKind"/> null where it is about the whole file.</param>
public sealed record RunDifferenceReply(string FoundIn, string? Month, string? CreditorKind, Guid? Creditor, long Claimed, long Found);

public sealed record PaymentRunWholeReply(PaymentRunReply Run, IReadOnlyList<RunTransferReply> Transfers, IReadOnlyList<RunDifferenceReply> Differences);

/// <param name="Returned">Numbers of payments that came back; all others were paid.</param>
public sealed record RunResultRequest(IReadOnlyList<long> Returned);

/// <summary>Accounts, and files for the bank of a municipality.</summary>
public static class BankEndpoint
{
    public const int MostBytes = 20_000_000;

    public static void MapBank(this WebApplication app)
    {
        var accounts = app.MapGroup("/api/v1/office/settlement/accounts");
        accounts.MapGet("", Accounts);
        accounts.MapPost("", async Task<Answer<KeptAccountReply>> (WantedAccount request, HttpContext context, SaveAccount save, CancellationToken stop) =>
            (await context.InOffice(work => save.Make(work, request, stop))).Then<KeptAccountReply>(a => KeptAccountReply.Of(a)));
        accounts.MapPost("/{id:guid}/approve", async Task<Answer<KeptAccountReply>> (Guid id, HttpContext context, SaveAccount save, CancellationToken stop) =>
            (await context.InOffice(work => save.Approve(work, id, stop))).Then<KeptAccountReply>(a => KeptAccountReply.Of(a)));
        accounts.MapPost("/{id:guid}/withdraw", async Task<Answer<bool>> (Guid id, HttpContext context, SaveAccount save, CancellationToken stop) => await context.InOffice(work => save.Withdraw(work, id, stop)));

        var runs = app.MapGroup("/api/v1/office/settlement/runs");
        runs.MapGet("", Runs);
        runs.MapPost("", async Task<Answer<PaymentRunReply>> (WantedRun request, HttpContext context, MakeRun make, CancellationToken stop) => Reply(await context.InOffice(work => make.Run(work, request, stop))));
        runs.MapGet("/{id:guid}", Run);
        runs.MapPost("/{id:guid}/approve", async Task<Answer<PaymentRunReply>> (Guid id, HttpContext context, DecideRun decide, CancellationToken stop) => Reply(await context.InOffice(work => decide.Approve(work, id, stop))));
        runs.MapPost("/{id:guid}/withdraw", async Task<Answer<bool>> (Guid id, ReasonRequest request, HttpContext context, DecideRun decide, CancellationToken stop) => await context.InOffice(work => decide.Withdraw(work, id, request.Reason, stop)));
        runs.MapGet("/{id:guid}/file", File).Produces<byte[]>(StatusCodes.Status200OK, "application/octet-stream");
        runs.MapPost("/{id:guid}/result", Result).WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MostBytes));
        runs.MapPost("/{id:guid}/returned", async Task<Answer<PaymentRunReply>> (Guid id, RunResultRequest request, HttpContext context, DecideRun decide, CancellationToken stop) =>
            Reply(await context.InOffice(work => decide.Told(work, id, request.Returned, stop))));
    }

    private static Answer<PaymentRunReply> Reply(Result<PaymentRun> run) => run.Then<PaymentRunReply>(r => PaymentRunReply.Of(r));

    private static async Task<Answer<KeptAccountReply[]>> Accounts(HttpContext context, FindAccounts find, CancellationToken stop) =>
        await OfficeSettlementEndpoint.Seen<KeptAccountReply[]>(context, async work => (await find.Of(work.Office.Code, stop)).Select(KeptAccountReply.Of).ToArray());

    private static async Task<Answer<PaymentRunReply[]>> Runs(HttpContext context, FindRuns find, CancellationToken stop) =>
        await OfficeSettlementEndpoint.Seen<PaymentRunReply[]>(context, async work => (await find.Of(work.Office.Code, stop)).Select(PaymentRunReply.Of).ToArray());

    private static async Task<Answer<PaymentRunWholeReply>> Run(Guid id, HttpContext context, FindRuns find, CancellationToken stop) =>
        await OfficeSettlementEndpoint.Seen<PaymentRunWholeReply>(context, async work => await find.Find(work.Office.Code, id, stop) is not { } run ? Refusal.Of("not_found") : new PaymentRunWholeReply(PaymentRunReply.Of(run),
            [.. (await find.Transfers(run, stop)).Select(t => new RunTransferReply(t.Number, Words<AccountKind>.Of((AccountKind)t.To.Kind), t.To.Creditor, t.Tail, t.Amount, t.Claims, Words<RunTransferState>.Of(t.State)))],
            [.. (await find.Differences(run, stop)).Select(d => new RunDifferenceReply(d.FoundIn, d.Month.Number == 0 ? null : d.Month.ToString(), d.To.CreditorKind is { } kind ? Words<AccountKind>.Of(kind) : null,
                d.To.CreditorKind is null ? null : d.To.Creditor, d.Claimed, d.Found))]));

    /// <summary>Bytes of JIS X 0201, as the bank takes them.</summary>
    private static async Task<IResult> File(Guid id, HttpContext context, DecideRun decide, CancellationToken stop)
    {
        var file = await context.InOffice(work => decide.File(work, id, stop));
        return file.Refused is { } no ? new Answer<bool>(no) : Results.Bytes(file.Value, "application/octet-stream", $"{id:N}.txt");
    }

    /// <summary>The file that the bank gave back, as the body.</summary>
    private static async Task<Answer<PaymentRunReply>> Result(Guid id, HttpContext context, DecideRun decide, CancellationToken stop)
    {
        var body = await context.Request.Bytes(stop);
        return Reply(await context.InOffice(work => decide.Read(work, id, body, stop)));
    }
}
