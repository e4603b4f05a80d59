using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;

namespace MyKey.App.UseNotices;

/// <param name="Receipt">As in the history.</param>
/// <param name="Way"><c>tap</c>: a card that was only held; <c>password</c>: typed at the terminal.</param>
/// <param name="Amount">Points that left the holding.</param>
/// <param name="Place">The shop or office; null for none.</param>
public sealed record UseNoticeReply(string Receipt, string Way, string Points, long Amount, string? Place, long TimeMs);

/// <param name="UntilMs">Milliseconds since the Unix epoch: <c>timeMs</c> of the newest notice that was looked at.</param>
public sealed record UseNoticesSeen(long UntilMs);

/// <summary>What was paid without PIN or number, for machines; the session is the citizen's cookie.</summary>
public static class UseNoticesEndpoint
{
    public static void AddUseNotices(this WebApplicationBuilder builder) => builder.Services.AddSingleton<UseNotices>();

    public static void MapUseNotices(this WebApplication app)
    {
        var notices = app.MapGroup("/api/v1/my/use-notices").RequireRateLimiting(RateLimits.Anonymous);
        notices.MapGet("", List);
        notices.MapPost("/seen", See);
    }

    private static async Task<Answer<UseNoticeReply[]>> List(HttpContext context, UseNotices notices, CancellationToken stop)
    {
        var citizen = await context.CitizenOf();
        if (citizen.Refused is { } nobody) return nobody;
        return (await notices.Unseen(citizen.Value.Id, stop))
            .Select(n => new UseNoticeReply(n.Line.Receipt.ToString(), Words<Way>.Of(n.Way), n.Points, Math.Abs(n.Line.Change), n.Place, n.Line.TimeMs)).ToArray();
    }

    private static async Task<Answer<bool>> See(UseNoticesSeen request, HttpContext context, UseNotices notices, CancellationToken stop)
    {
        var citizen = await context.CitizenOf();
        return citizen.Refused is { } nobody ? nobody : await notices.See(citizen.Value.Id, request.UntilMs, stop);
    }
}
