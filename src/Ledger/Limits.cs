using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <summary>A limited thing: a programme's budget, a cap, a stock.</summary>
public readonly record struct LimitId(Guid Value)
{
    public static LimitId Budget(ProgrammeId programme) => new(programme.Value);
}

/// <summary>How much of a limit there is and how much is taken, in points.</summary>
public sealed record LimitState(Points Total, Points Taken)
{
    public Points Rest => Total - Taken;
}

/// <summary>
/// Limited things are never overdrawn: lease → post → close. The lease names the transfer and runs out; <see cref="Post"/> gives the transfer
/// that deadline less a margin, so that after it either the transfer stands or it never will.
/// </summary>
public sealed class Limits(Database database, Ledger ledger, TimeProvider clock)
{
    public const int LeaseMs = 120_000;

    /// <summary>The ledger refuses a transfer this long before its lease runs out.</summary>
    public const int MarginMs = 30_000;

    public const int LeasesPerRun = 1_000;

    private const string PutLease = """
        insert into ledger_lease(bucket, limit_id, transfer, transfer_bucket, amount, until_ms)
        values (@Bucket, @Id, @Transfer, @TransferBucket, @Amount, @UntilMs) on conflict do nothing
        """;

    /// <summary>Sets the total in the transaction of the slice that decides it; the refusal <c>budget_exhausted</c> if more is taken already.</summary>
    public async Task<Result<LimitState>> SetTotal(Transaction tx, LimitId limit, Points total)
    {
        var key = new { Bucket = BucketOf(limit), Id = limit.Value, Total = total };
        await tx.Connection.ExecuteAsync("insert into ledger_limit(bucket, id, total, taken) values (@Bucket, @Id, 0, 0) on conflict do nothing", key, tx.Handle);
        var changed = await tx.Connection.ExecuteAsync("update ledger_limit set total = @Total where bucket = @Bucket and id = @Id and taken <= @Total", key, tx.Handle);
        var state = await Read(tx.Connection, tx.Handle, limit);
        return changed == 1 ? state! : Refusal.Of("budget_exhausted", ("rest", state!.Rest));
    }

    public async Task<LimitState?> Read(LimitId limit)
    {
        await using var connection = await database.Open();
        return await Read(connection, null, limit);
    }

    /// <summary>
    /// Posts a transfer that takes its amount, of a voucher its premium, from a limit. Refusals: <c>budget_exhausted</c> (rest) and those of <see cref="Ledger.Post"/>.
    /// What a refused transfer took is given back at once; what a crash left open, or several that sent the same, by <see cref="CloseLeases"/>.
    /// </summary>
    public async Task<Result<Posted>> Post(LimitId limit, Transfer transfer)
    {
        var bucket = ledger.BucketOf(transfer);
        if (await Exists(bucket, transfer.Id)) return await ledger.Post(transfer);
        var until = clock.NowMs() + LeaseMs;
        var taken = await database.WriteOrRefuse(tx => Take(tx, limit, new Lease(transfer.Id, bucket, transfer.FromLimit, until)));
        if (taken.Refused is { } no) return no;
        if (taken.Value.Stands) return await ledger.Post(transfer);
        var posted = await ledger.Post(transfer with { NotAfterMs = taken.Value.UntilMs - MarginMs });
        if (posted.Ok || !taken.Value.Shared) await database.Write(tx => Close(tx, limit, transfer.Id, standing: posted.Ok, posted.Ok ? null : taken.Value.UntilMs));
        return posted;
    }

    /// <summary>For a transfer that gives back what an earlier one took from a limit, in one transaction.</summary>
    public Companion GiveBack(LimitId limit, Points amount) => new(
        "update ledger_limit set taken = taken - @BackAmount where bucket = @BackBucket and id = @BackLimit and taken >= @BackAmount",
        [("BackBucket", BucketOf(limit)), ("BackLimit", limit.Value), ("BackAmount", amount.Value)], 1, Refusal.Of("busy"));

    /// <summary>
    /// Takes the sum of many transfers at once and holds it for as long as they need, in the transaction of the slice that will post them: each
    /// with <see cref="Draw"/>, and <see cref="Release"/> after the last. Refusal: <c>budget_exhausted</c> (rest).
    /// </summary>
    public async Task<Result<long>> Reserve(Transaction tx, LimitId limit, TransferId reservation, Points sum) =>
        (await Take(tx, limit, new Lease(reservation, BucketOf(limit), sum, long.MaxValue))).Then<long>(held => held.UntilMs);

    /// <summary>For a transfer that is paid out of a reservation: its amount moves from there into what is granted, in one transaction.</summary>
    public Companion Draw(LimitId limit, TransferId reservation, Points amount) => new(
        "update ledger_lease set amount = amount - @DrawAmount where bucket = @DrawBucket and limit_id = @DrawLimit and transfer = @DrawFrom and amount >= @DrawAmount",
        [("DrawBucket", BucketOf(limit)), ("DrawLimit", limit.Value), ("DrawFrom", reservation), ("DrawAmount", amount.Value)], 1, Refusal.Of("busy"));

    /// <summary>Ends a reservation; what no transfer has drawn goes back.</summary>
    public Task Release(Transaction tx, LimitId limit, TransferId reservation) => Close(tx, limit, reservation, standing: false);

