namespace MyKey.Kernel;

/// <summary>What failed waits before it is tried again, twice as long each time.</summary>
public static class Backoff
{
    /// <param name="doubled">How many times the first wait has been doubled.</param>
    public static long WaitMs(int doubled, long firstMs, long longestMs) => Math.Min(firstMs << Math.Min(doubled, 20), longestMs);
}
