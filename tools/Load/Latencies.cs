using System.Numerics;

namespace MyKey.Load;

/// <summary>How long answers took, in µs: 64 steps per power of two, so a quantile is right to 1.6 %.</summary>
internal sealed class Latencies
{
    private readonly long[] counts = new long[64 * 40];

    public void Add(long us) => Interlocked.Increment(ref counts[Math.Min(Step(us), counts.Length - 1)]);

    /// <summary>In ms.</summary>
    public double Quantile(double share)
    {
        var (rank, seen) = ((long)(counts.Sum() * share), 0L);
        for (var i = 0; i < counts.Length; i++)
            if ((seen += counts[i]) > rank) return Microseconds(i) / 1000.0;
        return 0;
    }

    private static int Step(long us)
    {
        if (us < 64) return (int)us;
        var power = BitOperations.Log2((ulong)us);
        return (power - 5) * 64 + (int)(us >> (power - 6) & 63);
    }

    private static long Microseconds(int step) => step < 64 ? step : (64L + (step & 63)) << (step / 64 - 1);
}
