using System.Text;
using Microsoft.AspNetCore.Http.Features;
using MyKey.App.Offers;
using MyKey.App.PaymentServices;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;

namespace MyKey.App.Claims;

/// <param name="Id">Of the grant.</param>
/// <param name="State"><c>open</c>: can be received until <paramref name="LastDay"/>; <c>claimed</c>; <c>gone</c>: lapsed or recalled.</param>
/// <param name="Claim">The last claim, or null.</param>
public sealed record MyEntitlementReply(Guid Id, string Municipality, string Programme, long Points, long GrantedMs, DateOnly LastDay, string State, ClaimReply? Claim)
{
    public static MyEntitlementReply Of(MyEntitlement e) => new(e.Granted.Id.Value, e.Granted.Municipality.Value, e.Programme, e.Granted.Amount.Value, e.Granted.GrantedMs, e.Open?.LastDay ?? e.Granted.LastDay,
        Words<EntitlementState>.Of(e.State), e.Last is { } last ? ClaimReply.Of(last) : null);
}

/// <param name="Service">Null: points of the municipality.</param>
/// <param name="State">
/// <c>ordered</c>, <c>asking</c>: under way; <c>accepted</c>: the service will grant; <c>granted</c>; <c>refused</c>: it is unclaimed again; <c>stuck</c>: somebody looks at it; <c>ended</c>.
/// </param>
/// <param name="Reason">Of a refused one: <c>invalid_account</c>, <c>limit</c>, <c>expired</c>, <c>not_received</c>, <c>refused</c>.</param>
public sealed record ClaimReply(Guid Id, Guid Entitlement, Guid? Service, Guid? Account, long Points, string Fallback, string State, string? Reason, long OrderedMs, long? AcceptedMs, long? GrantedMs)
{
    public static ClaimReply Of(Claim c) => new(c.Id.Value, c.Entitlement.Value, c.To?.Service.Value, c.To?.Account, c.Points.Value, Words<Fallback>.Of(c.Fallback), Words<ClaimState>.Of(c.State),
        c.State == ClaimState.Refused ? c.Reason : null, c.AtMs.Ordered, c.AtMs.Accepted, c.AtMs.Granted);
}

/// <param name="To">An account's id; <c>municipality</c>: points of the municipality.</param>
public sealed record ClaimTargetReply(string To, string Name);

/// <param name="To">As <see cref="ClaimTargetReply.To"/>; left out: the only one that there is.</param>
/// <param name="Fallback"><c>none</c>, <c>accounts</c>, <c>municipal</c> or <c>accounts_municipal</c>: what is tried where the service does not grant.</param>
/// <param name="Points">All of it; left out: all of it.</param>
public sealed record ClaimQuestionRequest(Guid Entitlement, string? To = null, string Fallback = "none", long? Points = null);

/// <param name="Agent">Address of the card agent with the question.</param>
/// <param name="Claim">Id of the claim, once it is made.</param>
public sealed record ClaimQuestionReply(string Agent, Guid Claim);

/// <param name="Code">What the agent got for the card's signature.</param>
public sealed record ClaimRequest(string? Code = null);

/// <param name="Reason">What keeps it: <c>amount_differs</c>: the service says <paramref name="Answered"/>; <c>forgotten</c>: it no longer knows what it had accepted; or the code for which the ledger refused to give back.</param>
public sealed record StuckClaimReply(Guid Id, Guid Service, string State, long Points, long? Answered, string? Reason, long OrderedMs, int Asks)
{
    public static StuckClaimReply Of(Claim c) => new(c.Id.Value, c.To!.Value.Service.Value, Words<ClaimState>.Of(c.State), c.Points.Value, c.Answered, c.Reason, c.AtMs.Ordered, c.Asks);
}

/// <param name="GiveBack">It is unclaimed again.</param>
public sealed record ClaimEndRequest(string Reason, bool GiveBack);

/// <summary>An order as its service reads it.</summary>
public sealed record ServiceOrderReply(Guid Id, string Municipality, long Points, string State, long OrderedMs, long? AcceptedMs, long? GrantedMs)
{
    public static ServiceOrderReply Of(Claim c) => new(c.Id.Value, c.Municipality.Value, c.Points.Value, Words<ClaimState>.Of(c.State), c.AtMs.Ordered, c.AtMs.Accepted, c.AtMs.Granted);
}

/// <param name="Id">Of the order.</param>
/// <param name="State"><c>accepted</c>, <c>granted</c> or <c>refused</c>.</param>
public sealed record ServiceEventRequest(Guid Id, string State, long? Points = null, string? Reason = null);

