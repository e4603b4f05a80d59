using MyKey.App.OnlineLinks;
using MyKey.App.OnlineSites;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.Pledges;

/// <summary>A pledge as its site sees it; nothing leads from it to a person.</summary>
/// <param name="Id">By which the site knows it.</param>
/// <param name="State"><c>held</c>, <c>captured</c> or <c>released</c>.</param>
/// <param name="Captured">Of the amount; what is left over has gone back. <paramref name="Refunded"/> of it has, too.</param>
/// <param name="ExpiresMs">From then on it can't be captured.</param>
/// <param name="Reason">Why it was released: <c>site</c>, <c>expired</c>, <c>staff</c>.</param>
public sealed record PledgeReply(Guid Id, string State, string Municipality, string Issuer, string Category, string Order, long Amount, long Captured, long Released, long Refunded, long HeldMs, long ExpiresMs, string? Reason)
{
    public static PledgeReply Of(Pledge p) => new(p.AskedId, Words<PledgeState>.Of(p.State), p.Municipality.Value, p.Issuer.Value, Words<PledgeCategory>.Of(p.Category), p.Order, p.Amount.Value, p.Captured, p.Released,
        p.Refunded, p.HeldMs, p.ExpiresMs, p.Reason);
}

/// <param name="Municipality">Whose goods or project it is, 6 digits.</param>
public sealed record OnlineBalanceRequest(string LinkToken, string Municipality);

/// <param name="Usable">What the citizen can use of these points now.</param>
public sealed record OnlineBalanceReply(string Issuer, string Name, long Usable);

/// <param name="Municipalities">For which it sells today.</param>
public sealed record SiteMunicipality(string Code, string Name);

public sealed record OwnSiteReply(string Key, string Name, string Kind, IReadOnlyList<SiteMunicipality> Municipalities);

/// <param name="Site">Key of the site.</param>
/// <param name="Order">The site's own number of the order.</param>
public sealed record MyPledgeReply(Guid Id, string Site, string Name, string State, string Municipality, string Issuer, string Order, long Amount, long Captured, long Refunded, long HeldMs, long ExpiresMs);

/// <param name="Number">Of the pledge here; <paramref name="Pledge"/> as its site sees it.</param>
public sealed record SitePledgeReply(Guid Number, PledgeReply Pledge);

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="Amount">Of a capture, how much goes back; 0 for a pledge that is held: all of it.</param>
public sealed record EndPledgeRequest(Guid Id, long Amount, string Reason);

/// <summary><c>/api/v1/online</c> for the systems of sites (docs/online-interface.md), <c>/api/v1/my/pledges</c> for citizens, and what operators see and give back.</summary>
public static class PledgesEndpoint
{
    public static void AddPledges(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PledgeReading>().AddSingleton<PledgeRows>().AddSingleton<PledgeRule>().AddSingleton<ConfirmOnline>().AddSingleton<PlacePledge>().AddSingleton<EndPledge>().AddSingleton<UsableOnline>().AddSingleton<AuditPledges>().AddSingleton(services => new RowAuditPart("pledges", Nightly: false, stop => services.GetRequiredService<AuditPledges>().Run(stop)));
        builder.Services.AddSingleton(services => new WithRevocation((tx, citizen) => services.GetRequiredService<PledgeRows>().RunOut(tx, citizen)));
        builder.Services.AddSingleton<ReleasePledges>().AddSingleton<IJob>(s => s.GetRequiredService<ReleasePledges>());
    }

    public static void MapPledges(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/online");
        group.MapGet("/site", Own);
        group.MapPost("/balances", Balances);
        group.MapPost("/pledges", Place).Produces<PledgeReply>(StatusCodes.Status201Created).Produces<PledgeReply>();
        group.MapGet("/pledges/{id:guid}", Get);
        group.MapPost("/pledges/{id:guid}/capture", Capture);
        group.MapPost("/pledges/{id:guid}/release", Release);
        group.MapPost("/pledges/{id:guid}/refunds", Refund);
        app.MapGet("/api/v1/my/pledges", Mine);
        app.MapConfirmations();
        app.MapGet("/api/v1/operator/online-sites/{key}/pledges", OfSite);
        app.MapPost("/api/v1/operator/pledges/{number:guid}/end", End);
    }

