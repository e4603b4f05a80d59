using System.Security.Cryptography;
using System.Text;
using CsvHelper;
using MyKey.Kernel;

namespace MyKey.App.Shared.Csv;

/// <summary>A column that a file has under its name or one of these other names; full-width and case do not matter.</summary>
public sealed record CsvColumn(string Name, bool Required, params string[] Aliases);

/// <summary>One row; cells by the column's name, without white space at both ends, empty where the file has none.</summary>
/// <param name="Line">Of the file, the header being line 1.</param>
public sealed class CsvRow(int line, IReadOnlyDictionary<string, int> places, string[] cells)
{
    public int Line { get; } = line;

    public string this[string column] => places.TryGetValue(column, out var place) && place < cells.Length ? cells[place].Trim() : "";
}

/// <summary>
/// A CSV file as offices have them: header by name in any order, further columns ignored, UTF-8 with or without BOM or Shift_JIS. Rows are
/// read one after the other, so a file of 100,000 costs no more memory than its text.
/// </summary>
public sealed class CsvTable
{
    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly Encoding ShiftJis =
        CodePagesEncodingProvider.Instance.GetEncoding(932, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    internal static readonly CsvReaderOptions Form = new() { Separator = ',', HasHeader = false, SkipEmptyLines = true, TrackLineNumbers = true };

    private readonly string text;
    private readonly Dictionary<string, int> places;

    private CsvTable(string text, string sha256, Dictionary<string, int> places, IReadOnlyList<string> further) =>
        (this.text, Sha256, this.places, Further) = (text, sha256, places, further);

    /// <summary>Of the bytes as they came, 64 lower-case hex digits: the same file is known again.</summary>
    public string Sha256 { get; }

    /// <summary>Names of columns that were not asked for, in half-width small letters.</summary>
    public IReadOnlyList<string> Further { get; }

    /// <summary>A column that nobody asked for may hold names or birthdays: such a file is better not sent.</summary>
    /// <returns>null where there is none; else <c>field_unknown</c> (field).</returns>
    public Refusal? Unasked => Further.Count == 0 ? null : Refusal.Of("field_unknown", ("field", Further[0]));

    public bool Has(string column) => places.ContainsKey(column);

    /// <returns>The table; or <c>body_unreadable</c>, or <c>field_required</c> (field) when a required column is missing.</returns>
    public static Result<CsvTable> Read(byte[] content, params CsvColumn[] columns)
    {
        if (Decode(content) is not { } text) return Refusal.Of("body_unreadable");
        using var reader = CsvReader.FromText(text, Form);
        var header = reader.Read() ? Cells(reader).Select(Same).ToList() : [];
        var places = new Dictionary<string, int>();
        foreach (var column in columns)
        {
            var place = column.Aliases.Prepend(column.Name).Select(name => header.IndexOf(Same(name))).FirstOrDefault(at => at >= 0, -1);
            if (place >= 0) places[column.Name] = place;
            else if (column.Required) return Refusal.Of("field_required", ("field", column.Name));
        }
        var further = header.Where((_, at) => !places.ContainsValue(at)).ToList();
        return new CsvTable(text, Convert.ToHexStringLower(SHA256.HashData(content)), places, further);
    }

    public IEnumerable<CsvRow> Rows()
    {
        using var reader = CsvReader.FromText(text, Form);
        reader.Read();
        while (reader.Read()) yield return new CsvRow((int)reader.LineNumber, places, Cells(reader));
    }

    /// <summary>All rows at once.</summary>
    /// <returns>Or <c>file_empty</c>, <c>too_large</c>.</returns>
    public Result<List<CsvRow>> Lines(int most)
    {
        var lines = Rows().Take(most + 1).ToList();
        return lines.Count == 0 ? Refusal.Of("file_empty") : lines.Count > most ? Refusal.Of("too_large") : lines;
    }

    private static string[] Cells(CsvReader reader)
    {
        var cells = new string[reader.FieldCount];
        for (var i = 0; i < cells.Length; i++) cells[i] = reader.GetString(i);
        return cells;
    }

    /// <summary>How names of columns are compared.</summary>
    internal static string Same(string name) => Typed.HalfWidth(name).ToLowerInvariant();

    // The bytes of one encoding are hardly ever right in the other.
    private static string? Decode(byte[] content)
    {
        var text = Decode(content, Utf8) ?? Decode(content, ShiftJis);
        return text?.Contains('\0', StringComparison.Ordinal) == true ? null : text?.TrimStart('\uFEFF');
    }

    private static string? Decode(byte[] content, Encoding encoding)
    {
        try
        {
            return encoding.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