    /// <summary>Settles leases that have run out: the transfer stands, or what it took goes back. A job; bounded, safe to run twice.</summary>
    public async Task<int> CloseLeases(CancellationToken stop = default)
    {
        var now = clock.NowMs();
        var closed = 0;
        for (var bucket = 0; bucket < ledger.Buckets.Count; bucket++)
        {
            foreach (var lease in await Due(bucket, now, stop))
            {
                var standing = await Exists(lease.TransferBucket, lease.Transfer);
                await database.Write(tx => Close(tx, new LimitId(lease.Limit), lease.Transfer, standing, lease.UntilMs), stop);
                closed++;
            }
        }
        return closed;
    }

    private async Task<IReadOnlyList<(Guid Limit, TransferId Transfer, int TransferBucket, long UntilMs)>> Due(int bucket, long now, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. await connection.QueryAsync<(Guid, TransferId, int, long)>(
            "select limit_id, transfer, transfer_bucket, until_ms from ledger_lease where bucket = @bucket and until_ms < @now order by until_ms limit @LeasesPerRun",
            new { bucket, now, LeasesPerRun })];
    }

    /// <summary>
    /// Whoever sends the same while it is under way, or after a crash, shares the lease. It then ends a millisecond later at least, by which the
    /// first one, when it is refused, sees that it must not give back what the other's transfer may still take.
    /// </summary>
    private async Task<Result<Held>> Take(Transaction tx, LimitId limit, Lease lease)
    {
        var key = new { Bucket = BucketOf(limit), Id = limit.Value, lease.Amount, lease.Transfer, lease.TransferBucket, lease.UntilMs };
        if (await tx.Connection.ExecuteAsync(PutLease, key, tx.Handle) == 0) return await Share(tx, limit, lease);
        // Another one that sent the same may have posted and closed its lease since it was looked for.
        if (await Exists(tx.Connection, tx.Handle, lease.TransferBucket, lease.Transfer))
        {
            await Close(tx, limit, lease.Transfer, standing: true);
            return new Held(0, Stands: true);
        }
        var taken = await tx.Connection.ExecuteAsync(
            "update ledger_limit set taken = taken + @Amount where bucket = @Bucket and id = @Id and taken + @Amount <= total", key, tx.Handle);
        if (taken == 1) return new Held(lease.UntilMs);
        var state = await Read(tx.Connection, tx.Handle, limit);
        return Refusal.Of("budget_exhausted", ("rest", state?.Rest ?? Points.Zero));
    }

    private async Task<Result<Held>> Share(Transaction tx, LimitId limit, Lease lease)
    {
        var key = new { Bucket = BucketOf(limit), Id = limit.Value, lease.Transfer };
        var old = await tx.Connection.QuerySingleOrDefaultAsync<(long Amount, long UntilMs)?>(
            "delete from ledger_lease where bucket = @Bucket and limit_id = @Id and transfer = @Transfer returning amount, until_ms", key, tx.Handle);
        if (old is not { } shared) return await Take(tx, limit, lease);   // closed this instant
        var until = shared.UntilMs == long.MaxValue ? long.MaxValue : Math.Max(shared.UntilMs + 1, lease.UntilMs);
        await tx.Connection.ExecuteAsync(PutLease, new { key.Bucket, key.Id, shared.Amount, key.Transfer, lease.TransferBucket, UntilMs = until }, tx.Handle);
        return new Held(until, Shared: true);
    }

    /// <param name="untilMs">Only a lease that still ends then; null: however long it runs.</param>
    private async Task Close(Transaction tx, LimitId limit, TransferId transfer, bool standing, long? untilMs = null)
    {
        var key = new { Bucket = BucketOf(limit), Id = limit.Value, Transfer = transfer, From = untilMs ?? 0, Until = untilMs ?? long.MaxValue };
        var amount = await tx.Connection.QuerySingleOrDefaultAsync<long?>(
            "delete from ledger_lease where bucket = @Bucket and limit_id = @Id and transfer = @Transfer and until_ms between @From and @Until returning amount", key, tx.Handle);
        if (amount is null || standing) return;
        var given = await tx.Connection.ExecuteAsync("update ledger_limit set taken = taken - @amount where bucket = @Bucket and id = @Id",
            new { key.Bucket, key.Id, amount }, tx.Handle);
        Must.Hold(given == 1, "what was taken from a limit goes back to it");
    }

    private async Task<bool> Exists(int bucket, TransferId transfer)
    {
        await using var connection = await database.Open();
        return await Exists(connection, null, bucket, transfer);
    }

    private static async Task<bool> Exists(System.Data.Common.DbConnection connection, System.Data.Common.DbTransaction? handle, int bucket, TransferId transfer) =>
        await connection.ExecuteScalarAsync<long>("select count(*) from ledger_transfer where bucket = @bucket and id = @transfer", new { bucket, transfer }, handle) == 1;

    private async Task<LimitState?> Read(System.Data.Common.DbConnection connection, System.Data.Common.DbTransaction? handle, LimitId limit)
    {
        var row = await connection.QuerySingleOrDefaultAsync<(long Total, long Taken)?>("select total, taken from ledger_limit where bucket = @Bucket and id = @Id",
            new { Bucket = BucketOf(limit), Id = limit.Value }, handle);
        return row is { } found ? new LimitState(new Points(found.Total), new Points(found.Taken)) : null;
    }

    private int BucketOf(LimitId limit) => ledger.Buckets.Of(limit.Value);

    /// <param name="UntilMs">Until when the lease runs.</param>
    /// <param name="Shared">Somebody else had it before; only the job gives it back.</param>
    /// <param name="Stands">The transfer is posted already; nothing was taken.</param>
    private readonly record struct Held(long UntilMs, bool Shared = false, bool Stands = false);

    private sealed record Lease(TransferId Transfer, int TransferBucket, Points Amount, long UntilMs);
}
