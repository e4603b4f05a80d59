namespace MyKey.Kernel;

/// <summary>
/// Reference data in memory, loaded again when it is asked for and older than <see cref="MaxAgeMs"/>: what one process changes, every
/// other sees within a second (S0-5018), and asking costs no database call. One caller loads, the others wait for it.
/// </summary>
/// <param name="load">Given what was held before (null at first), gives it back when nothing has changed.</param>
public sealed class Cached<T>(TimeProvider clock, Func<T?, Task<T>> load) : IDisposable where T : class
{
    /// <summary>Below the second that is promised, so that loading fits in.</summary>
    public const int MaxAgeMs = 800;

    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile Held? held;
    private int dropped;

    public ValueTask<T> Get() => held is { } now && Fresh(now) ? new ValueTask<T>(now.Value) : new ValueTask<T>(Load());

    /// <summary>The next to ask loads anew: call it after the commit of a change in this process.</summary>
    public void Drop()
    {
        Interlocked.Increment(ref dropped);
        if (held is { } now) held = now with { Stale = true };
    }

    public void Dispose() => gate.Dispose();

    private bool Fresh(Held now) => !now.Stale && clock.GetElapsedTime(now.LoadedAt).TotalMilliseconds < MaxAgeMs;

    private async Task<T> Load()
    {
        await gate.WaitAsync();
        try
        {
            if (held is { } now && Fresh(now)) return now.Value;
            var before = Volatile.Read(ref dropped);
            var at = clock.GetTimestamp();
            var value = await load(held?.Value);
            held = new Held(value, at, Stale: false);
            // A change committed in the middle may be missing from what was read: whoever asks next reads again.
            if (before != Volatile.Read(ref dropped)) held = held with { Stale = true };
            return value;
        }
        finally
        {
            gate.Release();
        }
    }

    private sealed record Held(T Value, long LoadedAt, bool Stale);
}
