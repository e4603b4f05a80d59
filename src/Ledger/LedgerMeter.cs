using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MyKey.Ledger;

/// <summary>What the writers tell about themselves, meter and spans <c>mykey.ledger</c>: sizes and durations of batches, nothing about whom they concern.</summary>
internal static class LedgerMeter
{
    private static readonly Meter Meter = new("mykey.ledger");
    private static readonly Histogram<int> Transfers = Meter.CreateHistogram<int>("mykey.ledger.batch.transfers", "{transfer}", "transfers that one commit answered");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("mykey.ledger.batch.duration", "s", "phases of a batch: load, apply, write");

    private static readonly ActivitySource Source = new("mykey.ledger");

    /// <summary>A span of one attempt to commit a batch, if anybody listens.</summary>
    public static Activity? Attempt(int transfers)
    {
        if (!Source.HasListeners()) return null;
        // The writer was started by whatever request came first; a batch is not part of that.
        Activity.Current = null;
        return Source.StartActivity("commit")?.SetTag("transfers", transfers);
    }

    public static void Batch(int transfers) => Transfers.Record(transfers);

    /// <summary>Records the time since <paramref name="since"/> and returns now, the beginning of the next phase.</summary>
    public static long Phase(string phase, long since)
    {
        var now = Stopwatch.GetTimestamp();
        Duration.Record(Stopwatch.GetElapsedTime(since, now).TotalSeconds, new KeyValuePair<string, object?>("phase", phase));
        return now;
    }
}
