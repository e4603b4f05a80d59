using Dapper;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.StreetCards;

/// <summary>Compares charges with the ledger: each has its transfer, its points went back where it was refused or taken back and else only where it ended without a charge, and no transfer is without its row (docs/invariants.md, 17).</summary>
public sealed class AuditCharges(ChargeReading reading, ChargeBacks backs, Database database, Buckets buckets)
{
    private const string All = "select id, operator, citizen, points, state from pts_charge_order where bucket = @bucket order by id";

    public Task<RowAudit> Run(CancellationToken stop = default) => RowAudit.EachBucket(buckets, bucket => Bucket(bucket, stop));

    private async Task<(long Rows, string? Broken)> Bucket(int bucket, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var posted = (await reading.Of(bucket, stop)).ToDictionary(p => p.Id);
        // Read after the ledger: an order is written with its transfer, so each transfer has one.
        var stored = (await connection.QueryAsync<Row>(All, new { bucket })).ToDictionary(o => o.Id);
        var back = await backs.Back(bucket, stop);
        foreach (var order in stored.Values)
            if (order.Wrong(posted.GetValueOrDefault(order.Id), back.Contains(order.Id)) is { } wrong) return (stored.Count, $"pts_charge_order bucket {bucket} id {order.Id.Value}: {wrong}");
        var alone = posted.Keys.Where(p => !stored.ContainsKey(p)).Select(p => p.Value).Order().ToList();
        return (stored.Count, alone.Count == 0 ? null : $"transfer of bucket {bucket} id {alone[0]}: a charge without its order");
    }

    private sealed record Row
    {
        public TransferId Id { get; init; }
        public Guid Operator { get; init; }
        public CitizenId Citizen { get; init; }
        public long Points { get; init; }
        public string State { get; init; } = "";

        public string? Wrong(PostedCharge? posted, bool back)
        {
            if (posted is null) return "its transfer is missing";
            if (posted.Operator != Operator || posted.Citizen != Citizen) return "another operator or citizen than its transfer's";
            if (posted.Points.Value != Points) return $"{Points} points, its transfer moved {posted.Points}";
            return Words<ChargeState>.Stored(State) switch
            {
                ChargeState.Refused when !posted.Cancelled => "refused, but its points did not go back",
                ChargeState.Refused or ChargeState.Ended => null,
                ChargeState.Charged when back => posted.Cancelled ? null : "taken back, but its points did not go back",
                _ => posted.Cancelled ? $"{State}, but its points went back" : null,
            };
        }
    }
}
