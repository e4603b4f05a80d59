using System.Globalization;
using System.Text;
using MyKey.App.GrantBatches;
using MyKey.App.Grants;
using MyKey.App.Shared.Csv;
using MyKey.Kernel;

namespace MyKey.App.Tables;

/// <param name="Occasion">For lines that have none of their own; a yearly programme has its fiscal year.</param>
/// <param name="Proven">Where the programme asks for a proof: the officer has seen it for everybody in the file (S4-04).</param>
public sealed record CountFile(ProgrammeId Programme, byte[] Content, string FileName, string? Occasion = null, bool Proven = false)
{
    /// <summary>The fiscal year in which it was counted; null: the present one.</summary>
    public int? Year { get; init; }
}

/// <summary>
/// A file of what people have done, counted: the programme's table makes it a file of grants, which is looked at, approved and posted as any other.
/// </summary>
public sealed class GrantByTable(StepTables tables, ExchangeDays days, GrantConditions conditions, StoreBatch store, TimeProvider clock)
{
    public const string CountColumn = "数";

    internal static CsvColumn Count { get; } = new(CountColumn, Required: true, "count", "歩数", "時間", "回数", "steps", "hours");

    private static readonly CsvColumn[] Columns =
    [
        JudgeRows.Columns.Single(c => c.Name == JudgeRows.MyKeyIdColumn), Count,
        JudgeRows.Columns.Single(c => c.Name == JudgeRows.OccasionColumn),
    ];

    /// <returns>The batch of grants; <c>table_missing</c>, <c>not_started</c> before the day of exchange, and what <see cref="StoreBatch"/> refuses.</returns>
    public async Task<Result<GrantBatch>> Run(Granter granter, CountFile file, CancellationToken stop = default)
    {
        var programme = await conditions.Programme(granter, file.Programme, stop);
        if (programme.Refused is { } noProgramme) return noProgramme;
        var occasion = conditions.Occasion(programme.Value, file.Occasion);
        if (occasion.Refused is { } noText) return noText;
        if (await tables.Of(file.Programme, stop) is not { } table) return Refusal.Of("table_missing");
        if (await days.NotYet(file.Programme, file.Year ?? Jst.FiscalYear(clock.Today()), stop) is { } early) return early;
        var counts = CsvTable.Read(file.Content, Columns);
        if (counts.Refused is { } unreadable) return unreadable;
        if (counts.Value.Unasked is { } further) return further;
        if (occasion.Value.Length == 0 && !counts.Value.Has(JudgeRows.OccasionColumn)) return Refusal.Of("field_required", ("field", JudgeRows.OccasionColumn));
        return await store.Run(granter, new GrantFile(file.Programme, Grants(table, counts.Value, occasion.Value), file.FileName, Occasion: file.Occasion, Proven: file.Proven), stop);
    }

    // The occasion stands in each line: the same steps reached by the same people in another month are another file.
    private static byte[] Grants(StepTable table, CsvTable counts, string occasion)
    {
        var rows = new StringBuilder(CsvText.Row(JudgeRows.MyKeyIdColumn, JudgeRows.PointsColumn, JudgeRows.OccasionColumn));
        var line = 1;
        foreach (var row in counts.Rows())
        {
            // A line keeps its number, so that what is wrong with it is found in the office's own file.
            for (; line + 1 < row.Line; line++) rows.Append("\r\n");
            var own = row[JudgeRows.OccasionColumn];
            rows.Append(CsvText.Row(OneLine(row[JudgeRows.MyKeyIdColumn]), Points(table, row[CountColumn]), OneLine(own.Length > 0 ? own : occasion)));
            line = row.Line;
        }
        return CsvText.File(rows.ToString());
    }

    /// <returns>What the line gives; what is no whole number stays none.</returns>
    private static string Points(StepTable table, string count) =>
        StepTable.TryRead(Typed.HalfWidth(count).Replace(",", "", StringComparison.Ordinal), out var number) ? table.For(number).ToString(CultureInfo.InvariantCulture) : "-";

    private static string OneLine(string cell) => cell.ReplaceLineEndings(" ");
}
