using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <summary>What a citizen holds of one issuer on a day: the usable lots, next to lapse first.</summary>
public sealed record Holding(MunicipalityCode Issuer, Points Usable, IReadOnlyList<HeldLot> Lots);

public sealed record HeldLot(LotId Id, DateOnly AcquiredOn, DateOnly ExpiresOn, Points Amount, Points Remaining, SourceKind Source, ProgrammeId? Programme);

/// <summary>
/// One line of a citizen's history. <paramref name="Change"/> is signed; <paramref name="BalanceAfter"/> what was usable afterwards. Both tell of
/// <paramref name="Of"/>: the holding, where it is touched; else an event's points or an entitlement; else the reserved ones; else a ticket.
/// </summary>
public sealed record HistoryLine(TransferId Id, ReceiptNumber Receipt, TransferKind Kind, MunicipalityCode Issuer, long Change, Points BalanceAfter,
    long TimeMs, AcceptorId? Acceptor, ProgrammeId? Programme, TransferId? Cancels, bool Cancelled, AccountKind Of)
{
    /// <summary>Who bought the points of an exchange.</summary>
    public PartnerId? Partner { get; init; }

    /// <summary>The event whose points moved.</summary>
    public SupportEventId? Event { get; init; }

    /// <summary>What a programme had granted is received (K-25); <see cref="Programme"/> says which.</summary>
    public bool FromEntitlement { get; init; }

    /// <summary>The lots that it took from (below 0) or gave to, of what <see cref="Of"/> says.</summary>
    public IReadOnlyList<(LotId Id, long Change)> Lots { get; init; } = [];

    /// <summary>As the transfer was posted with: <see cref="Transfer.Settings"/>.</summary>
    public string Settings { get; init; } = "";
}

/// <summary>Reading the ledger; other modules never read its tables.</summary>
public sealed class LedgerReading(Database database, Buckets buckets)
{
    private const int LotsAtOnce = 500;

    private const string LotsOf = "select id, issuer, acquired_on, expires_on, amount, remaining, source_kind, programme from ledger_lot where bucket = @Bucket and citizen = @citizen";

    private const string LotsOnPostgres = LotsOf + " and id = any(@ids)";

    private const string LotsOnSqlite = LotsOf + " and id in @ids";

    private static readonly string OfHoldings =
        $"(@Issuer = '' or l.issuer = @Issuer) and (not ({WalkValues.Touches(AccountKind.Event)} or {WalkValues.Touches(AccountKind.Entitlement)}) or {WalkValues.Touches(AccountKind.Holding)})";

    /// <summary>All holdings of a citizen with something usable on the day, ordered by issuer.</summary>
    public async Task<IReadOnlyList<Holding>> Holdings(CitizenId citizen, DateOnly today)
    {
        await using var connection = await database.Open();
        var lots = await connection.QueryAsync<LotRow>("""
            select id, issuer, acquired_on, expires_on, amount, remaining, source_kind, programme from ledger_lot
            where bucket = @Bucket and citizen = @citizen and kind = @Kind and closed = 0 and remaining > 0 and expires_on >= @today
            order by issuer, expires_on, acquired_on, id
            """, new { Bucket = buckets.Of(citizen.Value), citizen, Kind = (int)AccountKind.Holding, today });
        return [.. lots.GroupBy(l => l.Issuer).Select(g => new Holding(MunicipalityCode.Of(g.Key), new Points(g.Sum(l => l.Remaining)), [.. g.Select(l => l.Lot())]))];
    }

    /// <summary>How much of one issuer's points a citizen can use on the day.</summary>
    public async Task<Points> Usable(CitizenId citizen, MunicipalityCode issuer, DateOnly today) =>
        (await Holdings(citizen, today)).FirstOrDefault(h => h.Issuer == issuer)?.Usable ?? Points.Zero;

    /// <summary>Some of a citizen's lots, also those with nothing left in them.</summary>
    public async Task<IReadOnlyDictionary<LotId, HeldLot>> Lots(CitizenId citizen, IEnumerable<LotId> ids)
    {
        var found = new Dictionary<LotId, HeldLot>();
        await using var connection = await database.Open();
        foreach (var some in ids.Distinct().Chunk(LotsAtOnce))
        {
            var lots = database.Engine == Engine.Postgres
                ? await connection.QueryAsync<LotRow>(LotsOnPostgres, new { Bucket = buckets.Of(citizen.Value), citizen, ids = some.Select(i => i.Value).ToArray() })
                : await connection.QueryAsync<LotRow>(LotsOnSqlite, new { Bucket = buckets.Of(citizen.Value), citizen, ids = some.Select(i => i.Value.Bytes()).ToArray() });
            foreach (var lot in lots) found[lot.Id] = lot.Lot();
        }
        return found;
    }