/// <summary>Claims for citizens, payment services and those who run the platform.</summary>
public static class ClaimsEndpoint
{
    private const int LargestBody = 4 * 1024;

    public static void AddClaims(this WebApplicationBuilder builder) => builder.Services.AddSingleton(services => AllowedServices.By(services.GetRequiredService<FindOffers>())).AddSingleton<ClaimRows>().AddSingleton<JudgeClaim>().AddSingleton<PlaceClaim>().AddSingleton<SettleClaim>()
        .AddSingleton<ResolveClaim>().AddSingleton<ClaimByCard>().AddSingleton(ClaimByCard.Action).AddSingleton<MyEntitlements>().AddSingleton<TakeServiceEvent>().AddSingleton<AuditClaims>()
        .AddSingleton(services => new RowAuditPart("claims", Nightly: false, stop => services.GetRequiredService<AuditClaims>().Run(stop)))
        .AddSingleton<ClaimChosen>().AddSingleton<IJob>(s => s.GetRequiredService<ClaimChosen>())
        .AddSingleton<SettleClaims>().AddSingleton<IJob>(s => s.GetRequiredService<SettleClaims>())
        .AddSingleton(new StaffMenu(StaffDoor.Operator, 38, "受取のとちゅう", StuckClaimsPage.Here, Role.Operator));

    public static void MapClaims(this WebApplication app)
    {
        app.MapGet(ClaimByCard.AskPath, Go).RequireRateLimiting(RateLimits.Attempts);
        var mine = app.MapGroup("/api/v1/my").RequireRateLimiting(RateLimits.Attempts);
        mine.MapGet("/entitlements", Mine);
        mine.MapGet("/entitlements/{id:guid}/destinations", Destinations);
        mine.MapPost("/claims/question", Question);
        mine.MapPost("/claims", Make).Produces<ClaimReply>(StatusCodes.Status201Created);
        mine.MapGet("/claims/{id:guid}", Get);
        mine.MapDelete("/claims/{id:guid}", Cancel);
        var service = app.MapGroup("/api/v1/payment-service");
        service.MapPost("/events", Event).Accepts<ServiceEventRequest>("application/json").RequireRateLimiting(RateLimits.Attempts);
        service.MapGet("/orders", Orders);
        service.MapGet("/orders/{id:guid}", Order);
        var platform = app.MapGroup("/api/v1/operator/claims");
        platform.MapGet("", Stuck);
        platform.MapPost("/{id:guid}/ask", Ask);
        platform.MapPost("/{id:guid}/end", End);
    }

    /// <summary>The page's link to the agent; a refusal stands on the page.</summary>
    private static async Task Go(HttpContext context, Guid entitlement, string? to, string? then, ClaimByCard claim, CardOptions cards)
    {
        var citizen = await context.CitizenOf();
        if (citizen.Refused is not null || !cards.On)
        {
            context.SeeOther(citizen.Refused is null ? ClaimByCard.ListPath : CitizenShell.LoginFor(ClaimByCard.ListPath, expired: false));
            return;
        }
        var asked = await claim.Ask(context, citizen.Value.Id, new WantedClaim(new TransferId(entitlement), to, Words<Fallback>.Find(then ?? "") ?? Fallback.None));
        if (asked.Refused is { } no) await context.Refuse(no, new NextStep("受け取るポイントの一覧へ", ClaimByCard.ListPath));
        else context.SeeOther(asked.Value.Agent);
    }

    private static async Task<Answer<List<MyEntitlementReply>>> Mine(HttpContext context, MyEntitlements mine, CancellationToken stop) =>
        await context.AsCitizen<List<MyEntitlementReply>>(async citizen => (await mine.Of(citizen.Id, stop)).Select(MyEntitlementReply.Of).ToList());

    private static async Task<Answer<List<ClaimTargetReply>>> Destinations(Guid id, HttpContext context, MyEntitlements mine, JudgeClaim judge, CancellationToken stop) =>
        await context.AsCitizen<List<ClaimTargetReply>>(async citizen =>
        {
            var one = (await mine.Of(citizen.Id, stop)).FirstOrDefault(e => e.Granted.Id.Value == id);
            return one is null ? Refusal.Of("not_found") : (await judge.Targets(one.Granted, stop)).Select(t => new ClaimTargetReply(t.Key, t.Word)).ToList();
        });

