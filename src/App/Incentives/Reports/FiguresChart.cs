using System.Globalization;
using MyKey.App.Shared.Components;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Reports;

/// <summary>The drawings of the figures.</summary>
public static class FiguresChart
{
    /// <summary>Applications day by day from the first to the last; where those are too many, week by week.</summary>
    public static Chart Applications(string id, IReadOnlyList<(DateOnly Day, long Count)> byDay)
    {
        var bars = Bars(byDay);
        var most = byDay.Count == 0 ? default : byDay.MaxBy(d => d.Count);
        var says = byDay.Count == 0 ? "まだありません。" : $"全部で{Words.Digits(byDay.Sum(d => d.Count))}件。いちばん多い日は{Words.Day(most.Day)}で、{Words.Digits(most.Count)}件です。";
        return new Chart(id, "申しこみの数", says, ("日", "件"), bars);
    }

    /// <summary>What became of what was granted, and of the budget.</summary>
    /// <param name="nameOf">Of a payment service.</param>
    public static Chart Points(string id, OfferFigures f, string pointName, Func<PaymentServiceId, string> nameOf)
    {
        var bars = new List<ChartBar>();
        if (f.Offer.IsClaimed)
        {
            bars.AddRange(f.Services.Select(s => new ChartBar($"{nameOf(s.Service)}で受け取り", s.Sum.Points)));
            bars.Add(new ChartBar($"{pointName}で受け取り", f.Of(EntitlementEnd.Municipal).Points));
            bars.Add(new ChartBar("まだ受け取っていない", f.ToReceive.Points));
            bars.Add(new ChartBar("受け取られずに失効", f.Lapsed.Points));
            if (f.Of(EntitlementEnd.Void).Points > 0) bars.Add(new ChartBar("IDの失効でなくなった", f.Of(EntitlementEnd.Void).Points));
            if (f.Of(EntitlementEnd.Recalled).Points > 0) bars.Add(new ChartBar("取り戻し", f.Of(EntitlementEnd.Recalled).Points));
        }
        else bars.Add(new ChartBar($"{pointName}として付与", f.Granted.Points));
        bars.Add(new ChartBar("予算の残り", f.Budget.Rest.Value));
        return new Chart(id, "ポイントの行き先", string.Join("、", bars.Select(b => $"{b.Label}{Words.Digits(b.Value)}ポイント")) + "。", ("行き先", "ポイント"), bars) { Lies = true };
    }

    public static string Short(DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{day.Month}/{day.Day}");

    private static List<ChartBar> Bars(IReadOnlyList<(DateOnly Day, long Count)> byDay)
    {
        if (byDay.Count == 0) return [];
        var (first, days) = (byDay[0].Day, byDay[^1].Day.DayNumber - byDay[0].Day.DayNumber + 1);
        var wide = Math.Max(1, (days + Chart.MostBars - 1) / Chart.MostBars);
        if (wide > 1) wide = (wide + 6) / 7 * 7;
        var sums = new long[(days + wide - 1) / wide];
        foreach (var (day, count) in byDay) sums[(day.DayNumber - first.DayNumber) / wide] += count;
        return [.. sums.Select((sum, i) => new ChartBar(Short(first.AddDays(i * wide)) + (wide == 1 ? "" : "から"), sum))];
    }
}
