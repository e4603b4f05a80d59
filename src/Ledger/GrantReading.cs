using System.Data.Common;
using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <summary>What has become of a grant.</summary>
/// <param name="Lot">The one that it made.</param>
/// <param name="Unspent">What a recall would find.</param>
/// <param name="Lapsed">What ended on its date.</param>
public sealed record PostedGrant(LotId Lot, MunicipalityCode Issuer, ProgrammeId Programme, Points Amount, Points Unspent, Points Lapsed, Points Recalled)
{
    /// <summary>Where it went: the holding of the citizen, or what he has still to receive of the programme.</summary>
    public required Account From { get; init; }

    /// <summary>At shops, in tickets, on cards: gone from the holding. Of what has to be received: received, or ordered.</summary>
    public Points Spent => Amount - Unspent - Lapsed - Recalled;
}

/// <summary>Reading what is left of one grant, for its recall; other modules never read the ledger's tables.</summary>
public sealed class GrantReading(Database database, Buckets buckets)
{
    private const int MostLines = 10_000;

    private const string Lots = """
        select id, expires_on, remaining from ledger_lot where bucket = @Bucket and citizen = @citizen and kind = @Kind and (id = @lot or parent = @lot)
        """;

    private static readonly string Gone = $"l.kind in ({(int)TransferKind.Expire}, {(int)TransferKind.Void}, {(int)TransferKind.Recall})";

    /// <returns>null when this citizen has no such grant.</returns>
    public async Task<PostedGrant?> Of(CitizenId citizen, TransferId grant, DateOnly today, CancellationToken stop = default)
    {
        var bucket = buckets.Of(citizen.Value);
        await using var connection = await database.Open(stop);
        if (await Walk.One(connection, bucket, grant) is not { Kind: (int)TransferKind.Grant } row) return null;
        var made = LegsText.Read(row.Legs).Single(l => l.Lot is not null);
        var toReceive = made.Account.Kind == AccountKind.Entitlement;
        if (!toReceive && made.Account.Owner != citizen.Value) return null;
        var lot = made.Lot!.Value;
        var lots = (await connection.QueryAsync<(LotId Id, int ExpiresOn, long Remaining)>(Lots, new { Bucket = bucket, citizen, Kind = (int)made.Account.Kind, lot })).ToDictionary(l => l.Id);
        // An entitlement account is its programme's; its lot says whose.
        if (toReceive && !lots.ContainsKey(lot)) return null;
        var gone = await Walk.Back(connection, Gone, new WalkValues(bucket, citizen), MostLines, before: null);
        var unspent = lots.Values.Where(l => Jst.FromNumber(l.ExpiresOn) >= today).Sum(l => l.Remaining);
        var due = lots.Values.Sum(l => l.Remaining) - unspent;
        return new PostedGrant(lot, made.Account.Issuer, row.Programme ?? throw new BrokenProperty("a grant has a programme", nameof(GrantReading), 0), new Points(made.Amount), new Points(unspent), new Points(due + Taken(TransferKind.Expire) + Taken(TransferKind.Void)),
            new Points(Taken(TransferKind.Recall)))
        { From = made.Account };

        long Taken(TransferKind kind) => -gone.Where(g => g.Kind == (int)kind).SelectMany(g => LegsText.Read(g.Legs)).Where(l => l.Lot is { } id && lots.ContainsKey(id)).Sum(l => l.Amount);
    }

    /// <summary>What the grants of each programme gave and no recall took back, for an audit; no index helps it.</summary>
    public async Task<IReadOnlyDictionary<ProgrammeId, long>> Net(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await Net(connection)).ToDictionary(r => new ProgrammeId(r.Programme), r => r.Amount);
    }

    internal static Task<IEnumerable<(Guid Programme, long Amount)>> Net(DbConnection connection) => connection.QueryAsync<(Guid Programme, long Amount)>("""
        select programme, cast(sum(case when kind = @Grant then amount else -amount end) as bigint) from ledger_transfer
        where kind in (@Grant, @Recall) and programme is not null group by programme
        """, new { Grant = (int)TransferKind.Grant, Recall = (int)TransferKind.Recall });

    /// <summary>Every recall of a bucket, for an audit; no index helps it.</summary>
    public async Task<IReadOnlyDictionary<TransferId, (CitizenId Citizen, ProgrammeId? Programme, long Amount)>> Recalls(int bucket, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryAsync<(TransferId Id, CitizenId Citizen, ProgrammeId? Programme, long Amount)>(
            "select id, citizen, programme, amount from ledger_transfer where bucket = @bucket and kind = @Kind", new { bucket, Kind = (int)TransferKind.Recall }))
            .ToDictionary(r => r.Id, r => (r.Citizen, r.Programme, r.Amount));
    }
}
