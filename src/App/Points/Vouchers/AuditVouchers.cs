using Dapper;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Vouchers;

/// <summary>
/// Compares what desks handed out with the ledger: each exchange has its transfer, points and premium are worth its sheets, its numbers are out while it
/// stands and back once it does not, and no sheet is out for nothing (docs/invariants.md, 15).
/// </summary>
public sealed class AuditVouchers(VoucherReading reading, Database database, Buckets buckets)
{
    private const string All = """
        select o.id, o.citizen, o.municipality, o.desk, o.count, o.denomination, o.points, o.premium, o.programme, o.state,
          (select count(*) from pts_voucher_handed h where h.bucket = o.bucket and h.transfer = o.id) as handed,
          (select count(*) from pts_voucher v where v.transfer = o.id and v.bucket = o.bucket and v.product = o.product and v.desk = o.desk
             and exists (select 1 from pts_voucher_handed h where h.bucket = o.bucket and h.transfer = o.id and h.prefix = v.prefix and h.serial = v.serial)) as outside
        from pts_voucher_order o where o.bucket = @bucket order by o.id
        """;

    private const string Astray = """
        select v.prefix, v.serial, v.width from pts_voucher v where v.state = 'out'
          and not exists (select 1 from pts_voucher_order o where o.bucket = v.bucket and o.id = v.transfer and o.product = v.product and o.state = 'handed') order by v.prefix, v.serial limit 1
        """;

    public async Task<RowAudit> Run(CancellationToken stop = default)
    {
        var orders = await RowAudit.EachBucket(buckets, bucket => Bucket(bucket, stop));
        if (!orders.Holds) return orders;
        await using var connection = await database.Open(stop);
        var astray = (await connection.QueryAsync<StoredNumber>(Astray)).FirstOrDefault();
        return astray is null ? orders : orders with { Broken = $"pts_voucher {astray.Read()}: out, but not for an exchange that stands" };
    }

    private async Task<(long Rows, string? Broken)> Bucket(int bucket, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var posted = (await reading.Of(bucket, stop)).ToDictionary(p => p.Id);
        // Read after the ledger: an order is written with its transfer, so each transfer has one.
        var stored = (await connection.QueryAsync<Row>(All, new { bucket })).ToDictionary(o => o.Id);
        foreach (var order in stored.Values)
            if (order.Wrong(posted.GetValueOrDefault(order.Id)) is { } wrong) return (stored.Count, $"pts_voucher_order bucket {bucket} id {order.Id.Value}: {wrong}");
        var alone = posted.Keys.Where(p => !stored.ContainsKey(p)).Select(p => p.Value).Order().ToList();
        return (stored.Count, alone.Count == 0 ? null : $"transfer of bucket {bucket} id {alone[0]}: vouchers without their order");
    }

    private sealed record Row
    {
        public TransferId Id { get; init; }
        public CitizenId Citizen { get; init; }
        public MunicipalityCode Municipality { get; init; }
        public AcceptorId Desk { get; init; }
        public long Count { get; init; }
        public long Denomination { get; init; }
        public long Points { get; init; }
        public long Premium { get; init; }
        public ProgrammeId? Programme { get; init; }
        public string State { get; init; } = "";
        public long Handed { get; init; }
        public long Outside { get; init; }

        public string? Wrong(PostedVoucher? posted)
        {
            var stands = Words<VoucherOrderState>.Stored(State) == VoucherOrderState.Handed;
            if (posted is null) return "its transfer is missing";
            if ((posted.Citizen, posted.Issuer, posted.Desk, posted.Programme) != (Citizen, Municipality, Desk, Programme)) return "citizen, issuer, desk or programme is not that of its transfer";
            if (posted.Points.Value != Points || posted.Premium.Value != Premium) return $"points {Points} and premium {Premium}, its transfer moved {posted.Points} and {posted.Premium}";
            if (Count * Denomination != Points + Premium) return $"{Count} sheets of {Denomination} are not worth {Points + Premium}";
            if (Handed != Count) return $"{Handed} numbers were kept for {Count} sheets";
            if (stands == posted.Cancelled) return stands ? "its points went back, but it stands" : "it was taken back, but its points were not";
            return Outside == (stands ? Count : 0) ? null : $"{Outside} of its {Count} numbers are out";
        }
    }
}
