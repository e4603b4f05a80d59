using System.Data.Common;
using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <summary>Points of which no municipality is chosen yet, exchanged at once (S0-1010a).</summary>
/// <param name="LastDay">Until its end (24:00 JST) the citizen chooses; then they go to the base municipality by themselves (S0-1010c).</param>
public sealed record ReservedLot(LotId Id, DateOnly ExchangedOn, DateOnly LastDay, Points Remaining, PartnerId Partner);

/// <summary>One line of the history of reserved points (S0-5011).</summary>
/// <param name="To">Where they went; the pool for what came in.</param>
/// <param name="Change">Signed.</param>
/// <param name="Partners">Whose points they were.</param>
/// <param name="By">The citizen, the job after the last day, or an operator.</param>
public sealed record ReservedLine(TransferId Id, ReceiptNumber Receipt, MunicipalityCode To, long Change, Points BalanceAfter, long TimeMs, IReadOnlyList<PartnerId> Partners, ActorKind By)
{
    /// <summary>The event to whose points they went.</summary>
    public SupportEventId? Event { get; init; }
}

/// <summary>Reading reserved points; other modules never read the ledger's tables.</summary>
public sealed class ReservedReading(Database database, Buckets buckets)
{
    private static readonly string Touches = WalkValues.Touches(AccountKind.Reserved);

    /// <summary>A citizen's, in the order in which a move takes them.</summary>
    public async Task<IReadOnlyList<ReservedLot>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<ReservedLotRow>("""
            select id, acquired_on, expires_on, remaining, partner from ledger_lot
            where bucket = @Bucket and citizen = @citizen and kind = @Kind and closed = 0 and remaining > 0 order by expires_on, acquired_on, id
            """, new { Bucket = buckets.Of(citizen.Value), citizen, Kind = (int)AccountKind.Reserved });
        return [.. rows.Select(r => new ReservedLot(r.Id, Jst.FromNumber(r.AcquiredOn), Jst.FromNumber(r.ExpiresOn), new Points(r.Remaining), r.Partner))];
    }

    /// <summary>Whether the citizen has, or once had, any.</summary>
    public async Task<bool> Any(CitizenId citizen)
    {
        await using var connection = await database.Open();
        return await connection.ExecuteScalarAsync<long>("select count(*) from (select 1 from ledger_lot where bucket = @Bucket and citizen = @citizen and kind = @Kind limit 1) l",
            new { Bucket = buckets.Of(citizen.Value), citizen, Kind = (int)AccountKind.Reserved }) > 0;
    }

    /// <summary>Citizens of a bucket with something past its last day, in the order of their ids.</summary>
    /// <param name="after">The last one that was read, or null.</param>
    public async Task<IReadOnlyList<CitizenId>> Due(int bucket, DateOnly today, CitizenId? after, int count)
    {
        await using var connection = await database.Open();
        return [.. await connection.QueryAsync<CitizenId>("""
            select distinct citizen from ledger_lot
            where bucket = @bucket and closed = 0 and expires_on < 99991231 and expires_on < @today and remaining > 0 and kind = @Kind and citizen > @after
            order by citizen limit @count
            """, new { bucket, today, after = after ?? new CitizenId(Guid.Empty), count, Kind = (int)AccountKind.Reserved })];
    }

    /// <summary>What came in and went out, newest first.</summary>
    /// <param name="before">The last line of the page before, or null.</param>
    public async Task<IReadOnlyList<ReservedLine>> History(CitizenId citizen, int count, TransferId? before = null)
    {
        var values = new WalkValues(buckets.Of(citizen.Value), citizen);
        await using var connection = await database.Open();
        return await Lined(connection, values, await Walk.Back(connection, Touches, values, count, before));
    }

    /// <summary>One line of a citizen's, or null.</summary>
    public async Task<ReservedLine?> Find(CitizenId citizen, TransferId id)
    {
        var values = new WalkValues(buckets.Of(citizen.Value), citizen);
        await using var connection = await database.Open();
        return await Walk.One(connection, id, Touches, values) is { } row ? (await Lined(connection, values, [row]))[0] : null;
    }

    /// <summary>A move's postings name lots; whose points those were, the lots say.</summary>
    private static async Task<IReadOnlyList<ReservedLine>> Lined(DbConnection connection, WalkValues whose, IReadOnlyList<WalkRow> rows)
    {
        var partners = new Dictionary<LotId, PartnerId>();
        if (rows.Count > 0)
            foreach (var (lot, partner) in await connection.QueryAsync<(LotId, PartnerId)>("select id, partner from ledger_lot where bucket = @Bucket and citizen = @Citizen and kind = @Reserved",
                new { whose.Bucket, whose.Citizen, Reserved = (int)AccountKind.Reserved }))
                partners[lot] = partner;
        return [.. rows.Select(r => Lined(r, partners))];
    }

    private static ReservedLine Lined(WalkRow row, Dictionary<LotId, PartnerId> partners)
    {
        var line = row.Line(AccountKind.Reserved);
        var whose = LegsText.Read(row.Legs).Where(l => l.Account.Kind == AccountKind.Reserved).Select(l => partners[l.Lot!.Value]).Distinct();
        return new ReservedLine(line.Id, line.Receipt, line.Issuer, line.Change, line.BalanceAfter, line.TimeMs, [.. whose], (ActorKind)row.ActorKind) { Event = line.Event };
    }

    private sealed class ReservedLotRow
    {
        public LotId Id { get; set; }
        public int AcquiredOn { get; set; }
        public int ExpiresOn { get; set; }
        public long Remaining { get; set; }
        public PartnerId Partner { get; set; }
    }
}
