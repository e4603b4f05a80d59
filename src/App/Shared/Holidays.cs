using System.Collections.Frozen;
using System.Globalization;
using MyKey.Kernel;

namespace MyKey.App.Shared;

/// <summary>The public holidays of Japan as they were announced: <c>holidays.csv</c>, a day each, with those that move because of a Sunday. A year is added when it is announced, in February of the year before.</summary>
public static class Holidays
{
    private static readonly FrozenSet<DateOnly> Days =
        Embedded.Rows(typeof(Holidays), "holidays.csv", 2).Select(cells => DateOnly.ParseExact(cells[0], "yyyy-MM-dd", CultureInfo.InvariantCulture)).ToFrozenSet();

    public static int LastYear { get; } = Days.Max().Year;

    public static bool Is(DateOnly day) => Days.Contains(day);
}
