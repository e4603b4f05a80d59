using Dapper;
using MyKey.App.LinkedExchange;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.StreetCards;

/// <summary>Asking: the centre is being asked to take the points off the card. Back: it has, and they are in their lots. Kept: it has not and never will under this number; they are still on the card.</summary>
public enum ChargeBackState { Asking, Back, Kept }

/// <summary>Points on their way back from a street card (table Z2).</summary>
/// <param name="Id">Of the reversal at the centre.</param>
/// <param name="By">Who has asked for it, at which terminal, and why where staff did.</param>
/// <param name="Why">Why the centre keeps them.</param>
/// <param name="NotAfterMs">From then on the centre takes nothing off any more.</param>
public sealed record ChargeBack(TransferId Id, TransferId Charge, Guid Operator, (Actor Actor, TerminalId? Terminal, string? Reason) By, ChargeBackState State, string? Why, long AskedMs, long NotAfterMs, long NextMs, int Asks)
{
    /// <summary>From then on a reversal that the centre does not know is surely dead.</summary>
    public long DeadMs => NotAfterMs + LinkOrder.MarginMs;

    public static string Word(ChargeBackState state) => state switch
    {
        ChargeBackState.Back => "取り消しました。ポイントは戻っています",
        ChargeBackState.Kept => "取り消せませんでした。ポイントはカードに入ったままです",
        _ => "カードの会社に、取り消しをたずねています",
    };
}

/// <summary>The rows of reversals.</summary>
public sealed class ChargeBacks(Database database, ChargeOrders orders, OperationLog log, TimeProvider clock)
{
    private const string All = """
        select bucket, id, charge, operator, actor_kind, actor, terminal, reason, state, why, asked_ms, not_after_ms, next_ms, asks from pts_charge_back
        """;

    private const string Insert = """
        insert into pts_charge_back(bucket, id, charge, operator, actor_kind, actor, terminal, reason, state, asked_ms, not_after_ms, next_ms, asks)
        values (@Bucket, @Id, @Charge, @Operator, @Kind, @Actor, @Terminal, @Reason, 'asking', @AskedMs, @NotAfterMs, @NextMs, 0) on conflict do nothing
        """;

    private const string Next = "update pts_charge_back set state = @State, why = @Why, next_ms = @NextMs, asks = @Asks where bucket = @Bucket and id = @Id and state = 'asking'";

    private const string Ended = "update pts_charge_back set state = 'back' where bucket = @BackBucket and id = @BackId and state = 'asking'";

    /// <summary>One reversal of a charge at a time: somebody else's that is under way, or has come to its end, is found instead.</summary>
    internal async Task<ChargeBack> Begin(ChargeOrder order, ChargeBack back, CancellationToken stop)
    {
        await database.Write(async tx =>
        {
            var rows = await tx.Connection.ExecuteAsync(Insert, new
            {
                Bucket = orders.BucketOf(order), back.Id, back.Charge, back.Operator, Kind = (int)back.By.Actor.Kind, Actor = back.By.Actor.Id, back.By.Terminal, back.By.Reason, back.AskedMs, back.NotAfterMs, back.NextMs,
            }, tx.Handle);
            if (rows == 1) await log.Write(tx, new Operation("charge_back.asked", back.By.Actor, order.Id.Value, order.Citizen, Reason: back.By.Reason));
        }, stop);
        return Must.Have(await Of(order, stop), "a reversal that was begun is there");
    }

    /// <summary>The end of the row, in the transaction that gives the points back.</summary>
    internal Companion End(ChargeOrder order, ChargeBack back) => new(Ended, [("BackBucket", orders.BucketOf(order)), ("BackId", back.Id)], 1, Refusal.Of("already_cancelled"));

    internal async Task<ChargeBack> Move(ChargeOrder order, ChargeBack to, CancellationToken stop)
    {
        await database.Write(async tx =>
        {
            var rows = await tx.Connection.ExecuteAsync(Next, new { State = Words<ChargeBackState>.Of(to.State), to.Why, to.NextMs, to.Asks, Bucket = orders.BucketOf(order), to.Id }, tx.Handle);
            if (rows == 1 && to.State == ChargeBackState.Kept) await log.Write(tx, new Operation("charge_back.kept", to.By.Actor, order.Id.Value, order.Citizen, After: to.Why));
        }, stop);
        return Must.Have(await Of(order, stop), "a reversal that was begun is there");
    }

    /// <summary>The one that counts: under way or done, else the last that the centre did not make.</summary>
    public async Task<ChargeBack?> Of(ChargeOrder order, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryFirstOrDefaultAsync<Row>($"{All} where bucket = @Bucket and charge = @Id order by case when state = 'kept' then 1 else 0 end, asked_ms desc",
            new { Bucket = orders.BucketOf(order), order.Id }))?.Read();
    }

    /// <summary>What the job has to look at now.</summary>
    internal async Task<IReadOnlyList<(int Bucket, ChargeBack Back)>> Due(int most, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{All} where state = 'asking' and next_ms <= @now order by next_ms limit @most", new { now = clock.NowMs(), most })).Select(r => (r.Bucket, r.Read()))];
    }

    /// <summary>What the centre has not answered for long, the oldest first.</summary>
    public async Task<IReadOnlyList<(int Bucket, ChargeBack Back)>> Stuck(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<Row>($"{All} where state = 'asking' and asked_ms <= @before order by asked_ms limit @RowsAtOnce", new { before = clock.NowMs() - LinkOrder.StuckMs, ChargeOrders.RowsAtOnce });
        return [.. rows.Select(r => (r.Bucket, r.Read()))];
    }

    /// <summary>Charges of a bucket whose points have come back, for an audit.</summary>
    internal async Task<HashSet<TransferId>> Back(int bucket, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. await connection.QueryAsync<TransferId>("select charge from pts_charge_back where bucket = @bucket and state = 'back'", new { bucket })];
    }

    private sealed record Row
    {
        public int Bucket { get; init; }
        public TransferId Id { get; init; }
        public TransferId Charge { get; init; }
        public Guid Operator { get; init; }
        public int ActorKind { get; init; }
        public Guid Actor { get; init; }
        public TerminalId? Terminal { get; init; }
        public string? Reason { get; init; }
        public string State { get; init; } = "";
        public string? Why { get; init; }
        public long AskedMs { get; init; }
        public long NotAfterMs { get; init; }
        public long NextMs { get; init; }
        public int Asks { get; init; }

        public ChargeBack Read() => new(Id, Charge, Operator, (new Actor((ActorKind)ActorKind, Actor), Terminal, Reason), Words<ChargeBackState>.Stored(State), Why, AskedMs, NotAfterMs, NextMs, Asks);
    }
}
