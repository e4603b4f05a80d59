using System.Globalization;
using System.Text;
using MyKey.App.Registry;
using MyKey.App.Shared.Components;
using MyKey.App.Shared.Csv;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.Vouchers;

/// <summary>What came of one product: sheets, the citizens' points and what the municipality added (S2-P8g).</summary>
public sealed record VoucherSum(string Product, long Count, Kernel.Points Points, Kernel.Points Premium);

/// <summary>A list of exchanges with its sums, which leave out what was taken back.</summary>
public sealed record VoucherList(VoucherDays Days, IReadOnlyList<VoucherOrder> Orders, RegistryView Registry)
{
    /// <summary>Days of one list.</summary>
    public const int MostDays = 366;

    public IReadOnlyList<VoucherSum> Sums { get; } = [.. Orders.Where(o => o.State == VoucherOrderState.Handed).GroupBy(o => (o.Product, o.ProductName)).OrderBy(g => g.Key.ProductName, StringComparer.Ordinal)
        .Select(g => new VoucherSum(g.Key.ProductName, g.Sum(o => o.Count), new Kernel.Points(g.Sum(o => o.Points.Value)), new Kernel.Points(g.Sum(o => o.Premium.Value))))];

    public string DeskOf(VoucherOrder order) => Registry.Find(order.Desk)?.Name ?? "";

    /// <summary>Days as asked for; without any, today.</summary>
    /// <returns>Or <c>out_of_period</c> (from, until) for a list that ends before it begins or is too long.</returns>
    public static Result<VoucherDays> Read(DateOnly? from, DateOnly? until, DateOnly today)
    {
        var days = new VoucherDays(from ?? until ?? today, until ?? from ?? today);
        var last = days.From.AddDays(MostDays - 1);
        return days.Until >= days.From && days.Until <= last ? days : Periods.Outside(days.From, last);
    }

    /// <summary>The list as a file; each line an exchange.</summary>
    public byte[] Csv()
    {
        var text = new StringBuilder(CsvText.Row("日", "時刻", "窓口", "券", "枚数", "1枚の額", "ポイント", "上乗せ", "券の番号", "取り消し"));
        foreach (var order in Orders)
            text.Append(CsvText.Row($"{order.Day:yyyy-MM-dd}", Jst.At(order.MadeMs).ToString("HH:mm", CultureInfo.InvariantCulture), DeskOf(order), order.ProductName, $"{order.Count}", $"{order.Denomination}",
                $"{order.Points}", $"{order.Premium}", VoucherRun.Words(order.Runs), order.EndedMs is { } ended ? $"{Jst.Day(ended):yyyy-MM-dd}" : ""));
        return CsvText.File(text.ToString());
    }
}

/// <summary>A list as a page shows it.</summary>
/// <param name="Path">Where one of it stands, without its key.</param>
/// <param name="Desks">Whether it is of several desks.</param>
public sealed record VoucherListShown(VoucherList List, string Path, bool Desks);
