using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Vouchers;

/// <param name="Kind"><c>shopping</c> or <c>parking</c>; stays as it was first.</param>
/// <param name="Denomination">Points of one sheet; stays as it was first.</param>
/// <param name="Where">Where it is good.</param>
/// <param name="PremiumPercent">0 to 100; more than 0 needs the programme whose budget pays it.</param>
/// <param name="State"><c>on</c> or <c>off</c>.</param>
public sealed record VoucherProductRequest(string Name, string Kind, long Denomination, string Where, DateOnly From, DateOnly Until, int PremiumPercent = 0, Guid? Programme = null, string State = "on");

/// <param name="Unit">Points come in multiples of it, so that with the premium whole sheets come out.</param>
public sealed record VoucherProductReply(Guid Id, string Name, string Kind, long Denomination, string Where, DateOnly From, DateOnly Until, int PremiumPercent, Guid? Programme, long Unit, string State)
{
    public static VoucherProductReply Of(VoucherProduct p) => new(p.Id, p.Name, Words<VoucherKind>.Of(p.Kind), p.Denomination.Value, p.Where, p.From, p.Until, p.PremiumPercent, p.Programme?.Value, p.Unit,
        Words<VoucherProductState>.Of(p.State));
}

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="Desk">Of the acceptor whose desk it is, a UUID.</param>
/// <param name="Kind"><c>received</c>, <c>lost</c>, <c>spoilt</c>, <c>found</c> or <c>moved</c>.</param>
/// <param name="First">First number, as printed.</param>
/// <param name="Last">Last number; left out: only the first.</param>
/// <param name="Reason">For <c>lost</c>, <c>spoilt</c> and <c>found</c>.</param>
/// <param name="To">For <c>moved</c>: the other desk.</param>
public sealed record VoucherStockRequest(Guid Id, Guid Product, Guid Desk, string Kind, string First, string? Last = null, string? Reason = null, Guid? To = null);

/// <param name="Count">Sheets.</param>
public sealed record VoucherStockChangeReply(string Numbers, long Count);

/// <param name="Count">Sheets in stock.</param>
public sealed record VoucherStockReply(Guid Product, Guid Desk, long Count);

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="Returned">All numbers that were handed out.</param>
/// <param name="Spoilt">Those of them that nobody gets any more; the others are in stock again.</param>
public sealed record VoucherStaffBackRequest(Guid Id, IReadOnlyList<string> Returned, IReadOnlyList<string>? Spoilt = null);

/// <summary>Products, stock and lists of a municipality, and what an operator and a citizen see of one exchange.</summary>
public static class OfficeVouchersEndpoint
{
    public static void MapOfficeVouchers(this WebApplication app)
    {
        var office = app.MapGroup("/api/v1/office");
        office.MapGet("/voucher-products", Products);
        office.MapPut("/voucher-products/{id:guid}", Save);
        office.MapGet("/voucher-stock", Stock);
        office.MapPost("/voucher-stock", Change);
        office.MapGet("/vouchers", List);
        office.MapGet("/vouchers.csv", Csv);
        office.MapGet("/vouchers/{key}", Get);
        office.MapPost("/vouchers/{key}/cancel", Cancel);
        app.MapGet("/api/v1/operator/vouchers/{receipt}", OfOperator);
        app.MapPost("/api/v1/operator/vouchers/{receipt}/cancel", CancelByOperator);
        app.MapGet("/api/v1/my/vouchers/{receipt}", Mine).RequireRateLimiting(RateLimits.Anonymous);
    }

    private static async Task<Answer<List<VoucherProductReply>>> Products(HttpContext context, FindVouchers find, CancellationToken stop) =>
        await context.InOffice<List<VoucherProductReply>>(async work =>
            work.Require(Role.Officer).Refused is { } no ? no : (await find.Products(work.Office.Code, stop)).Select(VoucherProductReply.Of).ToList());

    private static async Task<Answer<VoucherProductReply>> Save(Guid id, VoucherProductRequest request, HttpContext context, SaveProduct save, CancellationToken stop) =>
        (await context.InOffice<VoucherProduct>(async work =>
        {
            if (Words<VoucherKind>.Find(request.Kind) is not { } kind) return Refusal.Of("field_unknown", ("field", "kind"));
            if (Words<VoucherProductState>.Find(request.State) is not { } state) return Refusal.Of("field_unknown", ("field", "state"));
            return await save.Run(work, new WantedProduct(id, request.Name, kind, request.Denomination, request.Where, request.From, request.Until, request.PremiumPercent,
                request.Programme is { } programme ? new ProgrammeId(programme) : null, state == VoucherProductState.On), stop);
        })).Then<VoucherProductReply>(p => VoucherProductReply.Of(p));

