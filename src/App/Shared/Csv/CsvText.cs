using System.Text;

namespace MyKey.App.Shared.Csv;

/// <summary>Writes a CSV file as spreadsheets read it: UTF-8 with BOM, lines by CR LF.</summary>
public static class CsvText
{
    public static string Row(params IEnumerable<string> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    public static byte[] File(string rows) => [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(rows)];

    // A text that begins like a formula must not become one in a spreadsheet; a number may begin with a minus.
    private static string Cell(string text)
    {
        var safe = text.Length > 0 && text[0] is '=' or '+' or '@' or '\t' || text is ['-', not (>= '0' and <= '9'), ..] ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
