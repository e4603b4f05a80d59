using Dapper;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Certificates.Lineage;

/// <summary>
/// A new card opens the old account without a counter, where nobody objected in 72 hours (Lineage). The citizen had been told by mail, at a mailbox that was on file for
/// 30 days when the card asked: whoever found out a password can't first bring a mailbox of his own. Whoever objects stops the ID, or says no on My Page.
/// </summary>
public sealed class JoinAlone(Database database, TimeProvider clock, JoinCertificate join, OperationLog log) : IJob
{
    public const long WaitMs = 72L * 3_600_000;

    /// <summary>So long the mailbox has to be on file, before the card asks.</summary>
    public const long MailboxAgeMs = 30L * Jst.DayMs;

    private const int RequestsPerRun = 100;

    public string Name => "identity-join-alone";

    public TimeSpan Every => TimeSpan.FromMinutes(5);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        List<(Guid Id, CitizenId Citizen)> due;
        await using (var connection = await database.Open(stop))
            due = [.. await connection.QueryAsync<(Guid Id, CitizenId Citizen)>("""
                select id, citizen from idn_join_request where state = 1 and alone_ms <= @Now and until_ms > @Now order by alone_ms, id limit @RequestsPerRun
                """, new { Now = clock.NowMs(), RequestsPerRun })];
        var joined = 0;
        foreach (var one in due) if (await Join(one.Id, one.Citizen, run.Actor, stop)) joined++;
        return new JobResult($"joined {joined} of {due.Count}", More: due.Count == RequestsPerRun);
    }

    private Task<bool> Join(Guid id, CitizenId citizen, Actor by, CancellationToken stop) => database.Write(async tx =>
    {
        await tx.Connection.ExecuteAsync("update idn_citizen set state = state where id = @citizen", new { citizen }, tx.Handle);
        // Whatever becomes of it, it is looked at once.
        var row = await tx.Connection.QuerySingleOrDefaultAsync<(string Authority, string Serial, long NotBeforeMs, long NotAfterMs)?>("""
            update idn_join_request set state = 3 where id = @id and state = 1 returning authority, serial, not_before_ms, not_after_ms
            """, new { id }, tx.Handle);
        var holder = await FindCitizen.Get(tx.Connection, tx.Handle, citizen);
        if (row is not { } found || holder?.RequireActive().Ok != true || !await RequestJoin.IsOver(tx, citizen, clock.NowMs()) || !await StillTold(tx, id)) return false;
        var certificate = new AuthCertificate(found.Authority, found.Serial, DateTimeOffset.FromUnixTimeMilliseconds(found.NotBeforeMs), DateTimeOffset.FromUnixTimeMilliseconds(found.NotAfterMs));
        if (!await join.Replace(tx, certificate, citizen, JoinCause.None, by)) return false;
        await tx.Connection.ExecuteAsync("update idn_join_request set state = 2 where id = @id", new { id }, tx.Handle);
        await log.Write(tx, new Operation("join.waited", by, id, citizen));
        return true;
    }, stop);

    /// <summary>The mailbox is still the one that was told.</summary>
    private static async Task<bool> StillTold(Transaction tx, Guid id) => await tx.Connection.ExecuteScalarAsync<long>("""
        select count(*) from idn_join_request r join idn_mail m on m.citizen = r.citizen where r.id = @id and m.since_ms <= r.made_ms - @MailboxAgeMs
        """, new { id, MailboxAgeMs }, tx.Handle) > 0;
}
