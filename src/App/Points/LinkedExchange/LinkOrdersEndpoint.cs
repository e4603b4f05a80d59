using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.LinkedExchange;

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="Partner">Key of the company.</param>
/// <param name="Points">The partner's.</param>
/// <param name="Municipality">Whose points they become, 6 digits; <c>reserved</c>: chosen later.</param>
public sealed record LinkOrderRequest(Guid Id, string Partner, long Points, string Municipality);

/// <param name="State"><c>ordered</c>, <c>asking</c>, <c>debited</c>: under way; <c>posted</c>: the points are there; <c>refused</c>: nothing was debited; <c>stuck</c>: somebody looks at it; <c>ended</c>.</param>
/// <param name="Points">The partner's; they become <paramref name="Worth"/> at <paramref name="Rate"/>.</param>
/// <param name="ExpiresOn">Last day of the points; of reserved ones the last on which a municipality is chosen.</param>
/// <param name="Receipt">Once they are there.</param>
/// <param name="Code">Of the refusal, where it was refused.</param>
public sealed record LinkOrderReply(Guid Id, string Partner, string Municipality, string State, long Points, long Worth, string Rate, DateOnly ExpiresOn, string? Receipt, string? Code);

/// <param name="Id">Number of the order, at the partner and here.</param>
/// <param name="Reason"><c>amount_differs</c>: the partner says that it has debited <paramref name="Answered"/>; or the code for which the ledger refused it.</param>
public sealed record StuckOrderReply(Guid Id, string Partner, string Municipality, string State, long Points, long? Answered, long Worth, string? Reason, long OrderedMs, int Asks);

/// <summary><c>/api/v1/my/link-orders</c> for citizens, <c>/api/v1/operator/link-orders</c> for those who look after what is stuck.</summary>
public static class LinkOrdersEndpoint
{
    public static void AddLinkedExchange(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LinkOrders>().AddSingleton<SettleLinkOrder>().AddSingleton<JudgeLinkOrder>().AddSingleton<PlaceLinkOrder>().AddSingleton<TakePartnerOrder>().AddSingleton<ResolveLinkOrder>().AddSingleton<LinkOrderWords>();
        builder.Services.AddSingleton<SettleLinkOrders>().AddSingleton<IJob>(s => s.GetRequiredService<SettleLinkOrders>());
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Operator, 32, "とちゅうの交換", "/operator/link-orders"));
    }

    public static void MapLinkedExchange(this WebApplication app)
    {
        var mine = app.MapGroup("/api/v1/my/link-orders").RequireRateLimiting(RateLimits.Attempts);
        mine.MapPost("", Place).Produces<LinkOrderReply>(StatusCodes.Status201Created).Produces<LinkOrderReply>();
        mine.MapGet("/{id:guid}", Get);
        app.MapPartnerOrders();
        var group = app.MapGroup("/api/v1/operator/link-orders");
        group.MapGet("", List);
        group.MapPost("/{id:guid}/ask", Ask);
        group.MapPost("/{id:guid}/end", End);
    }

    private static async Task<Answer<LinkOrderReply>> Place(LinkOrderRequest request, HttpContext context, PlaceLinkOrder place, LinkOrders orders, LinkOrderWords words, CancellationToken stop)
    {
        var repeated = false;
        var answer = await context.AsCitizen<LinkOrderReply>(async citizen =>
        {
            repeated = await orders.Find(citizen.Id, request.Id, stop) is not null;
            var placed = await place.Run(citizen, new WantedLinkOrder(request.Id, request.Partner, request.Points, request.Municipality), stop);
            return placed.Refused is { } no ? no : await words.Reply(placed.Value);
        });
        return repeated ? answer : Answer.Created(answer);
    }

    private static async Task<Answer<LinkOrderReply>> Get(Guid id, HttpContext context, LinkOrders orders, LinkOrderWords words, CancellationToken stop) => await context.AsCitizen<LinkOrderReply>(async citizen =>
        await orders.Find(citizen.Id, id, stop) is { } order ? await words.Reply(order) : Refusal.Of("not_found"));

    private static async Task<Answer<List<StuckOrderReply>>> List(HttpContext context, LinkOrders orders, PartnerCache partners, CancellationToken stop) => await context.AtPlatform<List<StuckOrderReply>>(async _ =>
    {
        var view = await partners.View();
        return (await orders.Stuck(stop)).Select(o => Stuck(o, view)).ToList();
    });

    private static async Task<Answer<StuckOrderReply>> Ask(Guid id, HttpContext context, ResolveLinkOrder resolve, PartnerCache partners, CancellationToken stop) =>
        await Resolved(context, partners, work => resolve.Ask(work, new TransferId(id), stop));

    private static async Task<Answer<StuckOrderReply>> End(Guid id, ReasonRequest request, HttpContext context, ResolveLinkOrder resolve, PartnerCache partners, CancellationToken stop) =>
        await Resolved(context, partners, work => resolve.End(work, new TransferId(id), request.Reason, stop));

    private static async Task<Result<StuckOrderReply>> Resolved(HttpContext context, PartnerCache partners, Func<StaffAtWork, Task<Result<LinkOrder>>> resolve)
    {
        var view = await partners.View();
        return (await context.AtPlatform(resolve)).Then<StuckOrderReply>(o => Stuck(o, view));
    }

    private static StuckOrderReply Stuck(LinkOrder o, PartnerView view) =>
        new(o.Id.Value, view.Find(o.Partner)?.Key ?? "", Destination.WordOf(o.Issuer), Words<LinkOrderState>.Of(o.State), o.Points, o.Answered, o.Worth.Value, o.Reason, o.OrderedMs, o.Asks);
}
