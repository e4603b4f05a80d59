using System.Collections.Concurrent;

namespace MyKey.Load;

/// <summary>Tills that pay one after the other: so many at once as payments may be in flight, each beginning the next when it has its answer.</summary>
internal sealed class Drive(Pay pay, Population population, LoadOptions options, TimeProvider clock, int turn)
{
    private readonly ConcurrentDictionary<string, long> refusals = [];
    private long accepted;

    public Latencies Latencies { get; } = new();

    public double Seconds { get; private set; }

    public long Accepted => accepted;

    public IReadOnlyDictionary<string, long> Refusals => refusals;

    public async Task For(double seconds, CancellationToken stop)
    {
        var start = clock.GetTimestamp();
        var end = start + (long)(seconds * clock.TimestampFrequency);
        await Task.WhenAll(Enumerable.Range(0, options.InFlight).Select(till => Pay(new Random((options.Seed * 1_000 + turn) * 10_000 + till), end, stop)));
        Seconds = clock.GetElapsedTime(start).TotalSeconds;
    }

    private async Task Pay(Random random, long end, CancellationToken stop)
    {
        await Task.Yield();
        for (var now = clock.GetTimestamp(); now < end && !stop.IsCancellationRequested;)
        {
            var asked = now;
            if (await pay(population.Payment(random, clock)) is { } refused) refusals.AddOrUpdate(refused, 1, (_, n) => n + 1);
            else Interlocked.Increment(ref accepted);
            now = clock.GetTimestamp();
            Latencies.Add((now - asked) * 1_000_000 / clock.TimestampFrequency);
        }
    }
}
