using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;

namespace MyKey.App.Office.TapAlarms;

/// <param name="HourMs">Begin of the hour, milliseconds since the Unix epoch.</param>
/// <param name="Cards">How many different cards were held to the terminal in it.</param>
public sealed record TapAlarmReply(Guid Terminal, long HourMs, int Cards);

/// <summary>Terminals to which unusually many cards were held, for machines; the session is the cookie of the office.</summary>
public static class TapAlarmsEndpoint
{
    public static void MapTapAlarms(this WebApplication app)
    {
        var alarms = app.MapGroup("/api/v1/office/tap-alarms");
        alarms.MapGet("", List);
        alarms.MapPost("/{terminal:guid}/{hourMs:long}/seen", See);
    }

    private static async Task<Answer<TapAlarmReply[]>> List(HttpContext context, Identity.AtTerminal.TapAlarms alarms, CancellationToken stop) =>
        (await context.InOffice(work => alarms.Open(work.Member, work.Office.Code, stop))).Then<TapAlarmReply[]>(all => all.Select(a => new TapAlarmReply(a.Terminal.Value, a.HourMs, a.Cards)).ToArray());

    private static async Task<Answer<bool>> See(Guid terminal, long hourMs, HttpContext context, Identity.AtTerminal.TapAlarms alarms, CancellationToken stop) =>
        await context.InOffice(work => alarms.See(work.Member, work.Office.Code, new TerminalId(terminal), hourMs, stop));
}
