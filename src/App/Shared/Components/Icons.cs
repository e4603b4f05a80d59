namespace MyKey.App.Shared.Components;

/// <summary>Our own drawings: 24-unit box, round strokes of 2 units, the colour of the text. A word always stands beside.</summary>
public static class Icons
{
    private static readonly Dictionary<string, string> Drawings = new()
    {
        ["check"] = """<path d="m4.5 12.5 5 5 10-11"/>""",
        ["cross"] = """<path d="M5.5 5.5l13 13M18.5 5.5l-13 13"/>""",
        ["warning"] = """<path d="M12 4 22 20.5H2zM12 10v5M12 17.7v.1"/>""",
        ["sprout"] = """<path d="M12 20.5V12M12 12.5C12 8.5 9 5.5 4 5.5c0 5 3 7 8 7zM12 15c0-4 3-6.5 8-6.5 0 4.5-3 6.5-8 6.5z"/>""",
        ["passbook"] = """<rect x="4" y="3.5" width="16" height="17" rx="2"/><path d="M8 8.5h8M8 12.5h8M8 16.5h4"/>""",
        ["shop"] = """<path d="M4.5 11v8.5h15V11M3 8.5 5 4.5h14l2 4a2.25 2.25 0 0 1-4.5 0 2.25 2.25 0 0 1-4.5 0 2.25 2.25 0 0 1-4.5 0 2.25 2.25 0 0 1-4.5 0zM9.5 19.5V14h5v5.5"/>""",
        ["townhall"] = """<path d="M4 20.5h16M5.5 20.5V10h13v10.5M3.5 10 12 4l8.5 6M9 13.5v3.5M12 13.5v3.5M15 13.5v3.5"/>""",
        ["console"] = """<rect x="3.5" y="4.5" width="17" height="12" rx="2"/><path d="M8.5 20h7M12 16.5V20M7 12l2.5-2.5L7 7M12 12h4"/>""",
        ["points"] = """<circle cx="12" cy="12" r="9"/><path d="M10 17V7.5h2.75a2.9 2.9 0 0 1 0 5.8H10"/>""",
        ["signpost"] = """<path d="M12 3v18M8.5 21h7M12 5h6.5l2 2.25-2 2.25H12zM12 11.5H5.5l-2 2.25 2 2.25H12z"/>""",
        ["turn"] = """<rect x="3" y="8" width="12" height="12" rx="2"/><path d="M8 4.5h6a6.5 6.5 0 0 1 6.5 6.5v3M17.5 11.5l3 3 2.5-3"/>""",
    };

    /// <exception cref="Kernel.BrokenProperty">There is no such drawing.</exception>
    public static string Svg(string name, string css = "icon")
    {
        Kernel.Must.Hold(Drawings.TryGetValue(name, out var drawing), $"there is an icon {name}");
        return $"""<svg class="{css}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{drawing}</svg>""";
    }

    /// <summary>The mark of the site: a card with a key on it.</summary>
    public const string Brand = """
        <svg width="44" height="30" viewBox="0 0 44 30" aria-hidden="true" focusable="false"><rect width="44" height="30" rx="6" fill="currentcolor"/><g class="key" fill="none" stroke-width="3" stroke-linecap="round"><circle cx="13.5" cy="15" r="5"/><path d="M18.5 15H36M30 15v5M36 15v4"/></g></svg>
        """;
}
