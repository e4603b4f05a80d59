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
public sealed record ReservedLine(TransferId Id, ReceiptNumber Receipt, MunicipalityCode To, long Change, Points BalanceAfter, long TimeMs, IReadOnlyList<PartnerId> Partners, ActorKind By);

/// <summary>Reading reserved points; other modules never read the ledger's tables.</summary>
public sealed class ReservedReading(Database database, Buckets buckets)
{
    private const string Columns = "select l.bucket, l.id, l.issuer, l.legs, l.time_ms, l.height, l.pos, l.actor_kind";

    private const string Touches = "(l.kind = @Move or l.kind = @Exchange and l.issuer = @Pool)";

    private const string Lines = $"""
        with recursive line as (
          select t.*, 0 as step from ledger_transfer t where t.bucket = @Bucket and t.id = @Newest
          union all
          select t.*, line.step + 1 from line join ledger_transfer t on t.bucket = @Bucket and t.id = line.previous where line.step < 10000)
        {Columns} from line l where {Touches} order by l.step limit @Count
        """;

    private const string One = $"{Columns} from ledger_transfer l where l.bucket = @Bucket and l.id = @Id and l.citizen = @Citizen and {Touches}";

    /// <summary>A citizen's, in the order in which a move takes them.</summary>
    public async Task<IReadOnlyList<ReservedLot>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<LotRow>("""
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
        var bucket = buckets.Of(citizen.Value);
        await using var connection = await database.Open();
        var newest = before is { } line
            ? await connection.ExecuteScalarAsync<object?>("select previous from ledger_transfer where bucket = @bucket and id = @line and citizen = @citizen", new { bucket, line, citizen })
            : await connection.ExecuteScalarAsync<object?>("select last_transfer from ledger_lot where bucket = @bucket and citizen = @citizen and closed = 0 order by entry_no desc limit 1", new { bucket, citizen });
        if (newest is null or DBNull) return [];
        return await Lined(connection, Lines, new Key(bucket, citizen) { Newest = newest, Count = count });
    }

    /// <summary>One line of a citizen's, or null.</summary>
    public async Task<ReservedLine?> Find(CitizenId citizen, TransferId id)
    {
        var bucket = buckets.Of(citizen.Value);
        await using var connection = await database.Open();
        var found = await Lined(connection, One, new Key(bucket, citizen) { Id = id });
        return found.Count == 1 ? found[0] : null;
    }

    /// <summary>A move's postings name lots; whose points those were, the lots say.</summary>
    private async Task<IReadOnlyList<ReservedLine>> Lined(DbConnection connection, string sql, Key values)
    {
        var rows = (await connection.QueryAsync<LineRow>(sql, values)).AsList();
        var partners = new Dictionary<LotId, PartnerId>();
        if (rows.Count > 0)
            foreach (var (lot, partner) in await connection.QueryAsync<(LotId, PartnerId)>("select id, partner from ledger_lot where bucket = @Bucket and citizen = @Citizen and kind = @Reserved", values))
                partners[lot] = partner;
        return rows.ConvertAll(r => r.Line(partners));
    }

    private sealed record Key(int Bucket, CitizenId Citizen)
    {
        public int Move => (int)TransferKind.Move;
        public int Exchange => (int)TransferKind.Exchange;
        public int Reserved => (int)AccountKind.Reserved;
        public string Pool => MunicipalityCode.Pool.Value;
        public object? Newest { get; init; }
        public TransferId? Id { get; init; }
        public int Count { get; init; }
    }

    private sealed class LotRow
    {
        public LotId Id { get; set; }
        public int AcquiredOn { get; set; }
        public int ExpiresOn { get; set; }
        public long Remaining { get; set; }
        public PartnerId Partner { get; set; }
    }

    private sealed class LineRow
    {
        public int Bucket { get; set; }
        public TransferId Id { get; set; }
        public string Issuer { get; set; } = "";
        public string Legs { get; set; } = "";
        public long TimeMs { get; set; }
        public long Height { get; set; }
        public int Pos { get; set; }
        public int ActorKind { get; set; }

        public ReservedLine Line(Dictionary<LotId, PartnerId> partners)
        {
            var reserved = LegsText.Read(Legs).Where(l => l.Account.Kind == AccountKind.Reserved).ToList();
            return new ReservedLine(Id, new ReceiptNumber(Bucket, Height, Pos), MunicipalityCode.Trusted(Issuer), reserved.Sum(l => l.Amount), new Points(reserved[^1].BalanceAfter ?? 0), TimeMs,
                [.. reserved.Select(l => partners[l.Lot!.Value]).Distinct()], (ActorKind)ActorKind);
        }
    }
}
