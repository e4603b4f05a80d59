using System.Globalization;
using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Csv;

namespace MyKey.App.Settlement;

/// <summary>Reports as files for a spreadsheet, in the words of their pages.</summary>
public static class ReportFiles
{
    public const string ContentType = $"{MediaTypeNames.Text.Csv}; charset=utf-8";

    public static FileContentResult Months(OfficeReport report) => SettlementFiles.File($"months-{report.From}-{report.Until}", ["月", "付与など", "利用", "期限ぎれ", "IDの失効", "月の終わりに出ているポイント"],
        report.Months.Select(m => (string[])[m.Month.ToString(), SettlementFiles.Number(m.Given.Amount), SettlementFiles.Number(m.Spent.Amount), SettlementFiles.Number(m.Lapsed.Amount), SettlementFiles.Number(m.Void.Amount), SettlementFiles.Number(m.Circulation)]));

    public static FileContentResult Sums(OfficeReport report) => SettlementFiles.File($"sums-{report.From}-{report.Until}", ["区分", "種類", "名前", "件数", "取り消しの件数", "ポイント"],
        report.Given.Select(g => Row("来たポイント", ReportWords.Of(g.As), g.Name, g.Flow)).Concat(report.Spent.Select(s => Row("使われたポイント", ReportWords.Of(s.As), s.Name, s.Flow)))
            .Concat(report.Funds.Select(f => (string[])["使われたポイントのお金", SettlementWords.Of(f.By), "", "", "", SettlementFiles.Number(f.Amount)])));

    public static FileContentResult Costs(IReadOnlyList<CostOfYear> years) => SettlementFiles.File("costs", ["年度", "運営の費用（円）", "付与など", "利用", "付与1ポイントあたり（円）", "利用1ポイントあたり（円）", "締めた月", "年度が終わったか", "覚え書き"],
        years.Select(y => (string[])[SettlementFiles.Number(y.Cost.FiscalYear), SettlementFiles.Number(y.Cost.Amount), SettlementFiles.Number(y.Given), SettlementFiles.Number(y.Spent), Rate(y.PerGiven), Rate(y.PerSpent), SettlementFiles.Number(y.Months), y.IsOver ? "終わった" : "途中", y.Cost.Note]));

    public static byte[] Open(IEnumerable<OpenMonth> months) => CsvText.File(string.Concat(months.Select(m => CsvText.Row(m.Month.ToString(), m.Municipality.Value, Cell(m.Given), Cell(m.Spent), Cell(m.Lapsed), Cell(m.Circulation), Cell(m.Acceptors)))
        .Prepend(CsvText.Row("月", "自治体コード", "付与など", "利用", "期限ぎれ", "月の終わりに出ているポイント", "使われたお店や施設の数"))));

    private static string[] Row(string part, string kind, string name, Flow flow) => [part, kind, name, SettlementFiles.Number(flow.Made), SettlementFiles.Number(flow.Undone), SettlementFiles.Number(flow.Amount)];

    private static string Cell(long? number) => number is { } told ? SettlementFiles.Number(told) : ReportWords.Hidden;

    private static string Rate(decimal? yen) => yen?.ToString("0.00", CultureInfo.InvariantCulture) ?? ReportWords.Hidden;
}
