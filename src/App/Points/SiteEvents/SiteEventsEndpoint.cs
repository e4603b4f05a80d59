using MyKey.App.OnlineSites;
using MyKey.App.Proposals;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;

namespace MyKey.App.SiteEvents;

/// <param name="State"><c>waiting</c>, or <c>stuck</c>: it is not sent any more.</param>
/// <param name="Answer">What came of the last try.</param>
public sealed record UnheardReply(Guid Id, string Site, string Type, string State, long MadeMs, int Tries, string Answer);

/// <param name="KeyNo">Number of the new secret, as it stands beside every signature.</param>
/// <param name="Secret">Shown this once; null while the hook waits.</param>
/// <param name="Proposal">Waits for another operator under <c>/api/v1/operator/proposals</c>, whom the secret is shown.</param>
public sealed record HookReply(int? KeyNo, string? Secret, Guid? Proposal);

/// <summary><c>/api/v1/operator/site-events</c>: what sites do not hear; and where a site hears it.</summary>
public static class SiteEventsEndpoint
{
    public static void AddSiteEvents(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SiteEventRows>().AddSingleton<SetHook>().AddSingleton<IProposed, HookProposed>().AddSingleton<SignEvent>().AddSingleton<SendAgain>();
        builder.Services.AddSingleton<SendSiteEvents>().AddSingleton<IJob>(s => s.GetRequiredService<SendSiteEvents>());
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Operator, 36, "サイトへの知らせ", "/operator/site-events"));
    }

    public static void MapSiteEvents(this WebApplication app)
    {
        app.MapPost("/api/v1/operator/online-sites/{key}/hook", Hook);
        app.MapGet("/api/v1/operator/site-events", List);
        app.MapPost("/api/v1/operator/site-events/{id:guid}/send", Send);
    }

    private static async Task<Answer<HookReply>> Hook(string key, WantedHook request, HttpContext context, SetHook set, CancellationToken stop) =>
        (await context.AtPlatform(work => set.Run(work, key, request, stop))).Then<HookReply>(a => new HookReply(a.Thing?.KeyNo, a.Thing?.Secret, a.Proposal));

    private static async Task<Answer<List<UnheardReply>>> List(HttpContext context, SiteEventRows rows, OnlineSiteCache sites, CancellationToken stop) => await context.AtPlatform<List<UnheardReply>>(async _ =>
    {
        var view = await sites.View();
        return (await rows.Unheard(stop)).Select(e => Reply(e, view)).ToList();
    });

    private static async Task<Answer<UnheardReply>> Send(Guid id, HttpContext context, SendAgain again, OnlineSiteCache sites, CancellationToken stop)
    {
        var view = await sites.View();
        return (await context.AtPlatform(work => again.Run(work, id, stop))).Then<UnheardReply>(e => Reply(e, view));
    }

    private static UnheardReply Reply(SiteEvent e, OnlineSiteView view) => new(e.Id, view.Find(e.Site)?.Key ?? "", e.Type, Words<SiteEventState>.Of(e.State), e.MadeMs, e.Tries, e.Answer);
}
