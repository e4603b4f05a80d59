using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.Reserved;

/// <summary>A citizen whose reserved points are past their last day and stay; how many they are, the ledger knows.</summary>
public sealed record HeldPoints(CitizenId Citizen, HoldReason Reason, long SinceMs);

/// <summary>Whose reserved points could not go by themselves (S0-1010f): seen by the operators until they have gone somewhere.</summary>
public sealed class HeldReserved(Database database, Buckets buckets, OperationLog log, TimeProvider clock)
{
    private const string Put = """
        insert into pts_reserved_hold(bucket, citizen, reason, since_ms) values (@Bucket, @citizen, @Reason, @Now)
        on conflict (bucket, citizen) do update set reason = @Reason
        """;

    private const string Drop = "delete from pts_reserved_hold where bucket = @HeldBucket and citizen = @HeldCitizen";

    public async Task<IReadOnlyDictionary<CitizenId, HeldPoints>> All(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<(CitizenId Citizen, string Reason, long SinceMs)>("select citizen, reason, since_ms from pts_reserved_hold order by since_ms, citizen");
        return rows.ToDictionary(r => r.Citizen, r => new HeldPoints(r.Citizen, Words<HoldReason>.Stored(r.Reason), r.SinceMs));
    }

    public async Task<long> Count(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await connection.ExecuteScalarAsync<long>("select count(*) from pts_reserved_hold");
    }

    /// <summary>Makes the rows of a bucket say what was found there just now; each that comes, or stays for another reason, is told to the log.</summary>
    public async Task Keep(IReadOnlyList<HeldPoints> known, IReadOnlyDictionary<CitizenId, HoldReason> found, Actor by, CancellationToken stop)
    {
        var before = known.ToDictionary(k => k.Citizen, k => k.Reason);
        var fresh = found.Where(f => !before.TryGetValue(f.Key, out var reason) || reason != f.Value).ToList();
        var gone = known.Where(k => !found.ContainsKey(k.Citizen)).ToList();
        if (fresh.Count == 0 && gone.Count == 0) return;
        await database.Write(async tx =>
        {
            foreach (var (citizen, reason) in fresh)
            {
                await tx.Connection.ExecuteAsync(Put, new { Bucket = buckets.Of(citizen.Value), citizen, Reason = Words<HoldReason>.Of(reason), Now = clock.NowMs() }, tx.Handle);
                await log.Write(tx, new Operation("reserved.held", by, citizen.Value, citizen, Before: before.TryGetValue(citizen, out var other) ? Words<HoldReason>.Of(other) : null, After: Words<HoldReason>.Of(reason)));
            }
            foreach (var held in gone) await tx.Connection.ExecuteAsync(Drop, new { HeldBucket = buckets.Of(held.Citizen.Value), HeldCitizen = held.Citizen }, tx.Handle);
        }, stop);
    }

    /// <summary>Rides along with the transfer that takes them away; <c>not_found</c> when somebody else was quicker.</summary>
    public static Companion Released(CitizenId citizen, Buckets buckets) =>
        new(Drop, [("HeldBucket", buckets.Of(citizen.Value)), ("HeldCitizen", citizen)], 1, Refusal.Of("not_found"));
}
