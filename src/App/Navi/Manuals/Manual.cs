using MyKey.Kernel;

namespace MyKey.App.Navi.Manuals;

public enum ManualLineKind { Text, Point, Step }

public sealed record ManualLine(ManualLineKind Kind, string Text);

/// <param name="Number">From 1 on.</param>
public sealed record ManualChapter(int Number, string Title, IReadOnlyList<ManualLine> Lines)
{
    /// <summary>Lines of one kind that follow each other, and the number of the first step among them.</summary>
    public IEnumerable<(ManualLineKind Kind, int First, IReadOnlyList<string> Texts)> Runs()
    {
        var steps = 0;
        for (var at = 0; at < Lines.Count;)
        {
            var run = Lines.Skip(at).TakeWhile(l => l.Kind == Lines[at].Kind).Select(l => l.Text).ToList();
            yield return (Lines[at].Kind, steps + 1, run);
            if (Lines[at].Kind == ManualLineKind.Step) steps += run.Count;
            at += run.Count;
        }
    }
}

/// <summary>
/// 操作説明書 for one audience, from a text beside this file (S2-P18d): title, whom it is for, then chapters (<c>##</c>) with steps (<c>+</c>), points (<c>-</c>) and sentences. Buttons stand in ［］, screens in 『』, by the
/// words that are on them.
/// </summary>
/// <param name="Key">In addresses and file names.</param>
public sealed record Manual(int Number, string Key, string Title, string About, IReadOnlyList<ManualChapter> Chapters)
{
    private static readonly string[] Keys = ["shops", "libraries", "tickets", "grants", "everyone", "offices"];

    /// <summary>In the order of the source's list.</summary>
    public static IReadOnlyList<Manual> All { get; } = [.. Keys.Select((key, i) => Read(i + 1, key))];

    /// <summary>For whoever begins (S4-17).</summary>
    public static Manual ForBeginners { get; } = All.Single(m => m.Key == "everyone");

    public string Path => $"/navi/manuals/{Key}";

    public string FileName => $"mykey-{Number}-{Key}.pdf";

    public static Manual? Find(string key) => All.FirstOrDefault(m => m.Key == key);

    private static Manual Read(int number, string key)
    {
        using var reader = new StreamReader(Must.Have(typeof(Manual).Assembly.GetManifestResourceStream(typeof(Manual), $"{key}.txt"), $"{key}.txt is embedded"));
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var chapters = new List<(string Title, List<ManualLine> Lines)>();
        foreach (var line in lines.Skip(2))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal)) chapters.Add((line[3..], []));
            else chapters[^1].Lines.Add(line[..2] switch { "+ " => new(ManualLineKind.Step, line[2..]), "- " => new(ManualLineKind.Point, line[2..]), _ => new(ManualLineKind.Text, line) });
        }
        return new Manual(number, key, lines[0], lines[1], [.. chapters.Select((c, i) => new ManualChapter(i + 1, c.Title, c.Lines))]);
    }
}
