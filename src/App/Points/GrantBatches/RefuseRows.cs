using Dapper;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.GrantBatches;

/// <summary>Takes lines out that can not be granted any more: before the ledger is asked, whose batch does everything again for each one it drops.</summary>
public sealed class RefuseRows(Database database, FindRecipients recipients)
{
    private const string AlreadyGranted = """
        update pts_grant_row set state = 'refused', code = 'already_granted', points = 0
        where batch = @Id and state = 'open' and line <= @last and exists (select 1 from pts_grant_once o where o.bucket = pts_grant_row.bucket
          and o.programme = @Programme and o.occasion = pts_grant_row.occasion and o.person = pts_grant_row.person)
        """;

    private const string NotEligible = """
        update pts_grant_row set state = 'refused', code = 'not_eligible', points = 0
        where batch = @Id and state = 'open' and line <= @last and exists (select 1 from pts_programme p where p.id = @Programme and p.eligibility = 'list')
          and not exists (select 1 from pts_eligible_row r join pts_eligible_list l on l.id = r.list
            where r.person = pts_grant_row.person and r.code = '' and l.programme = @Programme and l.state = 'active')
        """;

    private const string Refuse = "update pts_grant_row set state = 'refused', code = @Code, points = 0 where batch = @Batch and line = @Line and state = 'open'";

    /// <summary>Who has got something for the occasion otherwise (S2-P19c).</summary>
    public static Task Granted(Transaction tx, GrantBatch batch, int last) => tx.Connection.ExecuteAsync(AlreadyGranted, new { batch.Id, batch.Programme, last }, tx.Handle);

    /// <summary>Who is not on the list of a programme that has one (S4-04).</summary>
    public static Task Strangers(Transaction tx, GrantBatch batch, int last) => tx.Connection.ExecuteAsync(NotEligible, new { batch.Id, batch.Programme, last }, tx.Handle);

    /// <summary>Looks once more at open lines, the last of them included: their people may have been stopped or have got something since.</summary>
    public async Task Before(GrantBatch batch, IReadOnlyList<GrantBatchRow> rows, CancellationToken stop)
    {
        var stopped = await recipients.Stopped(rows.Select(r => r.Citizen!.Value), stop);
        await These(batch, rows.Where(r => stopped.Contains(r.Citizen!.Value)).Select(r => (r.Line, "id_suspended")), stop);
        await database.Write(async tx =>
        {
            await Granted(tx, batch, rows[^1].Line);
            await Strangers(tx, batch, rows[^1].Line);
        }, stop);
    }

    public async Task These(GrantBatch batch, IEnumerable<(int Line, string Code)> refused, CancellationToken stop)
    {
        var lines = refused.Select(r => new { Batch = batch.Id, r.Line, r.Code }).ToList();
        if (lines.Count > 0) await database.Write(tx => tx.Connection.ExecuteAsync(Refuse, lines, tx.Handle), stop);
    }
}