    private static async Task<Answer<List<VoucherStockReply>>> Stock(HttpContext context, FindVouchers find, CancellationToken stop) =>
        await context.InOffice<List<VoucherStockReply>>(async work => work.Require(Role.Officer).Refused is { } no ? no
            : (await find.Stock(work.Office.Code, stop)).OrderBy(s => s.Key.Product).ThenBy(s => s.Key.Desk.Value).Select(s => new VoucherStockReply(s.Key.Product, s.Key.Desk.Value, s.Value)).ToList());

    private static async Task<Answer<VoucherStockChangeReply>> Change(VoucherStockRequest request, HttpContext context, ChangeStock stock, CancellationToken stop) =>
        (await context.InOffice<VoucherRun>(async work => Words<StockChangeKind>.Find(request.Kind) is not { } kind ? Refusal.Of("field_unknown", ("field", "kind"))
            : await stock.Run(work, new WantedChange(request.Id, request.Product, new AcceptorId(request.Desk), kind, request.First, request.Last, request.Reason,
                request.To is { } to ? new AcceptorId(to) : null), stop)))
        .Then<VoucherStockChangeReply>(r => new VoucherStockChangeReply(r.ToString(), r.Count));

    /// <param name="from">First day; left out: today.</param>
    private static async Task<Answer<VoucherListReply>> List(DateOnly? from, DateOnly? until, HttpContext context, ListVouchers lists, CancellationToken stop) =>
        (await context.InOffice(work => lists.OfOffice(work, from, until, stop))).Then<VoucherListReply>(l => VoucherListReply.Of(l));

    private static async Task<IResult> Csv(DateOnly? from, DateOnly? until, HttpContext context, ListVouchers lists, CancellationToken stop) =>
        VouchersEndpoint.File(await context.InOffice(work => lists.OfOffice(work, from, until, stop)));

    private static async Task<Answer<VoucherReply>> Get(string key, HttpContext context, TakeVouchersBack vouchers, CancellationToken stop) =>
        (await context.InOffice(work => vouchers.Find(work, key, stop))).Then<VoucherReply>(o => VoucherReply.Of(o));

    private static async Task<Answer<VoucherReply>> Cancel(string key, VoucherStaffBackRequest request, HttpContext context, TakeVouchersBack vouchers, CancellationToken stop) =>
        await context.InOffice(async work => await Back(await vouchers.Find(work, key, stop), work, request, vouchers, stop));

    private static async Task<Answer<VoucherReply>> OfOperator(string receipt, HttpContext context, TakeVouchersBack vouchers, CancellationToken stop) =>
        (await context.AtPlatform(work => vouchers.ByReceipt(work, receipt, stop))).Then<VoucherReply>(o => VoucherReply.Of(o));

    private static async Task<Answer<VoucherReply>> CancelByOperator(string receipt, VoucherStaffBackRequest request, HttpContext context, TakeVouchersBack vouchers, CancellationToken stop) =>
        await context.AtPlatform(async work => await Back(await vouchers.ByReceipt(work, receipt, stop), work, request, vouchers, stop));

    private static async Task<Result<VoucherReply>> Back(Result<VoucherOrder> order, StaffAtWork work, VoucherStaffBackRequest request, TakeVouchersBack vouchers, CancellationToken stop)
    {
        if (order.Refused is { } no) return no;
        var paper = new ReturnedPaper(request.Returned ?? [], request.Spoilt ?? []);
        return (await vouchers.Run(order.Value, new TransferId(request.Id), paper, (work.Actor, null), stop)).Then<VoucherReply>(o => VoucherReply.Of(o));
    }

    private static async Task<Answer<VoucherReply>> Mine(string receipt, HttpContext context, MyVouchers vouchers, CancellationToken stop)
    {
        var citizen = await context.CitizenOf();
        if (citizen.Refused is { } nobody) return nobody;
        return (await vouchers.Find(citizen.Value.Id, receipt, stop)).Then<VoucherReply>(o => VoucherReply.Of(o));
    }
}
