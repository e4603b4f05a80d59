using MyKey.App.Navi.Towns;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Navi.Portal;

/// <param name="Until">The first moment at which it is gone; null: it stays.</param>
public sealed record AnnouncementReply(Guid Id, string Title, string Text, DateTimeOffset From, DateTimeOffset? Until)
{
    public static AnnouncementReply Of(Announcement a) => new(a.Id, a.Title, a.Body, Jst.At(a.FromMs), a.UntilMs is { } until ? Jst.At(until) : null);
}

/// <param name="From"><c>2026-12-01T09:00</c>: the minute in Japan from which it is there.</param>
/// <param name="Until">The minute at which it is gone; left out: it stays.</param>
/// <param name="Place">0 to 99; smaller ones stand above.</param>
/// <param name="State"><c>shown</c> or <c>hidden</c>.</param>
public sealed record AnnouncementRequest(string Title, string Text, string From, string? Until = null, int Place = 50, string State = "shown");

public sealed record WrittenAnnouncementReply(Guid Id, string Title, string Text, DateTimeOffset From, DateTimeOffset? Until, int Place, string State)
{
    public static WrittenAnnouncementReply Of(Announcement a) => new(a.Id, a.Title, a.Body, Jst.At(a.FromMs), a.UntilMs is { } until ? Jst.At(until) : null, a.Place, Words<AnnouncementState>.Of(a.State));
}

/// <param name="Municipality">6 digits.</param>
/// <param name="Words">What is said of it.</param>
public sealed record FeaturedReply(string Municipality, string PointName, string Words, int Place);

/// <param name="Words">Up to 60 characters.</param>
/// <param name="Place">0 to 99; smaller ones stand first.</param>
public sealed record FeaturedRequest(string Words, int Place = 50);

/// <param name="From">The minute in Japan from which it holds.</param>
/// <param name="Text">Up to 2,000 characters; empty: nothing is shown.</param>
public sealed record PortalTextRequest(string From, string Text);

/// <param name="Now">The text in force.</param>
public sealed record PortalTextReply(string Key, string Now, IReadOnlyList<WrittenTextReply> Written);

public sealed record WrittenTextReply(DateTimeOffset From, string Text);

/// <summary><c>/api/v1/announcements</c> and <c>/api/v1/featured-points</c> for everybody, <c>/api/v1/operator/portal</c> for those who write them.</summary>
public static class PortalEndpoint
{
    public static void AddPortal(this WebApplicationBuilder builder) => builder.Services.AddSingleton<PortalCache>().AddSingleton<SaveAnnouncement>().AddSingleton<ChooseFeatured>().AddSingleton<WritePortalText>()
        .AddSingleton(new StaffMenu(StaffDoor.Operator, 38, "ポータル", OperatorPortalPage.Here, Role.Operator));

    public static void MapPortal(this WebApplication app)
    {
        app.MapGet("/api/v1/announcements", Announced).RequireRateLimiting(RateLimits.Anonymous);
        app.MapGet("/api/v1/featured-points", FeaturedNow).RequireRateLimiting(RateLimits.Anonymous);
        var platform = app.MapGroup("/api/v1/operator/portal");
        platform.MapGet("/announcements", All);
        platform.MapPut("/announcements/{id:guid}", Save);
        platform.MapPut("/featured-points/{municipality}", Feature);
        platform.MapDelete("/featured-points/{municipality}", Unfeature);
        platform.MapGet("/texts", TextsNow);
        platform.MapPut("/texts/{key}", WriteText);
    }

    /// <summary>The recommended points that still are given.</summary>
    internal static IReadOnlyList<(Featured Featured, ListedPoint Point)> Shown(PortalView portal, PointsOnDay points) =>
        [.. portal.Featured.Select(f => (f, Point: points.Find(f.Municipality))).Where(f => f.Point is { Municipality.Issues: true }).Select(f => (f.f, f.Point!))];

    private static async Task<Answer<List<AnnouncementReply>>> Announced(PortalCache portal, TimeProvider clock) => (await portal.View()).On(clock.NowMs()).Select(AnnouncementReply.Of).ToList();

    private static async Task<Answer<List<FeaturedReply>>> FeaturedNow(PortalCache portal, FindListedPoints points) =>
        Shown(await portal.View(), await points.Today()).Select(f => new FeaturedReply(f.Featured.Municipality.Value, f.Point.Municipality.PointName, f.Featured.Words, f.Featured.Place)).ToList();

    private static async Task<Answer<List<WrittenAnnouncementReply>>> All(HttpContext context, PortalCache portal) =>
        await context.AtPlatform<List<WrittenAnnouncementReply>>(async _ => (await portal.View()).Announcements.Select(WrittenAnnouncementReply.Of).ToList());

    private static async Task<Answer<WrittenAnnouncementReply>> Save(Guid id, AnnouncementRequest request, HttpContext context, SaveAnnouncement save, CancellationToken stop) =>
        (await context.AtPlatform<Announcement>(async work => Words<AnnouncementState>.Find(request.State) is { } state
            ? await save.Run(work, new WantedAnnouncement(id, request.Title, request.Text, request.From, request.Until, Number(request.Place), state), stop)
            : Refusal.Of("field_unknown", ("field", "state")))).Then<WrittenAnnouncementReply>(a => WrittenAnnouncementReply.Of(a));

    private static async Task<Answer<FeaturedReply>> Feature(string municipality, FeaturedRequest request, HttpContext context, ChooseFeatured choose, RegistryCache registry, CancellationToken stop) =>
        Named(await context.AtPlatform(work => choose.Set(work, municipality, request.Words, Number(request.Place), stop)), await registry.View());

    private static async Task<Answer<FeaturedReply>> Unfeature(string municipality, HttpContext context, ChooseFeatured choose, RegistryCache registry, CancellationToken stop) =>
        Named(await context.AtPlatform(work => choose.Remove(work, municipality, stop)), await registry.View());

    private static async Task<Answer<List<PortalTextReply>>> TextsNow(HttpContext context, PortalCache portal, TimeProvider clock) => await context.AtPlatform<List<PortalTextReply>>(async _ =>
    {
        var view = await portal.View();
        return PortalTextKind.All.Select(k => Of(view, k.Key, clock)).ToList();
    });

    private static async Task<Answer<PortalTextReply>> WriteText(string key, PortalTextRequest request, HttpContext context, WritePortalText write, PortalCache portal, TimeProvider clock, CancellationToken stop)
    {
        var written = await context.AtPlatform(work => write.Run(work, key, request.Text, request.From, stop));
        return written.Refused is { } no ? no : Of(await portal.View(), key, clock);
    }

    private static PortalTextReply Of(PortalView view, string key, TimeProvider clock) => new(key, view.Text(key, clock.NowMs()), [.. view.Written(key).Select(t => new WrittenTextReply(Jst.At(t.FromMs), t.Text))]);

    private static Result<FeaturedReply> Named(Result<Featured> featured, RegistryView registry) => featured.Then<FeaturedReply>(f => new FeaturedReply(f.Municipality.Value, registry.NameOfPoints(f.Municipality), f.Words, f.Place));

    private static string Number(int place) => place.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
