using System.Globalization;
using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using MyKey.Kernel;

namespace MyKey.App.Shared.Csv;

/// <summary>A line of a citizen's history, whichever it is.</summary>
/// <param name="Rest">Null where nothing that is left changes, as in a ticket.</param>
/// <param name="Path">Of its own page.</param>
public sealed record HistoryRow(long TimeMs, string What, Points? In, Points? Out, Points? Rest, string Receipt, string Path, bool Cancelled = false)
{
    public DateOnly Day => Jst.Day(TimeMs);

    /// <summary>What else the page says of it.</summary>
    public string? Note { get; init; }

    /// <summary>Where its citizen tells that he does not recognise it.</summary>
    public required string CasePath { get; init; }
}

/// <summary>A whole history as a file for a spreadsheet, in the words of its page.</summary>
public static class HistoryFile
{
    /// <summary>In the file and on the page for printing; what is older stands on the pages before.</summary>
    public const int MostLines = 5_000;

    public static FileContentResult Of(IEnumerable<HistoryRow> rows, string name) =>
        new(Csv(rows), $"{MediaTypeNames.Text.Csv}; charset=utf-8") { FileDownloadName = $"{name}.csv" };

    public static byte[] Csv(IEnumerable<HistoryRow> rows) => CsvText.File(string.Concat(rows.Select(Row).Prepend(CsvText.Row("日時", "できごと", "ふえた", "へった", "残り", "受付番号", "取り消し", "内訳"))));

    private static string Row(HistoryRow r) => CsvText.Row(Jst.At(r.TimeMs).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), r.What, Number(r.In), Number(r.Out), Number(r.Rest),
        r.Receipt, r.Cancelled ? "取り消しずみ" : "", r.Note ?? "");

    private static string Number(Points? points) => points?.Value.ToString(CultureInfo.InvariantCulture) ?? "";
}