    /// <summary>A citizen's transfers, newest first, but for those that touch only an event's points or what is still to be received.</summary>
    /// <param name="before">The last line of the page before, or null.</param>
    public async Task<IReadOnlyList<HistoryLine>> History(CitizenId citizen, MunicipalityCode? issuer, int count, TransferId? before = null)
    {
        await using var connection = await database.Open();
        var rows = await Walk.Back(connection, OfHoldings, new WalkValues(buckets.Of(citizen.Value), citizen) { Issuer = issuer?.Value ?? "" }, count, before);
        return [.. rows.Select(r => r.Line())];
    }

    /// <summary>All of a citizen's transfers, whatever they touch, newest first.</summary>
    public async Task<IReadOnlyList<HistoryLine>> Everything(CitizenId citizen, int count)
    {
        await using var connection = await database.Open();
        return [.. (await Walk.Back(connection, "1 = 1", new WalkValues(buckets.Of(citizen.Value), citizen), count, before: null, steps: count)).Select(r => r.Line())];
    }

    /// <summary>The transfer of a receipt, or null. The place of its entry is in the number.</summary>
    public async Task<HistoryLine?> Find(ReceiptNumber receipt)
    {
        await using var connection = await database.Open();
        var record = await connection.QuerySingleOrDefaultAsync<byte[]>(
            "select record from ledger_entry where bucket = @Bucket and height = @Height and pos = @Position", receipt);
        return record is null ? null : await Find(receipt.Bucket, TransferRecord.Read(record).Id);
    }

    /// <summary>The same, if it is this citizen's; else null, as for a number that does not exist.</summary>
    public async Task<HistoryLine?> Find(ReceiptNumber receipt, CitizenId citizen)
    {
        if (receipt.Bucket != buckets.Of(citizen.Value) || await Find(receipt) is not { } line) return null;
        await using var connection = await database.Open();
        var own = await connection.ExecuteScalarAsync<long>("select count(*) from ledger_transfer where bucket = @Bucket and id = @Id and citizen = @citizen",
            new { receipt.Bucket, line.Id, citizen });
        return own == 1 ? line : null;
    }

    public async Task<HistoryLine?> Find(int bucket, TransferId id)
    {
        await using var connection = await database.Open();
        return (await Walk.One(connection, bucket, id))?.Line();
    }

    /// <summary>Whose points a transfer touched; null where it touched nobody's.</summary>
    public async Task<CitizenId?> CitizenOf(int bucket, TransferId id)
    {
        await using var connection = await database.Open();
        return await connection.ExecuteScalarAsync<CitizenId?>("select citizen from ledger_transfer where bucket = @bucket and id = @id", new { bucket, id });
    }

    /// <summary>At which terminal a transfer was ordered; null: at none.</summary>
    public async Task<TerminalId?> TerminalOf(int bucket, TransferId id)
    {
        await using var connection = await database.Open();
        return await connection.ExecuteScalarAsync<TerminalId?>("select terminal from ledger_transfer where bucket = @bucket and id = @id", new { bucket, id });
    }

    /// <summary>Everything that took a citizen's points at a terminal since an instant, for an audit; no index helps it.</summary>
    public async Task<IReadOnlyList<(TransferId Id, CitizenId Citizen, TerminalId Terminal)>> UsesAtTerminals(long sinceMs, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. await connection.QueryAsync<(TransferId, CitizenId, TerminalId)>(
            "select id, citizen, terminal from ledger_transfer where kind in (@Use, @TicketIssue, @Voucher, @Charge) and terminal is not null and time_ms >= @sinceMs",
            new { Use = (int)TransferKind.Use, TicketIssue = (int)TransferKind.TicketIssue, Voucher = (int)TransferKind.Voucher, Charge = (int)TransferKind.Charge, sinceMs })];
    }

    /// <summary>The last day of what a ticket holds: its points still end on the dates of the lots they came from. Null once it holds nothing.</summary>
    public async Task<DateOnly?> TicketLastDay(CitizenId citizen, TransferId issue)
    {
        await using var connection = await database.Open();
        var day = await connection.ExecuteScalarAsync<int?>("""
            select min(expires_on) from ledger_lot where bucket = @Bucket and citizen = @citizen and kind = @Kind and owner = @issue and closed = 0 and remaining > 0
            """, new { Bucket = buckets.Of(citizen.Value), citizen, Kind = (int)AccountKind.Ticket, issue });
        return day is { } number ? Jst.FromNumber(number) : null;
    }
}

internal sealed class LotRow
{
    public Guid Owner { get; set; }
    public LotId Id { get; set; }
    public string Issuer { get; set; } = "";
    public int AcquiredOn { get; set; }
    public int ExpiresOn { get; set; }
    public long Amount { get; set; }
    public long Remaining { get; set; }
    public int SourceKind { get; set; }
    public ProgrammeId? Programme { get; set; }

    public HeldLot Lot() => new(Id, Jst.FromNumber(AcquiredOn), Jst.FromNumber(ExpiresOn), new Points(Amount), new Points(Remaining), (SourceKind)SourceKind, Programme);
}
