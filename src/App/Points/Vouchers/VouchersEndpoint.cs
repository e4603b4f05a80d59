using System.Net.Mime;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Vouchers;

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="CitizenToken">From a tap or a code at this terminal.</param>
/// <param name="Product">What the points become, a UUID.</param>
/// <param name="Points">The citizen's: a multiple of the product's <c>unit</c>.</param>
/// <param name="Numbers">The sheets that the desk takes, e.g. <c>A-0101～A-0110</c>; left out: the next ones of its stock.</param>
public sealed record VoucherRequest(Guid Id, string CitizenToken, Guid Product, long Points, IReadOnlyList<string>? Numbers = null);

/// <param name="Key">Its name in addresses.</param>
/// <param name="Count">Sheets.</param>
/// <param name="Premium">What the municipality added to the citizen's points.</param>
/// <param name="Numbers">As printed, neighbours joined by ～.</param>
/// <param name="State"><c>handed</c>, or <c>cancelled</c> once the paper came back.</param>
public sealed record VoucherReply(string Key, Guid Product, string Name, string Municipality, Guid Desk, long Count, long Denomination, long Points, long Premium, IReadOnlyList<string> Numbers, long TimeMs, string State)
{
    public static VoucherReply Of(VoucherOrder o) => new(o.Key, o.Product, o.ProductName, o.Municipality.Value, o.Desk.Value, o.Count, o.Denomination.Value, o.Points.Value, o.Premium.Value,
        [.. o.Runs.Select(r => r.ToString())], o.MadeMs, Words<VoucherOrderState>.Of(o.State));
}

/// <param name="BalanceAfter">What the citizen has left of these points.</param>
public sealed record VoucherHandedReply(VoucherReply Voucher, long BalanceAfter);

/// <param name="Unit">Points come in multiples of it, so that with the premium whole sheets come out.</param>
/// <param name="Stock">Sheets that this desk has.</param>
public sealed record VoucherAtDeskReply(Guid Product, string Municipality, string Name, string Kind, long Denomination, long Unit, int PremiumPercent, string Where, long Stock);

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="ShopCode">The desk's own number.</param>
/// <param name="Returned">All numbers that were handed out.</param>
/// <param name="Spoilt">Those of them that nobody gets any more; the others are in stock again.</param>
public sealed record VoucherBackRequest(Guid Id, string ShopCode, IReadOnlyList<string> Returned, IReadOnlyList<string>? Spoilt = null);

/// <param name="ShopCode">The desk's own number.</param>
/// <param name="From">First day; left out: today.</param>
public sealed record VoucherListRequest(string ShopCode, DateOnly? From = null, DateOnly? Until = null);

public sealed record VoucherSumReply(string Name, long Count, long Points, long Premium);

/// <param name="Sums">By product, without what was taken back.</param>
public sealed record VoucherListReply(DateOnly From, DateOnly Until, IReadOnlyList<VoucherReply> Vouchers, IReadOnlyList<VoucherSumReply> Sums)
{
    public static VoucherListReply Of(VoucherList list) => new(list.Days.From, list.Days.Until, [.. list.Orders.Select(VoucherReply.Of)],
        [.. list.Sums.Select(s => new VoucherSumReply(s.Product, s.Count, s.Points.Value, s.Premium.Value))]);
}

