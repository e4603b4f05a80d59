using Dapper;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;

namespace MyKey.Identity;

/// <summary>Deletes what can never be used again, a piece per run: questions, codes (by mail, too), tokens and counters after a day, which cards were held
/// to a terminal after an hour, ended sessions and alarms after 90 days, browsers of earlier logins after 400.</summary>
public sealed class ForgetExpired(Database database, TimeProvider clock) : IJob
{
    private static readonly (string Sql, long AfterMs)[] Steps =
    [
        ("delete from idn_challenge where id in (select id from idn_challenge where expires_ms < @Before order by expires_ms limit 1000)", Jst.DayMs),
        ("delete from idn_phone_link where challenge in (select challenge from idn_phone_link where expires_ms < @Before order by expires_ms limit 1000)", Jst.DayMs),
        ("delete from idn_passkey_question where id in (select id from idn_passkey_question where expires_ms < @Before order by expires_ms limit 1000)", Jst.DayMs),
        ("delete from idn_citizen_token where token_hash in (select token_hash from idn_citizen_token where expires_ms < @Before order by expires_ms limit 1000)", Jst.DayMs),
        ("delete from idn_one_time_code where expires_ms < @Before", Jst.DayMs),
        ("delete from idn_mail_code where id in (select id from idn_mail_code where expires_ms < @Before order by expires_ms limit 1000)", Jst.DayMs),
        ("delete from idn_session where token_hash in (select token_hash from idn_session where ends_ms < @Before order by ends_ms limit 1000)", 90 * Jst.DayMs),
        ("delete from idn_tap_card where at_ms < @Before", TapAlarms.HourMs),
        ("delete from idn_tap_alarm where hour_ms < @Before", 90 * Jst.DayMs),
        ("delete from idn_known_browser where used_ms < @Before", 400 * Jst.DayMs),
        ("delete from idn_try where last_ms < @Before", 2 * Jst.DayMs),
    ];

    public string Name => "identity-forget-expired";

    public TimeSpan Every => TimeSpan.FromMinutes(10);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var (all, more) = (0, false);
        foreach (var (sql, afterMs) in Steps)
        {
            var rows = await database.Write(tx => tx.Connection.ExecuteAsync(sql, new { Before = clock.NowMs() - afterMs }, tx.Handle), stop);
            (all, more) = (all + rows, more || rows == 1000);
        }
        return new JobResult($"forgot {all}", more);
    }
}
