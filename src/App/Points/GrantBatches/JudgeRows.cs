using MyKey.App.Grants;
using MyKey.App.Programmes;
using MyKey.App.Shared.Csv;
using MyKey.Identity.Citizens;
using MyKey.Kernel;

namespace MyKey.App.GrantBatches;

/// <summary>What each line of a file says, and what is wrong with it as far as the file and the people in it go.</summary>
public sealed class JudgeRows(GrantConditions conditions, FindRecipients recipients)
{
    public const string MyKeyIdColumn = "マイキーID", PointsColumn = "ポイント", OccasionColumn = "行事", RoleColumn = "役割", ReferenceColumn = "整理番号";

    public static readonly CsvColumn[] Columns =
    [
        new(MyKeyIdColumn, Required: true, "myKeyId", "mykey_id"), new(PointsColumn, Required: false, "points", "ポイント数"), new(OccasionColumn, Required: false, "occasion"),
        new(RoleColumn, Required: false, "role"), new(ReferenceColumn, Required: false, "reference"),
    ];

    private const int LongestShown = 20;

    private static readonly string[] Leaders = ["リーダー", "代表", "leader"], Members = ["", "参加者", "member"];

    // What a number may look like; anything else in its place may be somebody's name, which is not kept.
    private const string InNumbers = "0123456789,.-−ー点円 〇一二三四五六七八九十百千万";

    /// <param name="usual">The occasion of lines that have none of their own.</param>
    public async Task<List<GrantBatchRow>> Run(Programme programme, IReadOnlyList<CsvRow> lines, string usual, CancellationToken stop)
    {
        var found = await recipients.Each(lines.Select(l => l[MyKeyIdColumn]), stop);
        var seen = new Dictionary<(PersonKey, string), int>();
        var rows = new List<GrantBatchRow>(lines.Count);
        foreach (var (line, who) in lines.Zip(found)) rows.Add(Judge(programme, line, Named(line, who).Then<Recipient>(r => r.RequireActive()), usual) switch
        {
            // One occasion, one person, one grant (S2-P19c).
            { Person: { } person } row when !seen.TryAdd((person, row.Occasion), row.Line) => Refused(row, "already_granted") with { SameLine = seen[(person, row.Occasion)] },
            var row => row,
        });
        return rows;
    }

    private GrantBatchRow Judge(Programme programme, CsvRow line, Result<Recipient> recipient, string usual)
    {
        var points = PointsOf(programme, line);
        var reference = Reference(line);
        var occasion = line[OccasionColumn].Length > 0 ? conditions.Occasion(programme, line[OccasionColumn]) : usual;
        var row = new GrantBatchRow(line.Line, null, null, Shown(line[MyKeyIdColumn]), line[PointsColumn].Length > 0 || !points.Ok ? ShownNumber(line[PointsColumn]) : points.Value.ToString(), 0, occasion.Ok ? occasion.Value : "", BatchRowState.Open, "", 0) { Reference = reference.Ok ? reference.Value : "" };
        if ((recipient.Refused ?? points.Refused ?? occasion.Refused ?? reference.Refused) is { } no) return Refused(row, no.Code);
        // By file nobody looks at each person, so every line has something that counts once.
        if (occasion.Value.Length == 0) return Refused(row, "field_required");
        return row with { Citizen = recipient.Value.Citizen, Person = recipient.Value.Person, Points = points.Value.Value };
    }

    /// <returns>Whether a role leads (S4-02b); null for one that nobody knows.</returns>
    public static bool? Leads(string typed)
    {
        var role = Typed.HalfWidth(typed).ToLowerInvariant();
        return Leaders.Contains(role) ? true : Members.Contains(role) ? false : null;
    }

    private static Result<Recipient> Named(CsvRow line, Result<Recipient> found) => line[MyKeyIdColumn].Length == 0 ? Refusal.Of("recipient_without_id") : found;

    /// <summary>As the line says; else what the programme usually gives (S2-P19c), to who leads perhaps more (S4-02b).</summary>
    private static Result<Kernel.Points> PointsOf(Programme programme, CsvRow line)
    {
        if (Leads(line[RoleColumn]) is not { } leads) return Refusal.Of("role_unknown");
        if (line[PointsColumn].Length > 0) return Kernel.Points.Read(line[PointsColumn]);
        return (leads ? programme.Rules.Leader ?? programme.Rules.Usual : programme.Rules.Usual) is { } usual ? usual : Refusal.Of("amount_format");
    }

    /// <summary>The office's own number of the line; nothing that may be somebody's name.</summary>
    private static Result<string> Reference(CsvRow line)
    {
        var text = Typed.HalfWidth(line[ReferenceColumn]);
        return text.Length <= LongestShown && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && FreeText.Check(text) is null ? text : Refusal.Of("reference_format");
    }

    private static GrantBatchRow Refused(GrantBatchRow row, string code) => row with { Citizen = null, Person = null, Points = 0, State = BatchRowState.Refused, Code = code };

    /// <summary>An ID as it is shown; of what is none, only that it is one of seven letters, say.</summary>
    public static string Shown(string typed)
    {
        if (MyKeyId.ReadTyped(typed) is { Ok: true } id) return id.Value.Masked;
        var text = Typed.HalfWidth(typed);
        return text.Length is 0 or > LongestShown || !text.All(char.IsAsciiLetterOrDigit) ? "" : $"{text[0]}{new string('＊', text.Length - 1)}";
    }

    private static string ShownNumber(string typed)
    {
        var text = Typed.HalfWidth(typed);
        return text.Length <= LongestShown && text.All(c => InNumbers.Contains(c, StringComparison.Ordinal)) && FreeText.Check(text) is null ? text : "";
    }
}
