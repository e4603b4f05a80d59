using MyKey.App.Attendance;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Activities;

/// <summary>Who shows the code, reads tickets and prints slips at an activity: a device of its organiser, or an officer.</summary>
public sealed record Venue(Activity Activity, Actor Actor);

public sealed class Venues(FindActivities find, SaveActivity activities, Recorders recorders)
{
    /// <returns>Where a device of its organiser stands; <c>not_found</c> for another's.</returns>
    public async Task<Result<Venue>> Of(Recorder recorder, ActivityId id, CancellationToken stop = default)
    {
        var found = await find.Public(id, stop);
        return found.Ok && found.Value.Activity.Terms.Organiser == recorder.Organiser.Id ? new Venue(found.Value.Activity, recorder.Actor) : Refusal.Of("not_found");
    }

    /// <returns>Or <c>role_forbidden</c>, <c>not_found</c>.</returns>
    public async Task<Result<Venue>> Of(StaffAtWork work, ActivityId id, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        return (await activities.Of(work, id, stop)).Then<Venue>(a => new Venue(a, work.Actor));
    }

    /// <summary>Whoever calls: with the cookie of a device, else of an office.</summary>
    public async Task<Result<Venue>> Of(HttpContext context, ActivityId id)
    {
        if (ShellCookie.Terminal.Read(context) is null) return await context.InOffice(work => Of(work, id, context.RequestAborted));
        var recorder = await recorders.Of(context);
        return recorder.Refused is { } no ? no : await Of(recorder.Value, id, context.RequestAborted);
    }
}

/// <summary>A ticket that a device at the door read, with or without network.</summary>
/// <param name="Id">Made by the device: the same again answers again.</param>
/// <param name="AtMs">When it was read.</param>
public sealed record ScannedTicket(TransferId Id, string? Number, long AtMs);

/// <summary>
/// Tickets read at the door: each line is answered for itself, and sent again it answers the same. Reading credits nothing (S2-P3d): it waits until an officer grants it, within what one may grant alone.
/// </summary>
public sealed class ScanTickets(FindRegistrations registrations, FindReports find, MakeReport make, FindCitizen citizens, TimeProvider clock)
{
    public const int MostAtOnce = 200;

    /// <summary>Doors open before it begins and close after it; and clocks differ.</summary>
    private const long DoorMs = 60 * 60_000, SkewMs = 5 * 60_000;

    /// <returns>The report; <c>qr_invalid</c> for what is no ticket of this activity, <c>scan_time</c> for one that was not read in its hours, <c>mykey_unknown</c>, <c>id_suspended</c>, and as <see cref="MakeReport.Run"/>.</returns>
    public async Task<Result<Report>> Run(Venue venue, ScannedTicket scanned, CancellationToken stop = default)
    {
        var activity = venue.Activity;
        var text = CheckedNumber.Bare(scanned.Number);
        var number = text[(text.LastIndexOf('/') + 1)..];
        if (number.Length != CheckedNumber.TicketDigits || !CheckedNumber.IsGood(number) || await registrations.ByNumber(activity.Id, number, stop) is not { } registration) return Refusal.Of("qr_invalid");
        if (await find.One(scanned.Id, stop) is { } before) return before.Activity == activity.Id && before.Who.Person == registration.Person ? before : Refusal.Of("id_reused");
        var (from, until) = (activity.Hours.FromMs - DoorMs, activity.Hours.UntilMs + DoorMs);
        if (scanned.AtMs < from || scanned.AtMs > until || scanned.AtMs > clock.NowMs() + SkewMs) return Refusal.Of("scan_time");
        if (await citizens.Get(registration.Citizen, stop) is not { State: not CitizenState.Revoked } citizen) return Refusal.Of("mykey_unknown");
        if (citizen.RequireActive().Refused is { } stopped) return stopped;
        var at = Math.Max(scanned.AtMs, activity.Hours.FromMs);
        return await make.Run(new NewReport(scanned.Id, new Presence(activity, ReportWay.Ticket), new Participant(citizen.Id, registration.Person, citizen.MyKeyId.Masked), venue.Actor, ByOffice: true) { AtMs = at }, stop);
    }
}
