using System.Collections.Concurrent;

namespace MyKey.Load;

/// <summary>Tills that pay one after the other: so many at once as payments may be in flight, each beginning the next when it has its answer.</summary>
internal sealed class Drive(int tills, Func<int, Pay> pay, int seed, TimeProvider clock)
{
    /// <summary>Said by a till that has no more payments to make.</summary>
    public const string NothingLeft = "";

    private readonly ConcurrentDictionary<string, long> refusals = [];
    private long accepted;

    public Latencies Latencies { get; } = new();

    public double Seconds { get; private set; }

    public long Accepted => accepted;

    public double PerSecond => accepted / Seconds;

    public IReadOnlyDictionary<string, long> Refusals => refusals;

    public async Task For(double seconds, CancellationToken stop)
    {
        var start = clock.GetTimestamp();
        var end = start + (long)(seconds * clock.TimestampFrequency);
        await Task.WhenAll(Enumerable.Range(0, tills).Select(till => Pay(pay(till), new Random(seed * 10_000 + till), end, stop)));
        Seconds = clock.GetElapsedTime(start).TotalSeconds;
    }

    private async Task Pay(Pay next, Random random, long end, CancellationToken stop)
    {
        await Task.Yield();
        for (var now = clock.GetTimestamp(); now < end && !stop.IsCancellationRequested;)
        {
            var asked = now;
            var answer = await next(random);
            if (answer == NothingLeft) return;
            if (answer is { } refused) refusals.AddOrUpdate(refused, 1, (_, n) => n + 1);
            else Interlocked.Increment(ref accepted);
            now = clock.GetTimestamp();
            Latencies.Add((now - asked) * 1_000_000 / clock.TimestampFrequency);
        }
    }
}
