using MyKey.App.PartnerLinks;
using MyKey.App.Proposals;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.Net;
using MyKey.Ledger;

namespace MyKey.App.StreetCards;

/// <param name="Kind"><c>street</c>, <c>bus</c> or <c>bicycle</c>.</param>
/// <param name="Charges">Points can be charged.</param>
/// <param name="Linked">Last characters of the card that belongs to this ID; null: none does.</param>
public sealed record MyStreetCardReply(Guid Id, string Name, string Kind, string Municipality, bool Charges, string? Linked);

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="Points">Of the operator's municipality, from 1.</param>
/// <param name="Card">The number on the card; left out: the card that belongs to this ID.</param>
public sealed record ChargeRequest(Guid Id, Guid Operator, long Points, string? Card = null);

/// <param name="State"><c>ordered</c>, <c>asking</c>: under way; <c>charged</c>: on the card; <c>refused</c>: the points are back; <c>stuck</c>: somebody looks at it; <c>ended</c>.</param>
/// <param name="Tail">Last characters of the card.</param>
public sealed record ChargeReply(Guid Id, Guid Operator, string Municipality, string State, long Points, string Tail, long OrderedMs, string? Code)
{
    public static ChargeReply Of(ChargeOrder o) => new(o.Id.Value, o.Operator, o.Issuer.Value, Words<ChargeState>.Of(o.State), o.Points.Value, o.Tail, o.OrderedMs, o.State == ChargeState.Refused ? PlaceCharge.Why(o).Code : null);
}

/// <param name="Source"><c>exchanged</c>, <c>city</c>, <c>association</c>, or the centre's own word.</param>
public sealed record CardBalanceReply(string Source, long Points);

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="CitizenToken">From a tap or a code at this terminal.</param>
/// <param name="Card">The number on the card.</param>
/// <param name="Points">0: the card is only linked.</param>
public sealed record DeskChargeRequest(Guid Id, string CitizenToken, Guid Operator, string Card, long Points = 0);

/// <param name="Charge">Null where nothing was charged.</param>
public sealed record DeskChargeReply(Guid Operator, string Tail, bool Linked, ChargeReply? Charge);

/// <param name="Municipality">Whose points can be charged, 6 digits.</param>
/// <param name="Kind"><c>street</c>, <c>bus</c> or <c>bicycle</c>.</param>
/// <param name="Api">Begins the addresses of its centre.</param>
/// <param name="ClientSecret">Left out: as it was.</param>
/// <param name="State"><c>on</c> or <c>off</c>.</param>
public sealed record CardOperatorRequest(string Municipality, string Name, string Kind, bool Charges, string Api, string ClientId, string? ClientSecret = null, string State = "on");

/// <param name="Proposal">What was asked for waits for another operator under <c>/api/v1/operator/proposals</c>; null: it holds.</param>
public sealed record CardOperatorReply(Guid Id, string Municipality, string Name, string Kind, bool Charges, string Api, string ClientId, string State, Guid? Proposal = null)
{
    public static CardOperatorReply Of(StreetCardOperator o) =>
        new(o.Id, o.Municipality.Value, o.Name, Words<StreetCardKind>.Of(o.Kind), o.Charges, o.Api.OriginalString, o.ClientId, Words<StreetCardState>.Of(o.State));

    public static CardOperatorReply Of(Asked<StreetCardOperator> asked) => Of(asked.Thing) with { Proposal = asked.Proposal };
}

/// <param name="Reason">What keeps it: <c>amount_differs</c>: the centre says that it has charged <paramref name="Answered"/>; or the code for which the ledger refused to give back.</param>
public sealed record StuckChargeReply(Guid Id, Guid Operator, string State, long Points, long? Answered, string Tail, string? Reason, long OrderedMs, int Asks)
{
    public static StuckChargeReply Of(ChargeOrder o) => new(o.Id.Value, o.Operator, Words<ChargeState>.Of(o.State), o.Points.Value, o.Answered, o.Tail, o.Reason, o.OrderedMs, o.Asks);
}

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="ShopCode">The desk's own number.</param>
public sealed record ChargeBackRequest(Guid Id, string ShopCode);

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
public sealed record ChargeStaffBackRequest(Guid Id, string Reason);

/// <param name="State"><c>asking</c>: the centre is being asked; <c>back</c>: it has taken the points off the card, and they are in their lots.</param>
public sealed record ChargeBackReply(string State, long AskedMs)
{
    public static ChargeBackReply Of(ChargeBack b) => new(Words<ChargeBackState>.Of(b.State), b.AskedMs);
}

/// <param name="GiveBack">The points go back to their lots.</param>
public sealed record ChargeEndRequest(string Reason, bool GiveBack);

