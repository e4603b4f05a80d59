using Dapper;
using MyKey.App.Grants;
using MyKey.App.Mail;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.YearCaps;
using MyKey.Identity.Mail;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.GrantBatches;

/// <summary>
/// Posts the lines of running files. A line's transfer follows from file and line, and its state changes in the same transaction, so a process
/// that dies in the middle leaves a batch that the next one goes on with: every line once.
/// </summary>
public sealed class PostBatches(Database database, FindBatches find, GrantPosting posting, RefuseRows refuse, ProgrammeList programmes, YearCap cap, PointNotices notices, Ledger.Ledger ledger,
    Limits limits) : IJob
{
    public const int RowsPerRun = 1_000;

    private const string Posted = "update pts_grant_row set state = 'posted', points = @RowPoints, code = @RowCode where batch = @RowBatch and line = @RowLine and state = 'open'";

    private const string PostedMany = """
        update pts_grant_row r set state = 'posted', points = k.points, code = k.code
        from unnest(@RowBatch, @RowLine, @RowPoints, @RowCode) k(batch, line, points, code) where r.batch = k.batch and r.line = k.line and r.state = 'open'
        """;

    private const string End = "update pts_grant_batch set state = 'done' where id = @Id and state = 'running'";

    public string Name => "points-post-grant-batches";

    public TimeSpan Every => TimeSpan.FromSeconds(2);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        if (await find.NextRunning(stop) is not { } batch) return new JobResult("nothing");
        var rows = await Some(batch, RowsPerRun, stop);
        return new JobResult($"posted {rows}", More: rows > 0);
    }

    /// <summary>The next lines; with none left the batch is done and what was refused goes back to the budget.</summary>
    /// <returns>How many lines were decided.</returns>
    public async Task<int> Some(GrantBatch batch, int count, CancellationToken stop = default)
    {
        var rows = await find.Rows(batch, RowsShown.Open, 0, count, stop);
        if (rows.Count == 0)
        {
            await database.Write(tx => Finish(tx, batch), stop);
            return 0;
        }
        await refuse.Before(batch, rows, stop);
        var open = (await find.Rows(batch, RowsShown.Open, 0, count, stop)).Where(r => r.Line <= rows[^1].Line).ToList();
        var programme = Must.Have(await programmes.Find(batch.Programme, stop), "a batch has a programme");
        var hearers = await notices.Hearers(Notice.Granted, [.. open.Select(r => r.Citizen!.Value)], stop);
        var answers = await Task.WhenAll(open.Select(r => Post(batch, programme, r, hearers.Contains(r.Citizen!.Value))));
        // Busy says nothing about the line: the next run asks again.
        await refuse.These(batch, open.Zip(answers).Where(a => a.Second is not (null or "busy")).Select(a => (a.First.Line, a.Second!)), stop);
        return rows.Count - answers.Count(a => a == "busy");
    }

    /// <returns>The code of the refusal, or null.</returns>
    private async Task<string?> Post(GrantBatch batch, Programme programme, GrantBatchRow row, bool told)
    {
        var (id, person) = (batch.TransferOf(row.Line), row.Person!.Value);
        var posted = await cap.Post(programme, person, (id, new Points(row.Points)), (amount, counted) => ledger.Post(Transfer.Grant(id, row.Citizen!.Value, batch.Municipality, amount,
            batch.Programme, new NewLot(batch.ExpiresOn, new LotSource(SourceKind.Grant)), Actor.Of(batch.AskedBy!.Value)) with
        {
            Companions =
            [
                .. posting.Once(batch.Programme, row.Occasion, person, id), .. counted,
                new Companion(Posted, [("RowBatch", batch.Id), ("RowLine", row.Line), ("RowPoints", amount.Value), ("RowCode", amount.Value < row.Points ? "cap_reached" : row.Code)], 1, Refusal.Of("busy"), PostedMany),
                limits.Draw(LimitId.Budget(batch.Programme), new TransferId(batch.Id), amount),
                .. told ? [notices.Companion(row.Citizen.Value, Notice.Granted, new Purse(batch.Municipality))] : Array.Empty<Companion>(),
            ],
        }));
        return posted.Refused?.Code;
    }

    private async Task Finish(Transaction tx, GrantBatch batch)
    {
        if (await tx.Connection.ExecuteAsync(End, new { batch.Id }, tx.Handle) == 1) await limits.Release(tx, LimitId.Budget(batch.Programme), new TransferId(batch.Id));
    }
}
