using System.Text;
using Dapper;
using MyKey.App.Attendance;
using MyKey.App.Programmes;
using MyKey.App.Shared.Refusals;
using MyKey.Identity.Citizens;
using MyKey.Identity.Machines;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Kernel.Settings;

namespace MyKey.App.Facilities;

/// <param name="Id">Made by the caller: the same again records once.</param>
/// <param name="UsedOn">Null: today.</param>
public sealed record FacilityUse(Guid Id, ProgrammeId Programme, string? MyKeyId, DateOnly? UsedOn);

/// <summary>
/// Somebody used a facility: he stands on the list of that day of the programme, once, and the office approves it as any other. Which facility it was is written
/// down nowhere, in the log neither: its record names a job and no machine (K-12, S0-4020).
/// </summary>
public sealed class ReportUse(Database database, Facilities facilities, ProgrammeList programmes, FindRecipients recipients, AttendanceRows rows, Settings settings, OperationLog log, TimeProvider clock)
{
    private const string Name = "施設の利用";

    private static readonly Actor Nobody = Actor.Job("facility-use");

    /// <returns>
    /// true when it is recorded, also on a repeat; <c>role_forbidden</c>, <c>programme_not_recorded</c>, <c>trigger_off</c>, <c>not_started</c>, <c>out_of_period</c>,
    /// <c>id_format</c>, <c>mykey_unknown</c>, <c>id_suspended</c>, <c>already_recorded</c> that day, <c>occasion_closed</c> once the office has decided about it,
    /// <c>too_large</c>, <c>id_reused</c>.
    /// </returns>
    public async Task<Result<bool>> Run(Machine machine, FacilityUse use, CancellationToken stop = default)
    {
        if (machine.Require(MachineScopes.AttendanceWrite).Refused is { } forbidden) return forbidden;
        if (await programmes.Find(use.Programme, stop) is not { } programme || programme.Municipality != machine.Municipality || !await facilities.May(programme.Id, machine.Id, stop))
            return Refusal.Of("programme_not_recorded");
        if (!(await settings.View()).On("grant.trigger.facility_use", new SettingScope(Issuer: programme.Municipality, Programme: programme.Id), clock.NowMs())) return Refusal.Of("trigger_off");
        var day = use.UsedOn ?? clock.Today();
        if (programme.GrantsOn(day) is { } outside) return outside;
        if (day > clock.Today()) return Periods.Outside(programme.From, clock.Today());
        var who = await recipients.Of(use.MyKeyId, stop);
        if (who.Refused is { } nobody) return nobody;
        var list = Ids.Named<OccasionId>(Encoding.UTF8.GetBytes($"facility {programme.Id.Value:N} {day:yyyyMMdd}"));
        if (await rows.Known(list, use.Id, stop) is { } before) return before;
        return await database.WriteOrRefuse<bool>(async tx =>
        {
            var opened = await tx.Connection.ExecuteAsync(RecordAttendance.Insert,
                new { Id = list, programme.Municipality, Organiser = (OrganiserId?)null, Programme = programme.Id, Name, HeldOn = day, MadeMs = clock.NowMs() }, tx.Handle) == 1;
            if (opened) await log.Write(tx, new Operation("attendance.opened", Nobody, list.Value, After: $"{programme.Municipality} {programme.Id.Value} {day:yyyy-MM-dd}"));
            if (!await RecordAttendance.Hold(tx, list)) return Refusal.Of("occasion_closed");
            return await rows.Add(tx, (Nobody, null), list, Attendee.Of(who.Value, new NewAttendance(use.Id), RecordedBy.Machine));
        }, stop);
    }
}
