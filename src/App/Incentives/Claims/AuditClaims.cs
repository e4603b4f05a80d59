using MyKey.App.Shared;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Claims;

/// <summary>Compares claims with the ledger: each order has its payout, whose points came back where it was refused and else only where it was ended, and no payout is without its order (docs/invariants.md, 22).</summary>
public sealed class AuditClaims(EntitlementReading reading, ClaimRows claims, Buckets buckets)
{
    public Task<RowAudit> Run(CancellationToken stop = default) => RowAudit.EachBucket(buckets, bucket => Bucket(bucket, stop));

    private async Task<(long Rows, string? Broken)> Bucket(int bucket, CancellationToken stop)
    {
        var posted = (await reading.PayoutsOf(bucket, stop)).ToDictionary(p => p.Id);
        // Read after the ledger: an order is written with its transfer, so each transfer has one.
        var orders = (await claims.OfBucket(bucket, stop)).Where(c => c.To is not null).ToDictionary(c => c.Id);
        foreach (var order in orders.Values)
            if (Wrong(order, posted.GetValueOrDefault(order.Id)) is { } wrong) return (orders.Count, $"inc_claim bucket {bucket} id {order.Id.Value}: {wrong}");
        var alone = posted.Keys.Where(p => !orders.ContainsKey(p)).Select(p => p.Value).Order().ToList();
        return (orders.Count, alone.Count == 0 ? null : $"transfer of bucket {bucket} id {alone[0]}: a payout without its order");
    }

    private static string? Wrong(Claim order, PostedPayout? posted)
    {
        if (posted is null) return "its transfer is missing";
        if (posted.Service != order.To!.Value.Service || posted.Citizen != order.Citizen || posted.Programme != order.Programme) return "another service, citizen or programme than its transfer's";
        if (posted.Points != order.Points) return $"{order.Points} points, its transfer moved {posted.Points}";
        return order.State switch
        {
            ClaimState.Refused when !posted.Returned => "refused, but its points did not come back",
            ClaimState.Refused or ClaimState.Ended => null,
            _ => posted.Returned ? $"{order.State}, but its points came back" : null,
        };
    }
}
