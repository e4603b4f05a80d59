using Dapper;
using MyKey.App.LinkedExchange;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.StreetCards;

/// <summary>The rows of charges: how they begin, how they move from one state to the next, how they are found.</summary>
public sealed class ChargeOrders(Database database, Buckets buckets, OperationLog log, TimeProvider clock)
{
    public const int RowsAtOnce = 200, Recent = 10;

    private const string Insert = """
        insert into pts_charge_order(bucket, id, asked_id, citizen, operator, issuer, points, card, tail, state, ordered_ms, not_after_ms, next_ms, asks)
        values (@ChargeBucket, @ChargeId, @ChargeAsked, @ChargeCitizen, @ChargeOperator, @ChargeIssuer, @ChargePoints, @ChargeCard, @ChargeTail, 'ordered', @ChargeMs, @ChargeUntil, @ChargeNext, 0)
        """;

    private const string Next = """
        update pts_charge_order set state = @To, reason = @Reason, answered = @Answered, next_ms = @NextMs, asks = @Asks where bucket = @Bucket and id = @Id and state = @From
        """;

    private const string GivenBack = """
        update pts_charge_order set state = @ChargeState, reason = @ChargeReason, answered = @ChargeAnswered where bucket = @ChargeBucket and id = @ChargeId and state in ('ordered', 'asking', 'stuck')
        """;

    /// <summary>The row, in the transaction that takes the points.</summary>
    internal Companion Begin(ChargeOrder order) => new(Insert,
    [
        ("ChargeBucket", BucketOf(order)), ("ChargeId", order.Id), ("ChargeAsked", order.AskedId), ("ChargeCitizen", order.Citizen), ("ChargeOperator", order.Operator), ("ChargeIssuer", order.Issuer.Value),
        ("ChargePoints", order.Points.Value), ("ChargeCard", order.Card), ("ChargeTail", order.Tail), ("ChargeMs", order.OrderedMs), ("ChargeUntil", order.NotAfterMs), ("ChargeNext", order.NextMs),
    ], 1, Refusal.Of("busy"));

    /// <summary>The end of the row, in the transaction that gives the points back.</summary>
    internal Companion Back(ChargeOrder order) => new(GivenBack,
    [
        ("ChargeState", Words<ChargeState>.Of(order.State)), ("ChargeReason", order.Reason), ("ChargeAnswered", order.Answered ?? 0L), ("ChargeBucket", BucketOf(order)), ("ChargeId", order.Id),
    ], 1, Refusal.Of("already_cancelled"));

    /// <summary>From one state to the next, unless somebody else has moved it meanwhile. No points move here.</summary>
    /// <returns>The order as it stands now.</returns>
    internal async Task<ChargeOrder> Move(ChargeOrder from, ChargeOrder to, Actor actor, CancellationToken stop)
    {
        await database.Write(async tx =>
        {
            var rows = await tx.Connection.ExecuteAsync(Next, new
            {
                Bucket = BucketOf(from), from.Id, From = Words<ChargeState>.Of(from.State), To = Words<ChargeState>.Of(to.State), to.Reason, to.Answered, to.NextMs, to.Asks,
            }, tx.Handle);
            if (rows == 1 && to.State != from.State && to.State is ChargeState.Stuck or ChargeState.Ended) await Log(tx, from, to, actor);
        }, stop);
        return Must.Have(await Find(from.Citizen, from.Id, stop), "a charge that was ordered is there");
    }

    /// <summary>What ended otherwise than on the card is told in the log; the points that moved stand in the ledger.</summary>
    internal Task Tell(ChargeOrder from, ChargeOrder to, Actor actor, CancellationToken stop) => database.Write(tx => Log(tx, from, to, actor), stop);

    /// <summary>A citizen's last ones.</summary>
    public async Task<IReadOnlyList<ChargeOrder>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<StoredCharge>($"{StoredCharge.All} where citizen = @citizen order by ordered_ms desc, id desc limit @Recent", new { citizen, Recent })).Select(r => r.Read())];
    }

    /// <summary>What the job has to look at now.</summary>
    internal async Task<IReadOnlyList<ChargeOrder>> Due(int most, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<StoredCharge>($"{StoredCharge.All} where state in ('ordered', 'asking') and next_ms <= @now order by next_ms limit @most", new { now = clock.NowMs(), most })).Select(r => r.Read())];
    }

    /// <summary>What somebody should look at, the oldest first.</summary>
    public async Task<IReadOnlyList<ChargeOrder>> Stuck(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<StoredCharge>(
            $"{StoredCharge.All} where state in ('ordered', 'asking', 'stuck') and (state = 'stuck' or ordered_ms <= @before) order by ordered_ms limit @RowsAtOnce",
            new { before = clock.NowMs() - LinkOrder.StuckMs, RowsAtOnce });
        return [.. rows.Select(r => r.Read())];
    }

    public async Task<ChargeOrder?> Stuck(TransferId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var order = (await connection.QuerySingleOrDefaultAsync<StoredCharge>($"{StoredCharge.All} where id = @id", new { id }))?.Read();
        return order?.IsStuckAt(clock.NowMs()) == true ? order : null;
    }

    internal int BucketOf(ChargeOrder order) => buckets.Of(order.Citizen.Value);

    /// <summary>One of a citizen's.</summary>
    public Task<ChargeOrder?> Find(CitizenId citizen, TransferId id, CancellationToken stop = default) => Find(buckets.Of(citizen.Value), id, stop);

    public async Task<ChargeOrder?> Find(int bucket, TransferId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<StoredCharge>($"{StoredCharge.All} where bucket = @bucket and id = @id", new { bucket, id }))?.Read();
    }

    private Task Log(Transaction tx, ChargeOrder from, ChargeOrder to, Actor actor) => log.Write(tx, new Operation($"charge.{Words<ChargeState>.Of(to.State)}", actor, from.Id.Value, from.Citizen,
        Before: Words<ChargeState>.Of(from.State), After: to.State == ChargeState.Ended ? null : to.Reason, Reason: to.State == ChargeState.Ended ? to.Reason : null));
}
