using System.Globalization;
using MyKey.Kernel;

namespace MyKey.App.Settlement;

/// <summary>A calendar month of Japan.</summary>
/// <param name="Number">yyyymm.</param>
public readonly record struct SettlementMonth(int Number)
{
    public DateOnly First => new(Number / 100, Number % 100, 1);

    public SettlementMonth Next => Of(First.AddMonths(1));

    public SettlementMonth Before => Of(First.AddMonths(-1));

    /// <summary>The first instant that no longer belongs to it, ms UTC.</summary>
    public long UntilMs => Jst.EndOf(Next.First.AddDays(-1));

    public string Word => $"{First.Year}年{First.Month}月";

    public static SettlementMonth Of(DateOnly day) => new(day.Year * 100 + day.Month);

    /// <param name="typed"><c>yyyy-MM</c>.</param>
    public static SettlementMonth? Read(string? typed) =>
        typed?.Length == 7 && DateOnly.TryParseExact(typed + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? Of(day) : null;

    public override string ToString() => First.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}
