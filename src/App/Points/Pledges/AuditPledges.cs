using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Pledges;

/// <param name="Broken">The first broken row and what is wrong with it, or null.</param>
public sealed record PledgeAuditReport(long Pledges, string? Broken)
{
    public bool Holds => Broken is null;
}

/// <summary>What the rows of pledges say, against the ledger: in a pledge's account is what is held and nothing else, and no more goes back than was captured.</summary>
public sealed class AuditPledges(PledgeRows rows, PledgeReading reading, Buckets buckets)
{
    /// <summary>Rows and ledger are read one after the other: what moves in between agrees when it is read again.</summary>
    private const int Reads = 3;

    public async Task<PledgeAuditReport> Run(CancellationToken stop = default)
    {
        long count = 0;
        for (var bucket = 0; bucket < buckets.Count; bucket++)
        {
            (int Pledges, string? Broken) read = default;
            for (var tried = 0; tried < Reads && (tried == 0 || read.Broken is not null); tried++) read = await Bucket(bucket, stop);
            count += read.Pledges;
            if (read.Broken is not null) return new PledgeAuditReport(count, read.Broken);
        }
        return new PledgeAuditReport(count, null);
    }

    private async Task<(int Pledges, string? Broken)> Bucket(int bucket, CancellationToken stop)
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
