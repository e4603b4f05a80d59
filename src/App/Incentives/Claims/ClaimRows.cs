using Dapper;
using MyKey.App.LinkedExchange;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.Claims;

/// <summary>The rows of claims: how they begin, how they move from one state to the next, how they are found.</summary>
public sealed class ClaimRows(Database database, Buckets buckets, OperationLog log, TimeProvider clock)
{
    public const int RowsAtOnce = 200;

    private const long LongestGrantMs = 14 * Jst.DayMs;

    private const string Insert = """
        insert into inc_claim(bucket, id, citizen, entitlement, programme, municipality, service, account, points, fallback, follows, state, ordered_ms, granted_ms, not_after_ms, next_ms, asks, due_next)
        values (@ClaimBucket, @ClaimId, @ClaimCitizen, @ClaimGrant, @ClaimProgramme, @ClaimTown, @ClaimService, @ClaimAccount, @ClaimPoints, @ClaimFallback, @ClaimFollows, @ClaimState, @ClaimMs, @ClaimGranted,
          @ClaimUntil, @ClaimNext, 0, 0)
        """;

    private const string Next = """
        update inc_claim set state = @To, reason = @Reason, answered = @Answered, accepted_ms = @Accepted, granted_ms = @Granted, next_ms = @NextMs, asks = @Asks where bucket = @Bucket and id = @Id and state = @From
        """;

    private const string GivenBack = """
        update inc_claim set state = @ClaimState, reason = @ClaimReason, answered = @ClaimAnswered, due_next = @ClaimDue, next_ms = @ClaimNext
        where bucket = @ClaimBucket and id = @ClaimId and state in ('ordered', 'asking', 'accepted', 'stuck')
        """;

    /// <summary>The row, in the transaction that takes the entitlement.</summary>
    internal Companion Begin(Claim claim) => new(Insert,
    [
        ("ClaimBucket", BucketOf(claim)), ("ClaimId", claim.Id), ("ClaimCitizen", claim.Citizen), ("ClaimGrant", claim.Entitlement), ("ClaimProgramme", claim.Programme), ("ClaimTown", claim.Municipality.Value),
        ("ClaimService", claim.To?.Service), ("ClaimAccount", claim.To?.Account), ("ClaimPoints", claim.Points.Value), ("ClaimFallback", Words<Fallback>.Of(claim.Fallback)), ("ClaimFollows", claim.Follows),
        ("ClaimState", Words<ClaimState>.Of(claim.State)), ("ClaimMs", claim.AtMs.Ordered), ("ClaimGranted", claim.AtMs.Granted), ("ClaimUntil", claim.NotAfterMs), ("ClaimNext", claim.NextMs),
    ], 1, Refusal.Of("busy"));

    /// <summary>The end of the row, in the transaction that gives the points back.</summary>
    internal Companion Back(Claim claim) => new(GivenBack,
    [
        ("ClaimState", Words<ClaimState>.Of(claim.State)), ("ClaimReason", claim.Reason), ("ClaimAnswered", claim.Answered), ("ClaimDue", claim.DueNext ? 1 : 0), ("ClaimNext", claim.NextMs),
        ("ClaimBucket", BucketOf(claim)), ("ClaimId", claim.Id),
    ], 1, Refusal.Of("already_cancelled"));

    /// <summary>From one state to the next, unless somebody else has moved it meanwhile. No points move here.</summary>
    /// <returns>The claim as it stands now.</returns>
    internal async Task<Claim> Move(Claim from, Claim to, Actor actor, CancellationToken stop)
    {
        await database.Write(async tx =>
        {
            var rows = await tx.Connection.ExecuteAsync(Next, new
            {
                Bucket = BucketOf(from), from.Id, From = Words<ClaimState>.Of(from.State), To = Words<ClaimState>.Of(to.State), to.Reason, to.Answered, to.AtMs.Accepted, to.AtMs.Granted, to.NextMs, to.Asks,
            }, tx.Handle);
            if (rows == 1 && to.State != from.State && to.State is not ClaimState.Asking) await Log(tx, from, to, actor);
        }, stop);
        return Must.Have(await Find(from.Citizen, from.Id, stop), "a claim that was made is there");
    }

