using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Kernel.Settings;

namespace MyKey.App.Activities;

/// <summary>What looks like codes that are handed on, above what the settings say. Nothing is blocked by it; an officer looks.</summary>
/// <param name="Kind"><c>step</c>: many by the code of one half minute; <c>slip</c>: a used slip tried by others; <c>same_time</c>: one person at two places; <c>wrong</c>: codes that were not good any more.</param>
/// <param name="About">Half minute, number of the slip, report, hour.</param>
public sealed record ActivityAlarm(string Kind, string About, int Times, long LastMs);

/// <summary>Counts patterns of sharing beside the reports. A count that is lost with a crash is one less; no report waits for it.</summary>
public sealed class WatchReports(Database database, FindReports find, Settings settings, OperationLog log, TimeProvider clock)
{
    private const int HourMs = 3_600_000;

    private const string Count = """
        insert into inc_activity_alarm(activity, kind, about, seen_times, last_ms) values (@Activity, @Kind, @About, @Times, @Now)
        on conflict(activity, kind, about) do update set seen_times = case when @Add = 1 then inc_activity_alarm.seen_times + 1 else @Times end, last_ms = @Now
        returning seen_times
        """;

    private const string Raise = "update inc_activity_alarm set raised_ms = @Now where activity = @Activity and kind = @Kind and about = @About and raised_ms is null";

    private const string See = "update inc_activity_alarm set seen_by = @By where activity = @activity and raised_ms is not null and seen_by is null";

    private const string Unseen = """
        select kind, about, seen_times, last_ms from inc_activity_alarm where activity = @activity and raised_ms is not null and seen_by is null order by last_ms desc, kind, about limit 100
        """;

    /// <summary>After a report.</summary>
    public async Task Reported(Activity activity, Report report, CancellationToken stop = default)
    {
        if (report.Step is { } step && await find.OfStep(activity.Id, step, stop) is var many && many > await Most("attend.alarm_step", activity))
            await Note(activity, ("step", step.ToString(System.Globalization.CultureInfo.InvariantCulture), many, Add: false), 0, stop);
        if (await find.Elsewhere(activity, report.Who.Person, stop) > 0) await Note(activity, ("same_time", report.Id.Value.ToString("N")[^12..], 1, Add: false), 0, stop);
    }

    /// <summary>A used slip that somebody else tries.</summary>
    public async Task SlipTried(Activity activity, int no, CancellationToken stop = default) =>
        await Note(activity, ("slip", no.ToString(System.Globalization.CultureInfo.InvariantCulture), 1, Add: true), await Most("attend.alarm_slip", activity), stop);

    /// <summary>A code of this activity's screen that is not good, or not any more.</summary>
    public async Task Wrong(Activity activity, CancellationToken stop = default) =>
        await Note(activity, ("wrong", (clock.NowMs() / HourMs).ToString(System.Globalization.CultureInfo.InvariantCulture), 1, Add: true), await Most("attend.alarm_wrong", activity), stop);

    /// <summary>What an officer has not looked at yet, the newest first.</summary>
    public async Task<IReadOnlyList<ActivityAlarm>> Of(ActivityId activity, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(string Kind, string About, long Times, long LastMs)>(Unseen, new { activity })).Select(a => new ActivityAlarm(a.Kind, a.About, (int)a.Times, a.LastMs))];
    }

    /// <returns>How many an officer has looked at now.</returns>
    public Task<int> MarkSeen(ActivityId activity, StaffId by, CancellationToken stop = default) => database.Write(async tx =>
    {
        var seen = await tx.Connection.ExecuteAsync(See, new { activity, By = by }, tx.Handle);
        if (seen > 0) await log.Write(tx, new Operation("activity.alarm_seen", Actor.Of(by), activity.Value, Before: $"{seen}"));
        return seen;
    }, stop);

    private Task Note(Activity activity, (string Kind, string About, int Times, bool Add) what, long most, CancellationToken stop) => database.Write(async tx =>
    {
        var row = new { Activity = activity.Id, what.Kind, what.About, what.Times, Add = what.Add ? 1 : 0, Now = clock.NowMs() };
        var times = await tx.Connection.ExecuteScalarAsync<long>(Count, row, tx.Handle);
        if (times <= most || await tx.Connection.ExecuteAsync(Raise, row, tx.Handle) == 0) return;
        await log.Write(tx, new Operation("activity.alarm_raised", Actor.Job("incentives-watch-reports"), activity.Id.Value, After: $"{what.Kind} {what.About} {times}"));
    }, stop);

    private async Task<long> Most(string key, Activity activity) => (await settings.View()).Number(key, new SettingScope(Issuer: activity.Municipality), clock.NowMs());
}
