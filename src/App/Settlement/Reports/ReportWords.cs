using MyKey.App.Shared.Components;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>Reports in the words of their screens, and their drawings.</summary>
public static class ReportWords
{
    /// <summary>A cell of which nothing is told.</summary>
    public const string Hidden = "-";

    public static string Of(GivenAs given) => given switch
    {
        GivenAs.Grant => "施策の付与",
        GivenAs.Exchange => "協力会社からの交換",
        GivenAs.Move => "留保からの移行",
        _ => "商品券の上乗せ",
    };

    public static string Of(SpentAs spent) => spent switch
    {
        SpentAs.Shop => "お店や施設",
        SpentAs.Ticket => "ポイント券",
        SpentAs.Online => "ネットのお店や応援",
        SpentAs.VoucherDesk => "商品券",
        SpentAs.CardCentre => "商店街などのカード",
        SpentAs.PaymentService => "決済サービス",
        _ => "寄附",
    };

    public static string Of(SpentWay way) => way switch
    {
        SpentWay.Paper => "紙の券（ポイント券と商品券）",
        SpentWay.Terminal => "お店の端末",
        SpentWay.Online => "ネット",
        _ => "記録からは分からないもの",
    };

    /// <summary>Whether somebody needs a telephone or a computer for it, as far as anything tells.</summary>
    public static string Needs(SpentWay way) => way switch
    {
        SpentWay.Paper => "券を使うのに、電話もパソコンもいりません。",
        SpentWay.Terminal => "カードか、お店で使う番号で払います。カードなら電話はいりません。どちらで払ったかは、精算の記録にありません。",
        SpentWay.Online => "電話かパソコンがいります。",
        _ => "カードへのチャージ、決済サービスでの受け取り、寄附です。窓口でしたか、電話やパソコンでしたかは、精算の記録にありません。",
    };

    public static string Points(long points) => $"{Words.Digits(points)}ポイント";

    /// <summary>Yen for one point, to the hundredth.</summary>
    public static string Rate(decimal? yen) => yen is { } known ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{known:#,0.00}円") : Hidden;

    /// <summary>Month by month; where those are more than can be seen, the last ones.</summary>
    /// <param name="what">Of a month.</param>
    public static Chart ByMonth(string id, string title, IReadOnlyList<MonthTotal> months, Func<MonthTotal, long> what)
    {
        var bars = months.TakeLast(Chart.MostBars).Select(m => new ChartBar(m.Month.Word, what(m))).ToList();
        var most = bars.MaxBy(b => b.Value)!;
        return new Chart(id, title, bars.All(b => b.Value == 0) ? "この期間は、ありません。" : $"いちばん多い月は{most.Label}で、{Points(most.Value)}です。", ("月", "ポイント"), bars);
    }

    public static Chart Given(IReadOnlyList<GivenSum> given) => Lying("chart-given", "どこから来たポイントか", "もと", Enum.GetValues<GivenAs>().Select(a => new ChartBar(Of(a), given.Where(g => g.As == a).Sum(g => g.Flow.Amount))));

    public static Chart Spent(IReadOnlyList<SpentSum> spent) => Lying("chart-spent", "どこで使われたか", "使われたところ", Enum.GetValues<SpentAs>().Select(a => new ChartBar(Of(a), spent.Where(s => s.As == a).Sum(s => s.Flow.Amount))));

    private static Chart Lying(string id, string title, string head, IEnumerable<ChartBar> all)
    {
        var bars = all.Where(b => b.Value != 0).ToList();
        return new Chart(id, title, bars.Count == 0 ? "この期間は、ありません。" : string.Join("、", bars.Select(b => $"{b.Label}{Points(b.Value)}")) + "。", (head, "ポイント"), bars) { Lies = true };
    }
}
