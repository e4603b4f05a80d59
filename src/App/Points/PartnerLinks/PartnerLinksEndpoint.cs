using MyKey.App.Partners;
using MyKey.App.Proposals;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.Net;

namespace MyKey.App.PartnerLinks;

/// <param name="Partner">Key of the company.</param>
/// <param name="LinkedMs">null where there is no link.</param>
public sealed record PartnerLinkReply(string Partner, string Name, long? LinkedMs);

/// <param name="Authorize">Where the browser of this session goes next: the partner's own login.</param>
public sealed record LinkStartReply(string Authorize);

/// <param name="Points">The partner's.</param>
public sealed record PartnerBalanceReply(string Partner, long Points);

/// <summary>
/// <c>/api/v1/my/partner-links</c>, the browser's way to a partner's login and back, and the operators' addresses of it. On the way back the code is
/// used up at once and the browser led to a clean address; the query is neither logged nor handed on.
/// </summary>
public static class PartnerLinksEndpoint
{
    public static void AddPartnerLinks(this WebApplicationBuilder builder)
    {
        var addresses = new PartnerAddresses(Server.LoopbackOnly(builder.Configuration));
        var options = builder.Configuration.GetSection("MyKey:Partners").Get<PartnerCallOptions>() ?? new PartnerCallOptions();
        builder.Services.AddSingleton(addresses).AddSingleton<OlderSecrets>().AddSingleton<PartnerSecrets>().AddSingleton<SetPartnerSite>().AddSingleton<IProposed, PartnerSiteProposed>().AddSingleton<LoginAttempts>().AddSingleton<KeepLinks>().AddSingleton<UseLink>().AddSingleton<MakeLink>();
        builder.Services.AddSingleton(services =>
        {
            var handler = LoopbackHosts.Handler();
            handler.ConnectCallback = addresses.Connect;
            var http = new HttpClient(handler) { Timeout = TimeSpan.FromMilliseconds(options.TimeoutMs), MaxResponseContentBufferSize = OutsideCalls.LargestBytes };
            return new OutsideCalls(http, services.GetRequiredService<TimeProvider>());
        });
        builder.Services.AddSingleton<PartnerCalls>();
        builder.Services.AddSingleton(services => new WithRevocation((tx, citizen) => services.GetRequiredService<KeepLinks>().RemoveAll(tx, citizen)));
        builder.Services.AddSingleton<IJob, ForgetLinkAttempts>();
    }

    public static void MapPartnerLinks(this WebApplication app)
    {
        app.MapGet("/my/exchange/link/{key}/go", Go).RequireRateLimiting(RateLimits.Attempts);
        app.MapGet("/my/exchange/link/{key}/return", Return).RequireRateLimiting(RateLimits.Attempts);
        var group = app.MapGroup("/api/v1/my/partner-links").RequireRateLimiting(RateLimits.Attempts);
        group.MapGet("", List);
        group.MapPost("/{key}", Start);
        group.MapGet("/{key}/balance", Balance);
        group.MapDelete("/{key}", Remove);
        app.MapPost("/api/v1/operator/partners/{key}/sites", Site);
    }

    /// <summary>Every company with a login of its own, linked or not.</summary>
    public static async Task<List<PartnerLinkReply>> All(CitizenId citizen, PartnerCache partners, KeepLinks links, DateOnly today, CancellationToken stop)
    {
        var mine = (await links.Of(citizen, stop)).ToDictionary(l => l.Partner);
        var view = await partners.View();
        return [.. view.All.Where(p => mine.ContainsKey(p.Id) || (p.ActiveOn(today) && p.LinksOn(today))).Select(p => new PartnerLinkReply(p.Key, p.Name, mine.GetValueOrDefault(p.Id)?.MadeMs))];
    }

    private static async Task Go(string key, HttpContext context, CitizenShell shell, MakeLink make, CancellationToken stop)
    {
        if (await shell.Walks(context, Page(key), stop) is not { } session) return;
        var started = await make.Start(session, key, Back(context, key), stop);
        if (started.Refused is { } no) await context.Refuse(no, new NextStep("会社の一覧へ", "/exchange"));
        else context.SeeOther(started.Value.AbsoluteUri);
    }

    private static async Task Return(string key, string? code, string? state, HttpContext context, CitizenShell shell, MakeLink make, CancellationToken stop)
    {
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        if (await shell.Walks(context, Page(key), stop) is not { } session) return;
        var done = await make.Finish(session, key, new LinkReturn(code, state), Back(context, key), stop);
        if (done.Refused is { } no) context.Note(no);
        context.SeeOther(done.Ok ? $"{Page(key)}?linked=1" : $"{Page(key)}?refused={done.Refused!.Code}");
    }

    private static async Task<Answer<List<PartnerLinkReply>>> List(HttpContext context, PartnerCache partners, KeepLinks links, TimeProvider clock, CancellationToken stop) =>
        await context.AsCitizen<List<PartnerLinkReply>>(async citizen => await All(citizen.Id, partners, links, clock.Today(), stop));

    /// <summary>Only the browser of this session can come back from there.</summary>
    private static async Task<Answer<LinkStartReply>> Start(string key, HttpContext context, MakeLink make, CancellationToken stop) => await context.AsCitizen<LinkStartReply>(async citizen =>
        (await make.Start(new LinkSession(citizen.Id, ShellCookie.Citizen.Read(context)!), key, Back(context, key), stop)).Then<LinkStartReply>(a => new LinkStartReply(a.AbsoluteUri)));

    private static async Task<Answer<PartnerBalanceReply>> Balance(string key, HttpContext context, PartnerCache partners, UseLink use, TimeProvider clock, CancellationToken stop) => await context.AsCitizen<PartnerBalanceReply>(async citizen =>
        (await partners.View()).Find(key) is not { } partner || partner.SiteOn(clock.Today()) is not { } site ? Refusal.Of("not_found")
        : (await use.Balance(citizen.Id, partner, site, stop)).Then<PartnerBalanceReply>(points => new PartnerBalanceReply(key, points)));

    private static async Task<Answer<bool>> Remove(string key, HttpContext context, PartnerCache partners, KeepLinks links, CancellationToken stop) => await context.AsCitizen<bool>(async citizen =>
        (await partners.View()).Find(key) is not { } partner ? Refusal.Of("not_found") : await links.Remove(citizen.Id, partner.Id, stop) ? true : Refusal.Of("link_required", ("partner", partner.Name)));

    private static async Task<Answer<PartnerReply>> Site(string key, WantedPartnerSite request, HttpContext context, SetPartnerSite set, CancellationToken stop) =>
        (await context.AtPlatform(work => set.Run(work, key, request, stop))).Then<PartnerReply>(p => PartnerReply.Of(p));

    private static string Page(string key) => $"/my/exchange/link/{Uri.EscapeDataString(key)}";

    /// <summary>One for each partner, so that none can pass its answer off as another's (RFC 9700 2.1).</summary>
    private static Uri Back(HttpContext context, string key) => new($"{CardEndpoints.Origin(context)}{Page(key)}/return");
}

/// <summary>Ways to a partner's login that nobody came back from, and secrets that count no more.</summary>
public sealed class ForgetLinkAttempts(LoginAttempts attempts, OlderSecrets older) : IJob
{
    public string Name => "points-forget-link-attempts";

    public TimeSpan Every => TimeSpan.FromMinutes(10);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop) => new($"forgot {await attempts.Forget(stop) + await older.Forget(stop)}");
}
