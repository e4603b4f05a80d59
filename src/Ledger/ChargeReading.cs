using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <summary>A charge of a street card, as the ledger has it.</summary>
/// <param name="Operator">Of the card.</param>
public sealed record PostedCharge(TransferId Id, CitizenId Citizen, Guid Operator, Points Points, bool Cancelled);

/// <summary>Where the points of a transfer came from: out of a partner's exchange, or given by the municipality.</summary>
public sealed record SourceParts(Points Exchanged, Points Given);

/// <summary>Reading charges of street cards; other modules never read the ledger's tables.</summary>
public sealed class ChargeReading(Database database)
{
    private const string All = """
        select t.id, t.citizen, t.legs, exists(select 1 from ledger_transfer c where c.bucket = @bucket and c.cancels = t.id) as cancelled
        from ledger_transfer t where t.bucket = @bucket and t.kind = @Kind order by t.id
        """;

    /// <summary>All of a bucket, for an audit; no index helps it.</summary>
    public async Task<IReadOnlyList<PostedCharge>> Of(int bucket, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(TransferId Id, CitizenId Citizen, string Legs, bool Cancelled)>(All, new { bucket, Kind = (int)TransferKind.Charge })).Select(r =>
        {
            var to = LegsText.Read(r.Legs).Single(l => l.Account.Kind == AccountKind.CardCentre);
            return new PostedCharge(r.Id, r.Citizen, to.Account.Owner, new Points(to.Amount), r.Cancelled);
        })];
    }

    /// <summary>What outside card systems and settlement keep apart (S4-07b, S4-07d); null for a transfer that is not there.</summary>
    public async Task<SourceParts?> SourcesOf(int bucket, TransferId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var row = await connection.QuerySingleOrDefaultAsync<(CitizenId Citizen, string Legs)?>("select citizen, legs from ledger_transfer where bucket = @bucket and id = @id", new { bucket, id });
        if (row is not { } transfer) return null;
        var sources = (await connection.QueryAsync<(LotId Id, int Kind)>("select id, source_kind from ledger_lot where bucket = @bucket and citizen = @Citizen", new { bucket, transfer.Citizen }))
            .ToDictionary(l => l.Id, l => (SourceKind)l.Kind);
        var (exchanged, given) = (0L, 0L);
        foreach (var leg in LegsText.Read(transfer.Legs).Where(l => l.Lot is not null))
            if (sources[leg.Lot!.Value] == SourceKind.Exchange) exchanged -= leg.Amount;
            else given -= leg.Amount;
        return new SourceParts(new Points(exchanged), new Points(given));
    }
}
