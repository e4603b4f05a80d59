using Dapper;
using MyKey.App.Grants;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.GrantBatches;

/// <summary>
/// Posts the rows of running files. A row's transfer follows from file and line, and its state changes in the same transaction, so a process
/// that dies in the middle leaves a batch that the next one goes on with: every row once.
/// </summary>
public sealed class PostBatches(Database database, FindBatches find, GrantPosting posting, Ledger.Ledger ledger, Limits limits) : IJob
{
    public const int RowsPerRun = 1_000;

    private const string Posted = "update pts_grant_row set state = 'posted' where batch = @RowBatch and line = @RowLine and state = 'open'";

    private const string Refuse = "update pts_grant_row set state = 'refused', code = @Code where batch = @Batch and line = @Line and state = 'open'";

    public string Name => "points-post-grant-batches";

    public TimeSpan Every => TimeSpan.FromSeconds(2);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        if (await find.NextRunning(stop) is not { } batch) return new JobResult("nothing");
        var rows = await Some(batch, RowsPerRun, stop);
        return new JobResult($"posted {rows}", More: rows > 0);
    }

    /// <summary>The next rows; with none left the batch is done and what was refused goes back to the budget.</summary>
    /// <returns>How many rows were decided.</returns>
    public async Task<int> Some(GrantBatch batch, int count, CancellationToken stop = default)
    {
        var rows = await find.Open(batch.Id, count, stop);
        if (rows.Count == 0)
        {
            await database.Write(tx => Finish(tx, batch), stop);
            return 0;
        }
        var answers = await Task.WhenAll(rows.Select(r => Post(batch, r)));
        var refused = rows.Zip(answers).Where(r => r.Second is not (null or { Code: "busy" })).ToList();
        if (refused.Count > 0)
            await database.Write(tx => tx.Connection.ExecuteAsync(Refuse, refused.Select(r => new { Batch = batch.Id, r.First.Line, r.Second!.Code }), tx.Handle), stop);
        return answers.Count(a => a is not { Code: "busy" });
    }

    private async Task<Refusal?> Post(GrantBatch batch, GrantBatchRow row)
    {
        Must.Hold(row.Citizen is not null && row.Person is not null, "an open row has a person");
        var (citizen, person) = (row.Citizen!.Value, row.Person!.Value);
        var id = batch.TransferOf(row.Line);
        var transfer = Transfer.Grant(id, citizen, batch.Municipality, new Points(row.Points), batch.Programme,
            new NewLot(batch.ExpiresOn, new LotSource(SourceKind.Grant)), Actor.Of(batch.AskedBy ?? batch.Maker)) with
        {
            Companions =
            [
                .. posting.Once(batch.Programme, row.Occasion, person, id),
                new Companion(Posted, [("RowBatch", batch.Id), ("RowLine", row.Line)], 1, Refusal.Of("busy")),
            ],
        };
        return (await ledger.Post(transfer)).Refused;
    }

    private async Task Finish(Transaction tx, GrantBatch batch)
    {
        var progress = await FindBatches.ProgressOf(tx, batch.Id);
        if (progress.Open > 0) return;
        if (await tx.Connection.ExecuteAsync("update pts_grant_batch set state = 'done' where id = @Id and state = 'running'", new { batch.Id }, tx.Handle) == 0) return;
        if (progress.RefusedPoints > 0) await limits.GiveBack(tx, LimitId.Budget(batch.Programme), new Points(progress.RefusedPoints));
    }
}
