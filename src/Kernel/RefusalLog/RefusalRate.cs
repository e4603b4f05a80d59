namespace MyKey.Kernel.RefusalLog;

/// <summary>Who has had how many lines in this minute. Bounded: when too many sources come at once, newcomers share one budget.</summary>
internal sealed class RefusalRate(int linesPerMinute)
{
    private const int Sources = 10_000;
    private const long MinuteMs = 60_000;
    private readonly Dictionary<RefusalSource, int> used = [];
    private long minute;

    public bool HasLine(RefusalSource source, long timeMs)
    {
        if (Minute(timeMs) != minute)
        {
            used.Clear();
            minute = Minute(timeMs);
        }
        if (used.Count >= Sources && !used.ContainsKey(source)) source = default;
        var before = used.GetValueOrDefault(source);
        if (before >= linesPerMinute) return false;
        used[source] = before + 1;
        return true;
    }

    public static long Minute(long timeMs) => timeMs / MinuteMs;
}
