using MyKey.App.Shared;
using MyKey.App.Shared.Refusals;

namespace MyKey.App.Navi;

/// <summary>An entrance on the top page. Words are looked up in TopPage.texts.csv under <paramref name="Key"/>.</summary>
/// <param name="Step">The word in the figure of what this door makes possible: shown with the door only.</param>
/// <param name="Open">False until what is behind it works (decision 14).</param>
public sealed record Door(string Key, string Path, string Icon, string? Step, bool Open);

/// <summary>Which audiences are let in today. Switch a door on here when its pages work.</summary>
public sealed record Doors(IReadOnlyList<Door> All)
{
    public static Doors Today { get; } = new(
    [
        new Door("my", "/my", "passbook", "check", Open: true),
        new Door("terminal", "/terminal", "shop", "use", Open: true),
        new Door("office", "/office", "townhall", "receive", Open: true),
        new Door("operator", "/operator", "console", null, Open: true),
    ]);

    public IEnumerable<Door> Open => All.Where(d => d.Open);

    public bool IsOpen(string key) => Open.Any(d => d.Key == key);

    /// <summary>Where somebody who is lost in a shell goes back to: the start of the shell if it has one, else the top page.</summary>
    public NextStep Home(Audience audience) => audience != Audience.Citizen && Open.Any(d => d.Path == audience.Path)
        ? new NextStep("はじめの画面へ", audience.Path)
        : new NextStep("はじめのページへ", "/");
}
