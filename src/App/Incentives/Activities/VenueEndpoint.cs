using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Activities;

/// <param name="Id">UUID made by the device: the same again answers again.</param>
/// <param name="Number">10 digits of a ticket, or what its QR code says.</param>
/// <param name="AtMs">When it was read, which may be before the device had a network.</param>
public sealed record ScannedLine(Guid Id, string Number, long AtMs);

/// <param name="Lines">Up to 200.</param>
public sealed record ScansRequest(IReadOnlyList<ScannedLine> Lines);

/// <param name="MyKeyId">Masked.</param>
/// <param name="Code">Why this one was refused, or null.</param>
/// <param name="Words">What the screen says, in Japanese.</param>
public sealed record ScannedReply(Guid Id, string? State, string? MyKeyId, string? Code, string Words);

/// <param name="Digits">8 digits that are typed, good now.</param>
/// <param name="Link">What the QR code says.</param>
/// <param name="UntilMs">From then on there is another one.</param>
public sealed record ScreenReply(string Digits, string Link, long UntilMs);

/// <param name="Sheet">UUID made by the caller; a sheet is printed once.</param>
/// <param name="Sheets">1 to 10, of 24 slips.</param>
public sealed record SlipsRequest(Guid Sheet, int Sheets = 1);

/// <param name="Link">What the QR code says.</param>
public sealed record SlipReply(int No, string Code, string Link);

/// <summary><c>/api/v1/activities/{id}/…</c> for those at the venue: a device of the organiser, or an officer.</summary>
public static class VenueEndpoint
{
    public static void MapVenue(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/activities/{id:guid}");
        group.MapGet("/screen", Screen);
        group.MapPost("/scans", Scans);
        group.MapPost("/slips", Slips);
    }

    /// <summary>Where people's telephones find the site.</summary>
    public static string Origin(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}";

    private static async Task<Answer<ScreenReply>> Screen(Guid id, HttpContext context, Venues venues, ActivityCodes codes, TimeProvider clock)
    {
        var venue = await venues.Of(context, new ActivityId(id));
        if (venue.Refused is { } no) return no;
        var (activity, now) = (venue.Value.Activity, clock.NowMs());
        if (activity.State == ActivityState.CalledOff) return Refusal.Of("activity_called_off");
        if (now < activity.Hours.FromMs || now > activity.Hours.UntilMs) return now > activity.Hours.UntilMs ? Refusal.Of("activity_over") : activity.TakesReports(now, activity.Hours.Day)!;
        var digits = ActivityCodes.DigitsOf(await codes.KeyOf(activity.Id, context.RequestAborted), ActivityCodes.StepOf(now));
        return new ScreenReply(digits, $"{Origin(context)}{ReadCode.Before(activity.Id)}{digits}", (ActivityCodes.StepOf(now) + 1) * ActivityCodes.StepMs);
    }

    private static async Task<Answer<List<ScannedReply>>> Scans(Guid id, ScansRequest request, HttpContext context, Venues venues, ScanTickets scan)
    {
        var venue = await venues.Of(context, new ActivityId(id));
        if (venue.Refused is { } no) return no;
        if (request.Lines.Count > ScanTickets.MostAtOnce) return Refusal.Of("too_large");
        var replies = new List<ScannedReply>();
        foreach (var line in request.Lines) replies.Add(Told(line.Id, await scan.Run(venue.Value, new ScannedTicket(new TransferId(line.Id), line.Number, line.AtMs), context.RequestAborted)));
        return replies;
    }

    internal static ScannedReply Told(Guid id, Result<Report> scanned) => scanned.Refused is { } no
        ? new ScannedReply(id, null, null, no.Code, $"{no.Sentences().What}。{no.Sentences().Next}")
        : new ScannedReply(id, Words<ReportState>.Of(scanned.Value.State), scanned.Value.Who.ShownId, null, "受け付けました。役場がたしかめてから付与します");

    private static async Task<Answer<List<SlipReply>>> Slips(Guid id, SlipsRequest request, HttpContext context, Venues venues, MakeSlips make)
    {
        var venue = await venues.Of(context, new ActivityId(id));
        if (venue.Refused is { } no) return no;
        var made = await make.Run(venue.Value, request.Sheet, request.Sheets, context.RequestAborted);
        return made.Refused is { } refused ? refused : made.Value.Select(s => new SlipReply(s.No, s.Code, $"{Origin(context)}{ReadCode.Path}{s.Code}")).ToList();
    }
}
