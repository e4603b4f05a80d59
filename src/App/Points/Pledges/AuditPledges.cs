using MyKey.App.Shared;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Pledges;

/// <summary>What the rows of pledges say, against the ledger: in a pledge's account is what is held and nothing else, and no more goes back than was captured.</summary>
public sealed class AuditPledges(PledgeRows rows, PledgeReading reading, Buckets buckets)
{
    public Task<RowAudit> Run(CancellationToken stop = default) => RowAudit.EachBucket(buckets, bucket => Bucket(bucket, stop));

    private async Task<(long Rows, string? Broken)> Bucket(int bucket, CancellationToken stop)
    {
        var (pledges, captures, all) = (await reading.Pledges(bucket, stop), await reading.Captures(bucket, stop), (await rows.All(bucket, stop)).ToDictionary(p => p.Id));
        foreach (var (id, known) in pledges)
            if ((all.TryGetValue(id, out var row) ? Against(row, known, row.Capture is { } capture ? captures.GetValueOrDefault(capture) : null) : "has no row") is { } wrong)
                return (pledges.Count, $"pts_pledge bucket {bucket} id {id.Value}: {wrong}");
        return all.Keys.Except(pledges.Keys).ToList() is [var made, ..] ? (pledges.Count, $"pts_pledge bucket {bucket} id {made.Value}: no transfer made it") : (pledges.Count, null);
    }

    private static string? Against(Pledge row, LedgerPledge ledger, LedgerCapture? capture)
    {
        if ((row.Citizen, row.Acceptor, row.Issuer, row.Amount.Value) != (ledger.Citizen, ledger.Acceptor, ledger.Issuer, ledger.Amount)) return "is of another citizen, acceptor, issuer or amount than its transfer";
        var held = row.Amount.Value - row.Captured - row.Released;
        if (ledger.Held != held) return $"{held} should be in its account, {ledger.Held} are";
        if (ledger.Captured != row.Captured || (capture?.Amount ?? 0) != row.Captured) return $"captured is {row.Captured}, the ledger says {ledger.Captured}";
        if ((capture?.Refunded ?? 0) != row.Refunded) return $"refunded is {row.Refunded}, the ledger says {capture?.Refunded ?? 0}";
        var state = row.State switch { PledgeState.Held => held == row.Amount.Value, PledgeState.Released => held == 0 && row.Captured == 0, _ => row.Captured > 0 };
        return state ? null : $"state is {row.State}, though {held} are held and {row.Captured} captured";
    }
}