/// <summary>Street cards for citizens, desks and those who run the platform.</summary>
public static class StreetCardsEndpoint
{
    public static void AddStreetCards(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StreetCardOperators>().AddSingleton<IProposed, CardOperatorProposed>().AddSingleton<StreetCardNumbers>().AddSingleton<StreetCardLinks>().AddSingleton<ChargeOrders>().AddSingleton<SettleCharge>().AddSingleton<PlaceCharge>()
            .AddSingleton<CardCentreCalls>().AddSingleton<ResolveCharge>().AddSingleton<DeskStreetCards>().AddSingleton<MyStreetCards>().AddSingleton<AuditCharges>().AddSingleton(services => new RowAuditPart("charges", Nightly: false, stop => services.GetRequiredService<AuditCharges>().Run(stop)))
            .AddSingleton<ChargeBacks>().AddSingleton<TakeChargeBack>();
        builder.Services.AddSingleton<SettleChargeBacks>().AddSingleton<IJob>(s => s.GetRequiredService<SettleChargeBacks>());
        builder.Services.AddSingleton(services => new WithRevocation((tx, citizen) => services.GetRequiredService<StreetCardLinks>().RemoveAll(tx, citizen)));
        builder.Services.AddSingleton<SettleCharges>().AddSingleton<IJob>(s => s.GetRequiredService<SettleCharges>());
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Operator, 36, "商店街・バスのカード", "/operator/street-cards", Role.Operator));
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Office, 28, "カードへのチャージ", "/office/street-cards", Role.Officer));
    }

    public static void MapStreetCards(this WebApplication app)
    {
        var mine = app.MapGroup("/api/v1/my").RequireRateLimiting(RateLimits.Attempts);
        mine.MapGet("/street-cards", Mine);
        mine.MapGet("/street-cards/{id:guid}/balances", Balances);
        mine.MapDelete("/street-cards/{id:guid}", Remove);
        mine.MapPost("/charges", Charge).Produces<ChargeReply>(StatusCodes.Status201Created).Produces<ChargeReply>();
        mine.MapGet("/charges/{id:guid}", Get);
        app.MapGet("/api/v1/street-cards", AtDesk);
        app.MapPost("/api/v1/street-cards", Desk).RequireRateLimiting(RateLimits.Attempts);
        app.MapPost("/api/v1/street-cards/charges/{receipt}/back", BackAtDesk).RequireRateLimiting(RateLimits.Attempts);
        app.MapPost("/api/v1/office/charges/{receipt}/back", BackInOffice);
        var platform = app.MapGroup("/api/v1/operator");
        platform.MapPost("/charges/{receipt}/back", BackByOperator);
        platform.MapGet("/street-card-operators", Operators);
        platform.MapPut("/street-card-operators/{id:guid}", Save);
        platform.MapGet("/charges", Stuck);
        platform.MapPost("/charges/{id:guid}/ask", Ask);
        platform.MapPost("/charges/{id:guid}/end", End);
    }

    private static async Task<Answer<List<MyStreetCardReply>>> Mine(HttpContext context, MyStreetCards cards, CancellationToken stop) => await context.AsCitizen<List<MyStreetCardReply>>(async citizen =>
        (await cards.Of(citizen.Id, stop)).Select(c => new MyStreetCardReply(c.Operator.Id, c.Operator.Name, Words<StreetCardKind>.Of(c.Operator.Kind), c.Operator.Municipality.Value, c.Operator.Offered().Ok, c.Link?.Tail)).ToList());

    private static async Task<Answer<List<CardBalanceReply>>> Balances(Guid id, HttpContext context, MyStreetCards cards, CancellationToken stop) => await context.AsCitizen<List<CardBalanceReply>>(async citizen =>
        (await cards.Balances(citizen.Id, id, stop)).Then<List<CardBalanceReply>>(all => all.Select(b => new CardBalanceReply(b.Source, b.Points)).ToList()));

    private static async Task<Answer<bool>> Remove(Guid id, HttpContext context, StreetCardLinks links, CancellationToken stop) => await context.AsCitizen<bool>(async citizen =>
        await links.Remove(citizen.Id, id, stop) ? true : Refusal.Of("not_found"));

    private static async Task<Answer<ChargeReply>> Charge(ChargeRequest request, HttpContext context, PlaceCharge place, SignedIn signedIn, ChargeOrders orders, CancellationToken stop)
    {
        var repeated = false;
        var answer = await context.AsCitizen<ChargeReply>(async citizen =>
        {
            repeated = await orders.Find(citizen.Id, LinkedExchange.LinkOrder.IdOf(citizen.Id, request.Id), stop) is not null;
            var placed = await place.Run(citizen, signedIn.Session.RequireCard().Ok, new WantedCharge(request.Id, request.Operator, request.Points, request.Card), stop);
            return placed.Then<ChargeReply>(o => ChargeReply.Of(o));
        });
        return repeated ? answer : Answer.Created(answer);
    }

    private static async Task<Answer<ChargeReply>> Get(Guid id, HttpContext context, ChargeOrders orders, CancellationToken stop) => await context.AsCitizen<ChargeReply>(async citizen =>
        await orders.Find(citizen.Id, new TransferId(id), stop) is { } order ? ChargeReply.Of(order) : Refusal.Of("not_found"));

    private static async Task<Answer<List<CardOperatorReply>>> AtDesk(HttpContext context, DeskStreetCards cards, CancellationToken stop)
    {
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        return (await cards.At(terminal.Value, stop)).Then<List<CardOperatorReply>>(all => all.Select(CardOperatorReply.Of).ToList());
    }

    private static async Task<Answer<DeskChargeReply>> Desk(DeskChargeRequest request, HttpContext context, DeskStreetCards cards, CancellationToken stop)
    {
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        return (await cards.Run(terminal.Value, request.CitizenToken, new WantedCharge(request.Id, request.Operator, request.Points, request.Card), stop))
            .Then<DeskChargeReply>(d => new DeskChargeReply(d.Operator.Id, d.Tail, d.Linked, d.Charge is { } charge ? ChargeReply.Of(charge) : null));
    }

    private static async Task<Answer<ChargeBackReply>> BackAtDesk(string receipt, ChargeBackRequest request, HttpContext context, OpenShop shop, TakeChargeBack take, CancellationToken stop)
    {
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        var charge = await take.Find(terminal.Value, receipt, stop);
        if (charge.Refused is { } notHere) return notHere;
        if ((await shop.Check(terminal.Value, request.ShopCode, stop)).Refused is { } wrong) return wrong;
        return (await take.Run(charge.Value, request.Id, (terminal.Value.Actor, terminal.Value.Id, null), stop)).Then<ChargeBackReply>(b => ChargeBackReply.Of(b));
    }

    private static async Task<Answer<ChargeBackReply>> BackInOffice(string receipt, ChargeStaffBackRequest request, HttpContext context, TakeChargeBack take, CancellationToken stop) =>
        (await context.InOffice(work => take.Run(work, receipt, (request.Id, request.Reason), stop))).Then<ChargeBackReply>(b => ChargeBackReply.Of(b));

    private static async Task<Answer<ChargeBackReply>> BackByOperator(string receipt, ChargeStaffBackRequest request, HttpContext context, TakeChargeBack take, CancellationToken stop) =>
        (await context.AtPlatform(work => take.Run(work, receipt, (request.Id, request.Reason), stop))).Then<ChargeBackReply>(b => ChargeBackReply.Of(b));

    private static async Task<Answer<List<CardOperatorReply>>> Operators(HttpContext context, StreetCardOperators operators, CancellationToken stop) =>
        await context.AtPlatform<List<CardOperatorReply>>(async _ => (await operators.All(stop)).Select(CardOperatorReply.Of).ToList());

    private static async Task<Answer<CardOperatorReply>> Save(Guid id, CardOperatorRequest request, HttpContext context, StreetCardOperators operators, CancellationToken stop) =>
        (await context.AtPlatform<Asked<StreetCardOperator>>(async work =>
        {
            if (Words<StreetCardKind>.Find(request.Kind) is not { } kind) return Refusal.Of("field_unknown", ("field", "kind"));
            if (Words<StreetCardState>.Find(request.State) is not { } state) return Refusal.Of("field_unknown", ("field", "state"));
            return await operators.Save(work, new WantedCardOperator(id, request.Municipality, request.Name, kind, request.Charges, request.Api, request.ClientId, request.ClientSecret, state == StreetCardState.On), stop);
        })).Then<CardOperatorReply>(o => CardOperatorReply.Of(o));

    private static async Task<Answer<List<StuckChargeReply>>> Stuck(HttpContext context, ChargeOrders orders, CancellationToken stop) =>
        await context.AtPlatform<List<StuckChargeReply>>(async _ => (await orders.Stuck(stop)).Select(StuckChargeReply.Of).ToList());

    private static async Task<Answer<StuckChargeReply>> Ask(Guid id, HttpContext context, ResolveCharge resolve, CancellationToken stop) =>
        (await context.AtPlatform(work => resolve.Ask(work, new TransferId(id), stop))).Then<StuckChargeReply>(o => StuckChargeReply.Of(o));

    private static async Task<Answer<StuckChargeReply>> End(Guid id, ChargeEndRequest request, HttpContext context, ResolveCharge resolve, CancellationToken stop) =>
        (await context.AtPlatform(work => resolve.End(work, new TransferId(id), (request.Reason, request.GiveBack), stop))).Then<StuckChargeReply>(o => StuckChargeReply.Of(o));
}
