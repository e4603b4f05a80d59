using MyKey.Kernel;

namespace MyKey.App.Check;

/// <summary>What was, and is, needed to use a card: <c>environments.csv</c>, the newest first (K-23). Past eras are shown only; today is checked by feature.</summary>
public static class Environments
{
    public static IReadOnlyList<(string Era, IReadOnlyList<(string Kind, string Needs)> Lines)> All { get; } =
        [.. Lines().GroupBy(l => l.Era).Select(g => (g.Key, (IReadOnlyList<(string, string)>)[.. g.Select(l => (l.Kind, l.Needs))]))];

    private static IEnumerable<(string Era, string Kind, string Needs)> Lines()
    {
        using var reader = new StreamReader(Must.Have(typeof(Environments).Assembly.GetManifestResourceStream("MyKey.App.Check.environments.csv"), "environments.csv is embedded"));
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(';');
            Must.Hold(cells.Length == 4, "a line of environments.csv has four cells");
            yield return (cells[0], cells[1], cells[2]);
        }
    }
}
