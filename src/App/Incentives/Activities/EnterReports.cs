using MyKey.App.Applications;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Activities;

/// <summary>Somebody whom an officer enters from a paper list.</summary>
/// <param name="MyKeyId">As typed; null with the number of a registration.</param>
/// <param name="Number">Of the registration on the printed list.</param>
public sealed record RosterEntry(TransferId Id, string? MyKeyId, string? Number, string? Reason);

/// <summary>An officer enters afterwards who was there by the paper list, with the reason, as long as the offer allows it (S1-33). What it gives counts to the officer's day.</summary>
public sealed class EnterReports(SaveActivity activities, FindRegistrations registrations, FindReports find, MakeReport make, DecideReports decide, FindRecipients recipients, FindCitizen citizens)
{
    /// <returns>
    /// The report, granted or waiting for another officer; <c>role_forbidden</c>, <c>not_found</c>, <c>field_required</c> (reason), <c>too_large</c>, what free text is refused for, <c>id_format</c>,
    /// <c>mykey_unknown</c>, <c>id_suspended</c>, <c>number_unknown</c>, as <see cref="MakeReport.Run"/> and <see cref="DecideReports.Accept"/>.
    /// </returns>
    public async Task<Result<Report>> Run(StaffAtWork work, ActivityId id, RosterEntry entry, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var activity = await activities.Of(work, id, stop);
        if (activity.Refused is { } none) return none;
        var reason = NameText.Read("reason", entry.Reason, ScreenApplications.LongestReason);
        if (reason.Refused is { } noReason) return noReason;
        var who = await Who(id, entry, stop);
        if (who.Refused is { } nobody) return nobody;
        if (await find.One(entry.Id, stop) is { } before && (before.Activity != id || before.Who.Person != who.Value.Person)) return Refusal.Of("id_reused");
        var made = await make.Run(new NewReport(entry.Id, new Presence(activity.Value, ReportWay.Roster), who.Value, work.Actor, ByOffice: true) { Entered = new LateEntry(work.Member.Id, reason.Value) }, stop);
        if (made.Refused is not null || made.Value.State != ReportState.Waiting) return made;
        // Who was there is on the list now, whatever keeps it from being granted today.
        var granted = await decide.Accept(work, made.Value.Id, stop);
        return granted.Ok ? granted : Must.Have(await find.One(made.Value.Id, stop), "a report that was made is there");
    }

    private async Task<Result<Participant>> Who(ActivityId id, RosterEntry entry, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(entry.Number))
        {
            var typed = await recipients.Of(entry.MyKeyId, stop);
            return typed.Then<Participant>(r => new Participant(r.Citizen, r.Person, r.MyKeyId.Masked));
        }
        if (await registrations.ByNumber(id, CheckedNumber.Bare(entry.Number), stop) is not { } registration) return Refusal.Of("number_unknown");
        if (await citizens.Get(registration.Citizen, stop) is not { State: not CitizenState.Revoked } citizen) return Refusal.Of("mykey_unknown");
        return citizen.RequireActive().Then<Participant>(c => new Participant(c.Id, registration.Person, c.MyKeyId.Masked));
    }
}