    private static async Task<Answer<ClaimQuestionReply>> Question(ClaimQuestionRequest request, HttpContext context, ClaimByCard claim, CardOptions cards) => await context.AsCitizen<ClaimQuestionReply>(async citizen =>
    {
        if (Words<Fallback>.Find(request.Fallback) is not { } then) return Refusal.Of("field_unknown", ("field", "fallback"));
        if (!cards.On) return Refusal.Of("card_unavailable");
        var asked = await claim.Ask(context, citizen.Id, new WantedClaim(new TransferId(request.Entitlement), request.To, then, request.Points));
        return asked.Then<ClaimQuestionReply>(q => new ClaimQuestionReply(q.Agent, q.Id.Value));
    });

    private static async Task<Answer<ClaimReply>> Make(ClaimRequest request, HttpContext context, ClaimByCard claim) => Answer.Created<ClaimReply>((await claim.Run(context, request.Code)).Then<ClaimReply>(c => ClaimReply.Of(c)));

    private static async Task<Answer<ClaimReply>> Get(Guid id, HttpContext context, ClaimRows claims, CancellationToken stop) => await context.AsCitizen<ClaimReply>(async citizen =>
        await claims.Find(citizen.Id, new TransferId(id), stop) is { } claim ? ClaimReply.Of(claim) : Refusal.Of("not_found"));

    private static async Task<Answer<ClaimReply>> Cancel(Guid id, HttpContext context, ClaimRows claims, CancellationToken stop) => await context.AsCitizen<ClaimReply>(async citizen =>
        Refusal.Of(await claims.Find(citizen.Id, new TransferId(id), stop) is null ? "not_found" : "cancel_forbidden"));

    private static async Task<Answer<ServiceOrderReply>> Event(HttpContext context, TakeServiceEvent take, CancellationToken stop)
    {
        if (!context.Request.HasJsonContentType()) return Refusal.Of("media_type");
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = LargestBody;
        var body = await Read(context, stop);
        if (body.Refused is { } unread) return unread;
        var headers = context.Request.Headers;
        var signed = new ServiceSignature(headers["webhook-id"].FirstOrDefault(), headers["webhook-timestamp"].FirstOrDefault(), headers["webhook-signature"].FirstOrDefault());
        return (await take.Run(signed, body.Value, stop)).Then<ServiceOrderReply>(c => ServiceOrderReply.Of(c));
    }

    private static async Task<Answer<List<ServiceOrderReply>>> Orders(HttpContext context, PaymentServiceKeys keys, ClaimRows claims, CancellationToken stop, long since = 0)
    {
        var by = await keys.Of(context, stop);
        if (by.Refused is { } nobody) return nobody;
        return (await claims.Of(by.Value.Id, since, stop)).Select(ServiceOrderReply.Of).ToList();
    }

    private static async Task<Answer<ServiceOrderReply>> Order(Guid id, HttpContext context, PaymentServiceKeys keys, ClaimRows claims, CancellationToken stop)
    {
        var by = await keys.Of(context, stop);
        if (by.Refused is { } nobody) return nobody;
        return await claims.Find(new TransferId(id), stop) is { } claim && claim.To?.Service == by.Value.Id ? ServiceOrderReply.Of(claim) : Refusal.Of("not_found");
    }

    private static async Task<Answer<List<StuckClaimReply>>> Stuck(HttpContext context, ClaimRows claims, CancellationToken stop) =>
        await context.AtPlatform<List<StuckClaimReply>>(async _ => (await claims.Stuck(stop)).Select(StuckClaimReply.Of).ToList());

    private static async Task<Answer<StuckClaimReply>> Ask(Guid id, HttpContext context, ResolveClaim resolve, CancellationToken stop) =>
        (await context.AtPlatform(work => resolve.Ask(work, new TransferId(id), stop))).Then<StuckClaimReply>(c => StuckClaimReply.Of(c));

    private static async Task<Answer<StuckClaimReply>> End(Guid id, ClaimEndRequest request, HttpContext context, ResolveClaim resolve, CancellationToken stop) =>
        (await context.AtPlatform(work => resolve.End(work, new TransferId(id), (request.Reason, request.GiveBack), stop))).Then<StuckClaimReply>(c => StuckClaimReply.Of(c));

    /// <summary>The very bytes, for they are what was signed.</summary>
    private static async Task<Result<string>> Read(HttpContext context, CancellationToken stop)
    {
        try
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            return await reader.ReadToEndAsync(stop);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Refusal.Of("too_large");
        }
    }
}
