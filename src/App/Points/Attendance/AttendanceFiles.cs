using System.Globalization;
using System.Text;
using MyKey.App.GrantBatches;
using MyKey.App.Programmes;
using MyKey.App.Shared.Csv;
using MyKey.Identity.Citizens;
using MyKey.Kernel;

namespace MyKey.App.Attendance;

/// <summary>What became of somebody on a list.</summary>
/// <param name="Granted">What it gave; null while that is open, and where it was counted.</param>
/// <param name="Code">Why it gave nothing, or only a part; else empty.</param>
public sealed record AttendanceOutcome(AttendanceLine Line, BatchRowState? State, long? Granted, string Code)
{
    /// <summary>It had, or will have, its effect.</summary>
    public bool Good => !Line.Struck && State != BatchRowState.Refused;
}

/// <summary>The file of grants that an occasion becomes, and back from its lines to those of the occasion.</summary>
public sealed class AttendanceFiles(FindOccasions find, FindBatches batches, FindCitizen citizens)
{
    // The header is line 1, so the first of the occasion's good lines is line 2 of the file.
    private const int FirstLine = 2;

    /// <summary>The same bytes each time for the same decision, so that it is known again.</summary>
    public async Task<byte[]> Of(Occasion occasion, Programme programme, CancellationToken stop)
    {
        var rows = new StringBuilder(CsvText.Row(JudgeRows.MyKeyIdColumn, JudgeRows.PointsColumn, JudgeRows.OccasionColumn));
        foreach (var line in (await find.LinesOf(occasion.Id, stop)).Where(l => !l.Struck))
            rows.Append(CsvText.Row((await citizens.Get(line.Citizen, stop))?.MyKeyId.Value ?? "", Points(occasion, programme, line)?.Value.ToString(CultureInfo.InvariantCulture) ?? "", occasion.Text));
        return CsvText.File(rows.ToString());
    }

    /// <summary>What a line gives: more to who leads (S4-02b), unless the office said one amount for all.</summary>
    public static Points? Points(Occasion occasion, Programme programme, AttendanceLine line) =>
        occasion.Points ?? (line.Leads ? programme.Rules.Leader ?? programme.Rules.Usual : programme.Rules.Usual);

    public async Task<IReadOnlyList<AttendanceOutcome>> Outcomes(Occasion occasion, CancellationToken stop = default)
    {
        var lines = await find.LinesOf(occasion.Id, stop);
        if (occasion.Batch is not { Length: > 0 } sha256 || await batches.One(occasion.Municipality, sha256, stop) is not { } batch) return [.. lines.Select(l => new AttendanceOutcome(l, null, null, ""))];
        var rows = (await batches.Rows(batch, RowsShown.All, 0, Occasion.MostLines, stop)).ToDictionary(r => r.Line);
        var at = FirstLine;
        return [.. lines.Select(l => l.Struck || !rows.TryGetValue(at++, out var row) ? new AttendanceOutcome(l, null, null, "")
            : new AttendanceOutcome(l, row.State, row.State == BatchRowState.Posted ? row.Points : null, row.Code))];
    }
}
