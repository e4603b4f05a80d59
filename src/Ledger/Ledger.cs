using System.Threading.Channels;
using Dapper;
using MyKey.Kernel.Chain;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <param name="Writers">Queues with a database connection each; a bucket belongs to one. SQLite has one.</param>
/// <param name="MaxBatch">Transfers in one database transaction at most.</param>
/// <param name="QueueLength">Waiting transfers per writer; beyond it the answer is <c>busy</c> at once.</param>
/// <param name="Seal">Off only to measure what sealing costs; a ledger written so does not pass its audit.</param>
public sealed record LedgerOptions(int Writers = 2, int MaxBatch = ReceiptNumber.MaxPositions, int QueueLength = 20_000, bool Seal = true);

/// <summary>
/// Every point is in an account, and this is the only way in: <see cref="Post"/>. A transfer waits in the queue of its bucket's writer, which
/// takes what is waiting and commits it as one batch; one waiting transfer makes a batch of one, without any added delay.
/// </summary>
public sealed class Ledger : IAsyncDisposable
{
    private const int GenesisFormat = 1;
    private readonly Channel<Pending>[] queues;
    private readonly Task[] writers;

    private Ledger(Database database, TimeProvider clock, Buckets buckets, LedgerOptions options)
    {
        Buckets = buckets;
        var count = database.Engine == Engine.Sqlite ? 1 : Math.Min(options.Writers, buckets.Count);
        var writer = Ids.NewV7(clock);
        queues = [.. Enumerable.Range(0, count).Select(_ => Channel.CreateBounded<Pending>(new BoundedChannelOptions(options.QueueLength) { SingleReader = true }))];
        writers = [.. queues.Select(q => Task.Run(() => Write(q.Reader, LedgerSql.For(database), new Commit.Place(clock, buckets, writer), options)))];
    }

    public Buckets Buckets { get; }

    /// <summary>Opens the ledger of a migrated database; the first time it fixes the number of buckets.</summary>
    /// <exception cref="InvalidOperationException">The database was set up with another number of buckets.</exception>
    public static async Task<Ledger> Open(Database database, TimeProvider clock, Buckets buckets, LedgerOptions? options = null)
    {
        var found = await database.Write(tx => Genesis(tx, clock, buckets));
        if (found != buckets.Count) throw new InvalidOperationException($"This ledger has {found} buckets, not {buckets.Count}.");
        return new Ledger(database, clock, buckets, options ?? new LedgerOptions());
    }

    /// <summary>
    /// Posts one transfer and answers when it is durable. Refusals change nothing and bind nothing: <c>insufficient_points</c> (rest),
    /// <c>id_reused</c>, <c>busy</c>, <c>direction_forbidden</c>, <c>transfer_forbidden</c>, <c>transfer_unknown</c>, <c>cancel_forbidden</c>,
    /// <c>scope_denied</c>, <c>already_cancelled</c>, <c>refund_exceeds</c> (rest), <c>out_of_period</c>, <c>cap_reached</c>, and those of the companions.
    /// </summary>
    public ValueTask<Result<Posted>> Post(Transfer transfer)
    {
        var bucket = BucketOf(transfer);
        if (bucket < 0 || bucket >= Buckets.Count) return ValueTask.FromResult<Result<Posted>>(Refusal.Of("transfer_unknown"));
        var pending = new Pending(transfer, bucket);
        return queues[bucket % queues.Length].Writer.TryWrite(pending) ? pending.Answer : ValueTask.FromResult<Result<Posted>>(Refusal.Of("busy"));
    }

    /// <summary>The bucket of a transfer: its citizen's, or that of what it cancels.</summary>
    public int BucketOf(Transfer transfer)
    {
        Must.Hold(transfer.Bucket is not null || transfer.Citizen is not null, "a transfer touches one citizen");
        return transfer.Bucket ?? Buckets.Of(transfer.Citizen!.Value.Value);
    }

    /// <summary>Lets the writers finish what is waiting, then ends them.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var queue in queues) queue.Writer.TryComplete();
        await Task.WhenAll(writers);
    }

    private static async Task Write(ChannelReader<Pending> queue, LedgerSql sql, Commit.Place place, LedgerOptions options)
    {
        await using var _ = sql;
        var commit = new Commit(sql, place, options);
        var batch = new List<Pending>(options.MaxBatch);
        while (await queue.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < options.MaxBatch && queue.TryRead(out var pending)) batch.Add(pending);
            await commit.Run(batch);
            Pending.Complete(batch);
        }
    }

    private static async Task<int> Genesis(Transaction tx, TimeProvider clock, Buckets buckets)
    {
        // Of several processes that begin at once the first one's row stands; the others wait for it and read it.
        var first = await tx.Connection.ExecuteAsync("insert into ledger_genesis(format, buckets, created_ms) values (@Format, @Count, @Now) on conflict do nothing",
            new { Format = GenesisFormat, buckets.Count, Now = clock.NowMs() }, tx.Handle) == 1;
        for (var bucket = 0; first && bucket < buckets.Count; bucket++)
            await tx.Connection.ExecuteAsync("insert into ledger_head(bucket, height, hash, epoch) values (@bucket, 0, @Hash, 1)",
                new { bucket, Hash = BlockHeader.NoBlock }, tx.Handle);
        return await tx.Connection.QuerySingleAsync<int>("select buckets from ledger_genesis", transaction: tx.Handle);
    }
}
