using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <summary>What the ledger says of a pledge: <paramref name="Held"/> is in it, <paramref name="Released"/> has gone back, the rest was captured.</summary>
public sealed record LedgerPledge(TransferId Id, CitizenId Citizen, AcceptorId Acceptor, MunicipalityCode Issuer, long Amount, long Held, long Released)
{
    public long Captured => Amount - Held - Released;
}

/// <summary>What the ledger says of a capture: of <paramref name="Amount"/> so much has gone back.</summary>
public sealed record LedgerCapture(TransferId Id, long Amount, long Refunded);

/// <summary>Pledges and captures as the ledger has them, to be compared with the rows of whoever made them.</summary>
public sealed class PledgeReading(Database database)
{
    /// <summary>All of one bucket, by id.</summary>
    public async Task<IReadOnlyDictionary<TransferId, LedgerPledge>> Pledges(int bucket, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryAsync<PledgeRow>("""
            select p.id, p.citizen, p.acceptor, p.issuer, p.amount,
              coalesce((select sum(l.remaining) from ledger_lot l where l.bucket = p.bucket and l.citizen = p.citizen and l.kind = @Kind and l.owner = p.id), 0) as held,
              coalesce((select sum(r.amount) from ledger_transfer r where r.bucket = p.bucket and r.cancels = p.id), 0) as released
            from ledger_transfer p where p.bucket = @bucket and p.kind = @Pledge
            """, new { bucket, Kind = (int)AccountKind.Pledge, Pledge = (int)TransferKind.Pledge })).ToDictionary(r => r.Id, r => r.Read());
    }

    /// <summary>All of one bucket, by id.</summary>
    public async Task<IReadOnlyDictionary<TransferId, LedgerCapture>> Captures(int bucket, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryAsync<CaptureRow>("""
            select c.id, c.amount, coalesce((select sum(r.amount) from ledger_transfer r where r.bucket = c.bucket and r.cancels = c.id), 0) as refunded
            from ledger_transfer c where c.bucket = @bucket and c.kind = @Capture
            """, new { bucket, Capture = (int)TransferKind.Capture })).ToDictionary(r => r.Id, r => new LedgerCapture(r.Id, r.Amount, r.Refunded));
    }

    private sealed class PledgeRow
    {
        public TransferId Id { get; set; }
        public CitizenId Citizen { get; set; }
        public AcceptorId Acceptor { get; set; }
        public string Issuer { get; set; } = "";
        public long Amount { get; set; }
        public long Held { get; set; }
        public long Released { get; set; }

        public LedgerPledge Read() => new(Id, Citizen, Acceptor, MunicipalityCode.Trusted(Issuer), Amount, Held, Released);
    }

    private sealed class CaptureRow
    {
        public TransferId Id { get; set; }
        public long Amount { get; set; }
        public long Refunded { get; set; }
    }
}
