using MyKey.App.Proposals;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.OnlineSites;

/// <summary>A site as everybody sees it today.</summary>
/// <param name="Kind"><c>shop</c> or <c>crowdfunding</c>.</param>
/// <param name="Home">Its own first page.</param>
/// <param name="Municipalities">For which it sells, 6 digits each.</param>
public sealed record OpenSiteReply(string Key, string Name, string Kind, string Home, string About, IReadOnlyList<string> Municipalities)
{
    public static OpenSiteReply Of(OnlineSite s, DateOnly day) => new(s.Key, s.Name, Words<OnlineSiteKind>.Of(s.Kind), s.Home, s.About, [.. s.MunicipalitiesOn(day).Select(m => m.Value)]);
}

/// <param name="ClientId">What we are called there; the secret is never shown.</param>
public sealed record OnlineLoginReply(DateOnly From, string Authorize, string Token, string Api, string ClientId);

/// <param name="Acceptor">What takes the points.</param>
public sealed record SellerReply(string Municipality, Guid Acceptor, DateOnly From, DateOnly? Until);

/// <summary>A site with its past and future.</summary>
/// <param name="Hook">Where it hears of what it did not do itself.</param>
/// <param name="Proposal">What was asked for waits for another operator under <c>/api/v1/operator/proposals</c>; null: it holds.</param>
public sealed record OnlineSiteReply(string Key, string Name, string Kind, string Home, string About, DateOnly From, DateOnly? Until, IReadOnlyList<OnlineLoginReply> Logins, IReadOnlyList<SellerReply> Sellers, string? Hook,
    Guid? Proposal = null)
{
    public static OnlineSiteReply Of(OnlineSite s) => new(s.Key, s.Name, Words<OnlineSiteKind>.Of(s.Kind), s.Home, s.About, s.From, s.Until,
        [.. s.Logins.Select(l => new OnlineLoginReply(l.From, l.Authorize.OriginalString, l.Token.OriginalString, l.Api.OriginalString, l.ClientId))],
        [.. s.Sellers.Select(l => new SellerReply(l.Municipality.Value, l.Acceptor.Value, l.From, l.Until))], s.Hook?.Url.OriginalString);

    public static OnlineSiteReply Of(Asked<OnlineSite> asked) => Of(asked.Thing) with { Proposal = asked.Proposal };
}

/// <summary>It waits for another operator, who approves it under <c>/api/v1/operator/machine-keys</c> and is shown the key.</summary>
public sealed record SiteKeyReply(Guid Id, Guid Machine);

/// <summary><c>/api/v1/online-sites</c> for everybody, <c>/api/v1/operator/online-sites</c> for those who keep them.</summary>
public static class OnlineSitesEndpoint
{
    public static void AddOnlineSites(this WebApplicationBuilder builder) => builder.Services
        .AddSingleton<OnlineSiteCache>().AddSingleton<OnlineSecrets>().AddSingleton<ChangeOnlineSite>().AddSingleton<IProposed, SiteLoginProposed>().AddSingleton<IProposed, SellerProposed>().AddSingleton<OnlineSiteKeys>()
        .AddSingleton(new StaffMenu(StaffDoor.Operator, 34, "ネットのサイト", "/operator/online-sites"));

    public static void MapOnlineSites(this WebApplication app)
    {
        app.MapGet("/api/v1/online-sites", Open).RequireRateLimiting(RateLimits.Anonymous);
        var group = app.MapGroup("/api/v1/operator/online-sites");
        group.MapGet("", List);
        group.MapPut("/{key}", Change);
        group.MapPost("/{key}/logins", Login);
        group.MapPost("/{key}/sellers", Seller);
        group.MapPost("/{key}/machine-keys", Key);
    }

    private static async Task<Answer<OpenSiteReply[]>> Open(OnlineSiteCache sites, TimeProvider clock)
    {
        var today = clock.Today();
        return (await sites.View()).OpenOn(today).Select(s => OpenSiteReply.Of(s, today)).ToArray();
    }

    private static async Task<Answer<OnlineSiteReply[]>> List(HttpContext context, OnlineSiteCache sites) =>
        await context.AtPlatform<OnlineSiteReply[]>(async _ => (await sites.View()).All.Select(OnlineSiteReply.Of).ToArray());

    private static Task<Answer<OnlineSiteReply>> Change(string key, WantedOnlineSite request, HttpContext context, ChangeOnlineSite change, CancellationToken stop) =>
        Answered(context, work => change.Run(work, key, request, stop));

    private static Task<Answer<OnlineSiteReply>> Login(string key, WantedOnlineLogin request, HttpContext context, ChangeOnlineSite change, CancellationToken stop) =>
        Asked(context, work => change.Login(work, key, request, stop));

    private static Task<Answer<OnlineSiteReply>> Seller(string key, WantedSeller request, HttpContext context, ChangeOnlineSite change, CancellationToken stop) =>
        Asked(context, work => change.Seller(work, key, request, stop));

    private static async Task<Answer<SiteKeyReply>> Key(string key, WantedSiteKey request, HttpContext context, OnlineSiteKeys keys, CancellationToken stop) =>
        (await context.AtPlatform(work => keys.Ask(work, key, request, stop))).Then<SiteKeyReply>(a => new SiteKeyReply(a.Id, a.Machine.Value));

    private static async Task<Answer<OnlineSiteReply>> Answered(HttpContext context, Func<StaffAtWork, Task<Result<OnlineSite>>> change) =>
        (await context.AtPlatform(change)).Then<OnlineSiteReply>(s => OnlineSiteReply.Of(s));

    private static async Task<Answer<OnlineSiteReply>> Asked(HttpContext context, Func<StaffAtWork, Task<Result<Asked<OnlineSite>>>> change) =>
        (await context.AtPlatform(change)).Then<OnlineSiteReply>(a => OnlineSiteReply.Of(a));
}
