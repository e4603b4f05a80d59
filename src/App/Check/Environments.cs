using MyKey.Kernel;

namespace MyKey.App.Check;

/// <summary>What was, and is, needed to use a card: <c>environments.csv</c>, the newest first (K-23). Past eras are shown only; today is checked by feature.</summary>
public static class Environments
{
    public static IReadOnlyList<(string Era, IReadOnlyList<(string Kind, string Needs)> Lines)> All { get; } =
        [.. Embedded.Rows(typeof(Environments), "environments.csv", 4).GroupBy(l => l[0]).Select(g => (g.Key, (IReadOnlyList<(string, string)>)[.. g.Select(l => (l[1], l[2]))]))];
}
