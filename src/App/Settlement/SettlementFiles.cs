using System.Globalization;
using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Partners;
using MyKey.App.Shared.Csv;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>What the pages show as files for a spreadsheet, in their words.</summary>
public static class SettlementFiles
{
    public static FileContentResult Statements(IReadOnlyList<Statement> all, PartnerView partners, string name) => File(name,
        ["月", "協力会社", "自治体", "前の月から", "交換", "留保からの移行", "訂正", "入金", "残り", "件数", "会社の答え"],
        all.Select(s => (string[])[s.Month.ToString(), partners.Find(s.Partner)?.Name ?? "", s.Municipality.Value, Number(s.Opening), Number(s.Exchanged), Number(s.Moved), Number(s.Corrected), Number(s.Paid), Number(s.Due), Number(s.Transfers),
            s.Answer is { } answer ? answer.Confirmed ? "確認ずみ" : $"ちがう：{answer.Note}" : ""]));

    public static FileContentResult Claims(IReadOnlyList<MonthClaim> all, Func<AccountKind, Guid, string> names, string name) => File(name,
        ["月", "自治体", "支払先の種類", "支払先", "支払先の番号", "利用", "取り消し", "前の月から", "利用料", "支払う額", "状態"],
        all.Select(c => (string[])[c.Month.ToString(), c.Issuer.Value, SettlementWords.Of(c.CreditorKind), names(c.CreditorKind, c.Creditor), c.Creditor.ToString(), Number(c.Used), Number(c.Undone), Number(c.Carried), Number(c.Fee),
            Number(c.Amount), SettlementWords.Of(c.State)]));

    public static FileContentResult Costs(IReadOnlyList<CostSplit> all, string name) => File(name, ["支払先の種類", "協力会社のお金", "自治体の予算", "上乗せ", "合計"],
        all.Select(c => (string[])[SettlementWords.Of(c.PaidTo), Number(c.Partners), Number(c.Budget), Number(c.Premium), Number(c.All)]));

    internal static FileContentResult File(string name, string[] head, IEnumerable<string[]> rows) =>
        new(CsvText.File(string.Concat(rows.Prepend(head).Select(r => CsvText.Row(r)))), $"{MediaTypeNames.Text.Csv}; charset=utf-8") { FileDownloadName = $"{name}.csv" };

    internal static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
