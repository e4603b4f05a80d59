using MyKey.App.OnlineSites;
using MyKey.App.PartnerLinks;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Kernel;

namespace MyKey.App.OnlineLinks;

/// <param name="Site">Key of the site.</param>
/// <param name="Kind"><c>shop</c> or <c>crowdfunding</c>.</param>
/// <param name="LinkedMs">null where there is no link.</param>
public sealed record OnlineLinkReply(string Site, string Name, string Kind, long? LinkedMs);

/// <summary><c>/api/v1/my/online-links</c>, and the browser's way to a site's login and back: as with partners.</summary>
public static class OnlineLinksEndpoint
{
    public static void AddOnlineLinks(this WebApplicationBuilder builder) => builder.Services.AddSingleton<KeepOnlineLinks>().AddSingleton<MakeOnlineLink>()
        .AddSingleton(services => new WithSuspension((tx, citizen) => services.GetRequiredService<KeepOnlineLinks>().RemoveAll(tx, citizen)))
        .AddSingleton(services => new WithRevocation((tx, citizen) => services.GetRequiredService<KeepOnlineLinks>().RemoveAll(tx, citizen)));

    public static void MapOnlineLinks(this WebApplication app)
    {
        app.MapGet("/my/online/link/{key}/go", Go).RequireRateLimiting(RateLimits.Attempts);
        app.MapGet("/my/online/link/{key}/return", Return).RequireRateLimiting(RateLimits.Attempts);
        var group = app.MapGroup("/api/v1/my/online-links").RequireRateLimiting(RateLimits.Attempts);
        group.MapGet("", List);
        group.MapPost("/{key}", Start);
        group.MapDelete("/{key}", Remove);
    }

    /// <summary>Every site that can be linked, linked or not.</summary>
    public static async Task<List<OnlineLinkReply>> All(CitizenId citizen, OnlineSiteCache sites, KeepOnlineLinks links, DateOnly today, CancellationToken stop)
    {
        var mine = (await links.Of(citizen, stop)).ToDictionary(l => l.Site);
        return [.. (await sites.View()).All.Where(s => mine.ContainsKey(s.Id) || s.OpenOn(today))
            .Select(s => new OnlineLinkReply(s.Key, s.Name, Words<OnlineSiteKind>.Of(s.Kind), mine.GetValueOrDefault(s.Id)?.MadeMs))];
    }

    private static async Task Go(string key, HttpContext context, CitizenShell shell, MakeOnlineLink make, SignedIn signedIn, CardOptions cards, CancellationToken stop)
    {
        if (await shell.Walks(context, Page(key), stop) is not { } session) return;
        var started = await make.Start(session, signedIn.Session.RequireCard().Ok, key, Back(context, key), stop);
        if (started.Refused is { } no) await context.Refuse(no, no.Code == "step_up_required" && cards.On ? CardEndpoints.StepUp(Page(key)) : new NextStep("つなぐ画面へ", "/my/settings/links"));
        else context.SeeOther(started.Value.AbsoluteUri);
    }

    private static async Task Return(string key, string? code, string? state, string? error, HttpContext context, CitizenShell shell, MakeOnlineLink make, CancellationToken stop)
    {
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        if (await shell.Walks(context, Page(key), stop) is not { } session) return;
        var done = await make.Finish(session, key, new OnlineReturn(code, state, error), Back(context, key), stop);
        if (done.Refused is { } no) context.Note(no);
        context.SeeOther(done.Ok ? $"{Page(key)}?linked=1" : $"{Page(key)}?refused={done.Refused!.Code}");
    }

    private static async Task<Answer<List<OnlineLinkReply>>> List(HttpContext context, OnlineSiteCache sites, KeepOnlineLinks links, TimeProvider clock, CancellationToken stop) =>
        await context.AsCitizen<List<OnlineLinkReply>>(async citizen => await All(citizen.Id, sites, links, clock.Today(), stop));

    /// <summary>Only the browser of this session can come back from there.</summary>
    private static async Task<Answer<LinkStartReply>> Start(string key, HttpContext context, MakeOnlineLink make, SignedIn signedIn, CancellationToken stop) => await context.AsCitizen<LinkStartReply>(async citizen =>
        (await make.Start(new LinkSession(citizen.Id, ShellCookie.Citizen.Read(context)!), signedIn.Session.RequireCard().Ok, key, Back(context, key), stop)).Then<LinkStartReply>(a => new LinkStartReply(a.AbsoluteUri)));

    private static async Task<Answer<bool>> Remove(string key, HttpContext context, OnlineSiteCache sites, KeepOnlineLinks links, CancellationToken stop) => await context.AsCitizen<bool>(async citizen =>
        (await sites.View()).Find(key) is not { } site ? Refusal.Of("not_found") : await links.Remove(citizen.Id, site, stop) ? true : Refusal.Of("link_required", ("partner", site.Name)));

    private static string Page(string key) => $"/my/online/link/{Uri.EscapeDataString(key)}";

    /// <summary>One for each site, so that none can pass its answer off as another's (RFC 9700 2.1).</summary>
    private static Uri Back(HttpContext context, string key) => new($"{CardEndpoints.Origin(context)}{Page(key)}/return");
}
