namespace MyKey.Kernel;

/// <summary>Civil time of Japan: UTC+9 the year round; a day ends at 24:00 JST, a fiscal year begins in April.</summary>
public static class Jst
{
    /// <summary>A day of Japan; it has no summer time.</summary>
    public const long DayMs = 86_400_000;

    private static readonly TimeSpan Offset = TimeSpan.FromHours(9);

    /// <summary>The civil day of an instant given in ms since the Unix epoch, UTC.</summary>
    public static DateOnly Day(long timeMs) => DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(timeMs).ToOffset(Offset).DateTime);

    /// <summary>The time of day in Japan.</summary>
    public static TimeOnly TimeOfDay(this TimeProvider clock) => TimeOnly.FromDateTime(At(clock.NowMs()).DateTime);

    public static DateOnly Today(this TimeProvider clock) => Day(clock.NowMs());

    /// <summary>ms since the Unix epoch, UTC.</summary>
    public static long NowMs(this TimeProvider clock) => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public static DateTimeOffset At(long timeMs) => DateTimeOffset.FromUnixTimeMilliseconds(timeMs).ToOffset(Offset);

    /// <summary>The instant at which the civil day ends (24:00 JST), in ms UTC: the first that no longer belongs to it.</summary>
    public static long EndOf(DateOnly day) => new DateTimeOffset(day.AddDays(1).ToDateTime(TimeOnly.MinValue), Offset).ToUnixTimeMilliseconds();

    /// <summary>The year in which the fiscal year of a day began: 2018-03-31 → 2017.</summary>
    public static int FiscalYear(DateOnly day) => day.Month >= 4 ? day.Year : day.Year - 1;

    /// <summary>yyyymmdd, the form in which civil days are stored.</summary>
    public static int ToNumber(this DateOnly day) => day.Year * 10000 + day.Month * 100 + day.Day;

    public static DateOnly FromNumber(int yyyymmdd) => new(yyyymmdd / 10000, yyyymmdd / 100 % 100, yyyymmdd % 100);
}
