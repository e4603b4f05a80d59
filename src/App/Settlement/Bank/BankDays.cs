using MyKey.App.Shared;

namespace MyKey.App.Settlement;

/// <summary>Days on which banks are open: no Saturday, Sunday, public holiday, and not from 31 December to 3 January (銀行法施行令5条).</summary>
public static class BankDays
{
    private const int LastOfDecember = 31, ThirdOfJanuary = 3;

    public static bool Is(DateOnly day) =>
        day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !Holidays.Is(day) && day is not ({ Month: 12, Day: LastOfDecember } or { Month: 1, Day: <= ThirdOfJanuary });

    /// <summary>The first one after a day.</summary>
    public static DateOnly After(DateOnly day)
    {
        do day = day.AddDays(1);
        while (!Is(day));
        return day;
    }
}