    /// <summary>What came back is told in the log, too; the points that moved stand in the ledger.</summary>
    internal Task Tell(Claim from, Claim to, Actor actor, CancellationToken stop) => database.Write(tx => Log(tx, from, to, actor), stop);

    /// <summary>What was signed for has been tried, or there is nothing left to try.</summary>
    internal Task Followed(Claim claim, CancellationToken stop) =>
        database.Write(tx => tx.Connection.ExecuteAsync("update inc_claim set due_next = 0 where bucket = @Bucket and id = @Id", new { Bucket = BucketOf(claim), claim.Id }, tx.Handle), stop);

    /// <summary>A citizen's, the newest first.</summary>
    public async Task<IReadOnlyList<Claim>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<StoredClaim>($"{StoredClaim.All} where citizen = @citizen order by ordered_ms desc, id desc limit @RowsAtOnce", new { citizen, RowsAtOnce })).Select(r => r.Read())];
    }

    /// <summary>The orders of one service from an instant on, the oldest first.</summary>
    public async Task<IReadOnlyList<Claim>> Of(PaymentServiceId service, long sinceMs, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<StoredClaim>($"{StoredClaim.All} where service = @service and ordered_ms >= @sinceMs order by ordered_ms, id limit @RowsAtOnce", new { service, sinceMs, RowsAtOnce });
        return [.. rows.Select(r => r.Read())];
    }

    /// <summary>One of a service's.</summary>
    public async Task<Claim?> Find(TransferId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<StoredClaim>($"{StoredClaim.All} where id = @id", new { id }))?.Read();
    }

    /// <summary>One of a citizen's.</summary>
    public async Task<Claim?> Find(CitizenId citizen, TransferId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<StoredClaim>($"{StoredClaim.All} where bucket = @Bucket and id = @id and citizen = @citizen", new { Bucket = buckets.Of(citizen.Value), id, citizen }))?.Read();
    }

    /// <summary>What the job has to look at now.</summary>
    internal async Task<IReadOnlyList<Claim>> Due(int most, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<StoredClaim>($"{StoredClaim.All} where (state in ('ordered', 'asking', 'accepted') or due_next = 1) and next_ms <= @now order by next_ms limit @most",
            new { now = clock.NowMs(), most })).Select(r => r.Read())];
    }

    /// <summary>What somebody should look at, the oldest first.</summary>
    public async Task<IReadOnlyList<Claim>> Stuck(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<StoredClaim>($"""
            {StoredClaim.All} where state in ('ordered', 'asking', 'accepted', 'stuck')
              and (state = 'stuck' or (state in ('ordered', 'asking') and ordered_ms <= @before) or (state = 'accepted' and ordered_ms <= @long)) order by ordered_ms limit @RowsAtOnce
            """, new { before = clock.NowMs() - LinkOrder.StuckMs, @long = clock.NowMs() - LongestGrantMs, RowsAtOnce });
        return [.. rows.Select(r => r.Read())];
    }

    public async Task<Claim?> Stuck(TransferId id, CancellationToken stop = default) => await Find(id, stop) is { } claim && claim.IsStuckAt(clock.NowMs()) ? claim : null;

    /// <summary>All of a bucket, for an audit.</summary>
    internal async Task<IReadOnlyList<Claim>> OfBucket(int bucket, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<StoredClaim>($"{StoredClaim.All} where bucket = @bucket order by id", new { bucket })).Select(r => r.Read())];
    }

    internal int BucketOf(Claim claim) => buckets.Of(claim.Citizen.Value);

    private Task Log(Transaction tx, Claim from, Claim to, Actor actor) => log.Write(tx, new Operation($"claim.{Words<ClaimState>.Of(to.State)}", actor, from.Id.Value, from.Citizen,
        Before: Words<ClaimState>.Of(from.State), After: to.State == ClaimState.Ended ? null : to.Reason, Reason: to.State == ClaimState.Ended ? to.Reason : null));
}