    private static async Task<Answer<OwnSiteReply>> Own(HttpContext context, OnlineSiteKeys keys, RegistryCache registry, TimeProvider clock)
    {
        var call = await keys.Of(context);
        if (call.Refused is { } no) return no;
        var (site, view) = (call.Value.Site, await registry.View());
        return new OwnSiteReply(site.Key, site.Name, Words<OnlineSiteKind>.Of(site.Kind), [.. site.MunicipalitiesOn(clock.Today()).Select(m => new SiteMunicipality(m.Value, view.Find(m)?.Name ?? m.Value))]);
    }

    private static async Task<Answer<OnlineBalanceReply[]>> Balances(OnlineBalanceRequest request, HttpContext context, OnlineSiteKeys keys, UsableOnline usable, CancellationToken stop)
    {
        var call = await keys.Of(context);
        return call.Refused is { } no ? no : await usable.Of(call.Value.Site, request.LinkToken, request.Municipality, stop);
    }

    private static async Task<Answer<PledgeReply>> Place(WantedPledge request, HttpContext context, OnlineSiteKeys keys, PlacePledge place, CancellationToken stop)
    {
        if (context.Request.Headers["Idempotency-Key"].FirstOrDefault() is { } key && (!Guid.TryParse(key, out var same) || same != request.Id)) return Refusal.Of("id_reused");
        var call = await keys.Of(context);
        if (call.Refused is { } nobody) return nobody;
        var placed = await place.Run(call.Value, request, stop);
        if (placed.Refused is { } no) return no;
        var reply = PledgeReply.Of(placed.Value.Pledge);
        return placed.Value.Repeated ? reply : Answer.Created<PledgeReply>(reply);
    }

    private static Task<Answer<PledgeReply>> Get(Guid id, HttpContext context, OnlineSiteKeys keys, PledgeRows rows, CancellationToken stop) =>
        Answered(context, keys, async call => await rows.Find(Pledge.IdOf(call.Site.Id, id), stop) is { } pledge ? pledge : Refusal.Of("not_found"));

    private static Task<Answer<PledgeReply>> Capture(Guid id, WantedPart request, HttpContext context, OnlineSiteKeys keys, EndPledge end, CancellationToken stop) =>
        Answered(context, keys, call => end.Capture(call, id, request, stop));

    private static Task<Answer<PledgeReply>> Release(Guid id, HttpContext context, OnlineSiteKeys keys, EndPledge end, CancellationToken stop) =>
        Answered(context, keys, call => end.Release(call, id, stop));

    private static Task<Answer<PledgeReply>> Refund(Guid id, WantedPart request, HttpContext context, OnlineSiteKeys keys, EndPledge end, CancellationToken stop) =>
        Answered(context, keys, call => end.Refund(call, id, request, stop));

    private static async Task<Answer<List<MyPledgeReply>>> Mine(HttpContext context, PledgeRows rows, OnlineSiteCache sites, CancellationToken stop) => await context.AsCitizen<List<MyPledgeReply>>(async citizen =>
    {
        var view = await sites.View();
        return (await rows.Of(citizen.Id, stop)).Select(p => new MyPledgeReply(p.AskedId, view.Find(p.Site)?.Key ?? "", view.Find(p.Site)?.Name ?? "", Words<PledgeState>.Of(p.State), p.Municipality.Value,
            p.Issuer.Value, p.Order, p.Amount.Value, p.Captured, p.Refunded, p.HeldMs, p.ExpiresMs)).ToList();
    });

    private static async Task<Answer<List<SitePledgeReply>>> OfSite(string key, HttpContext context, PledgeRows rows, OnlineSiteCache sites, CancellationToken stop) => await context.AtPlatform<List<SitePledgeReply>>(async _ =>
        (await sites.View()).Find(key) is not { } site ? Refusal.Of("not_found") : (await rows.Of(site.Id, stop)).Select(p => new SitePledgeReply(p.Id.Value, PledgeReply.Of(p))).ToList());

    private static async Task<Answer<PledgeReply>> End(Guid number, EndPledgeRequest request, HttpContext context, EndPledge end, CancellationToken stop) =>
        (await context.AtPlatform(work => end.ByOperator(work, new TransferId(number), new WantedPart(request.Id, request.Amount), request.Reason, stop))).Then<PledgeReply>(p => PledgeReply.Of(p));

    private static async Task<Answer<PledgeReply>> Answered(HttpContext context, OnlineSiteKeys keys, Func<SiteCall, Task<Result<Pledge>>> work)
    {
        var call = await keys.Of(context);
        return call.Refused is { } nobody ? nobody : (await work(call.Value)).Then<PledgeReply>(p => PledgeReply.Of(p));
    }
}