/// <summary>The pages of a desk as calls: what it has, handing out, taking back, its list.</summary>
public static class VouchersEndpoint
{
    public static void AddVouchers(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<FindVouchers>().AddSingleton<SaveProduct>().AddSingleton<ChangeStock>().AddSingleton<VoucherPosting>().AddSingleton<HandOutVouchers>()
            .AddSingleton<TakeVouchersBack>().AddSingleton<ListVouchers>().AddSingleton<MyVouchers>().AddSingleton<AuditVouchers>().AddSingleton(services => new RowAuditPart("vouchers", Nightly: false, stop => services.GetRequiredService<AuditVouchers>().Run(stop)));
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Office, 26, "商品券", "/office/vouchers", Role.Officer));
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Operator, 34, "商品券", "/operator/vouchers", Role.Operator));
    }

    public static void MapVouchers(this WebApplication app)
    {
        app.MapGet("/api/v1/voucher-products", AtDesk);
        app.MapPost("/api/v1/vouchers", HandOut).Produces<VoucherHandedReply>(StatusCodes.Status201Created).Produces<VoucherHandedReply>();
        app.MapGet("/api/v1/vouchers/{key}", Get).RequireRateLimiting(RateLimits.Attempts);
        app.MapPost("/api/v1/vouchers/{key}/cancel", Cancel).RequireRateLimiting(RateLimits.Attempts);
        app.MapPost("/api/v1/voucher-lists", List).RequireRateLimiting(RateLimits.Attempts);
        app.MapOfficeVouchers();
    }

    private static async Task<Answer<List<VoucherAtDeskReply>>> AtDesk(HttpContext context, HandOutVouchers vouchers, CancellationToken stop)
    {
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        return (await vouchers.AtDesk(terminal.Value, stop)).Then<List<VoucherAtDeskReply>>(all => all.Select(s => new VoucherAtDeskReply(s.Product.Id, s.Product.Municipality.Value, s.Product.Name,
            Words<VoucherKind>.Of(s.Product.Kind), s.Product.Denomination.Value, s.Product.Unit, s.Product.PremiumPercent, s.Product.Where, s.Count)).ToList());
    }

    private static async Task<Answer<VoucherHandedReply>> HandOut(VoucherRequest request, HttpContext context, HandOutVouchers vouchers, CancellationToken stop)
    {
        if (context.Request.Headers["Idempotency-Key"].FirstOrDefault() is { } key && (!Guid.TryParse(key, out var same) || same != request.Id)) return Refusal.Of("id_reused");
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        var wanted = new WantedVouchers(new TransferId(request.Id), request.CitizenToken, request.Product, request.Points, string.Join('\n', request.Numbers ?? []));
        var handed = await vouchers.Run(terminal.Value, wanted, stop);
        if (handed.Refused is { } no) return no;
        var reply = new VoucherHandedReply(VoucherReply.Of(handed.Value.Order), handed.Value.BalanceAfter.Value);
        return handed.Value.Repeated ? reply : Answer.Created<VoucherHandedReply>(reply);
    }

    private static async Task<Answer<VoucherReply>> Get(string key, HttpContext context, TakeVouchersBack vouchers, CancellationToken stop)
    {
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        return (await vouchers.Find(terminal.Value, key, stop)).Then<VoucherReply>(o => VoucherReply.Of(o));
    }

    private static async Task<Answer<VoucherReply>> Cancel(string key, VoucherBackRequest request, HttpContext context, OpenShop shop, TakeVouchersBack vouchers, CancellationToken stop)
    {
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        var order = await vouchers.Find(terminal.Value, key, stop);
        if (order.Refused is { } notHere) return notHere;
        if ((await shop.Check(terminal.Value, request.ShopCode, stop)).Refused is { } wrong) return wrong;
        var paper = new ReturnedPaper(request.Returned ?? [], request.Spoilt ?? []);
        return (await vouchers.Run(order.Value, new TransferId(request.Id), paper, (terminal.Value.Actor, terminal.Value.Id), stop)).Then<VoucherReply>(o => VoucherReply.Of(o));
    }

    private static async Task<Answer<VoucherListReply>> List(VoucherListRequest request, HttpContext context, OpenShop shop, ListVouchers lists, CancellationToken stop)
    {
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        if ((await shop.Check(terminal.Value, request.ShopCode, stop)).Refused is { } wrong) return wrong;
        return (await lists.OfDesk(terminal.Value, request.From, request.Until, stop)).Then<VoucherListReply>(l => VoucherListReply.Of(l));
    }

    internal static IResult File(Result<VoucherList> list) =>
        list.Refused is { } no ? (Answer<VoucherList>)no : Results.File(list.Value.Csv(), $"{MediaTypeNames.Text.Csv}; charset=utf-8", "vouchers.csv");
}
