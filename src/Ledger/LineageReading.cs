using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <summary>A lot on the way of some points, whoever's it is.</summary>
/// <param name="Parent">Out of which it was made.</param>
public sealed record TracedLot(LotId Id, AccountKind Kind, MunicipalityCode Issuer, DateOnly AcquiredOn, long Amount, long Remaining, LotSource Source, ProgrammeId? Programme, LotId? Parent);

/// <summary>A transfer that touched one of them.</summary>
/// <param name="Partner">Of an exchange.</param>
/// <param name="Changes">By lot, signed.</param>
public sealed record TraceStep(ReceiptNumber Receipt, TransferKind Kind, MunicipalityCode Issuer, long TimeMs, AcceptorId? Acceptor, PartnerId? Partner, IReadOnlyList<(LotId Lot, long Change)> Changes);

/// <summary>Where the points of one transfer came from, and where the rest of their lots went.</summary>
/// <param name="Lots">Each after the one that it was made of.</param>
/// <param name="Steps">Oldest first.</param>
public sealed record Lineage(ReceiptNumber Receipt, TransferKind Kind, IReadOnlyList<TracedLot> Lots, IReadOnlyList<TraceStep> Steps);

/// <summary>Follows points from their grant or exchange to whom they paid; says of nobody whose they were.</summary>
public sealed class LineageReading(Database database)
{
    private const int MostSteps = 10_000;

    private const string LotsOf = """
        select id, kind, issuer, acquired_on, amount, remaining, source_kind, partner, rate_partner, rate_municipal, programme, parent from ledger_lot where bucket = @Bucket and citizen = @Citizen order by id
        """;

    /// <returns>null for a number under which nothing stands.</returns>
    public async Task<Lineage?> Of(ReceiptNumber receipt, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var bytes = await connection.QuerySingleOrDefaultAsync<byte[]>("select record from ledger_entry where bucket = @Bucket and height = @Height and pos = @Position", receipt);
        if (bytes is null) return null;
        var record = TransferRecord.Read(bytes);
        if (record.Citizen is not { } citizen) return new Lineage(receipt, record.Kind, [], []);
        var lots = (await connection.QueryAsync<Row>(LotsOf, new { receipt.Bucket, Citizen = citizen })).Select(r => r.Read()).ToDictionary(l => l.Id);
        var traced = new HashSet<LotId>();
        foreach (var leg in record.Legs)
            for (var lot = leg.Lot; lot is { } id && traced.Add(id);) lot = lots[id].Parent;
        var steps = await Walk.Back(connection, "1 = 1", new WalkValues(receipt.Bucket, citizen), MostSteps, before: null, steps: MostSteps);
        return new Lineage(receipt, record.Kind, [.. traced.Select(id => lots[id]).OrderBy(Depth).ThenBy(l => l.Id.Value)], [.. steps.Reverse().Select(s => Step(s, traced)).Where(s => s.Changes.Count > 0)]);

        int Depth(TracedLot lot) => lot.Parent is { } parent ? 1 + Depth(lots[parent]) : 0;
    }

    private static TraceStep Step(WalkRow row, HashSet<LotId> traced)
    {
        var (line, legs) = (row.Line(), LegsText.Read(row.Legs));
        return new TraceStep(line.Receipt, line.Kind, line.Issuer, line.TimeMs, line.Acceptor, line.Partner, [.. legs.Where(l => l.Lot is { } lot && traced.Contains(lot)).Select(l => (l.Lot!.Value, l.Amount))]);
    }

    private sealed class Row
    {
        public LotId Id { get; init; }
        public int Kind { get; init; }
        public string Issuer { get; init; } = "";
        public int AcquiredOn { get; init; }
        public long Amount { get; init; }
        public long Remaining { get; init; }
        public int SourceKind { get; init; }
        public PartnerId? Partner { get; init; }
        public int RatePartner { get; init; }
        public int RateMunicipal { get; init; }
        public ProgrammeId? Programme { get; init; }
        public LotId? Parent { get; init; }

        public TracedLot Read() => new(Id, (AccountKind)Kind, MunicipalityCode.Trusted(Issuer), Jst.FromNumber(AcquiredOn), Amount, Remaining, new LotSource((MyKey.Ledger.SourceKind)SourceKind, Partner, (RatePartner, RateMunicipal)), Programme, Parent);
    }
}
