namespace MyKey.App.Shared;

/// <summary>
/// A shell: who is spoken to, from which path on, in which colours and frame. A page belongs to the shell its address begins with,
/// wherever its file lies.
/// </summary>
/// <param name="Css">Class of the body: the accent colour and the density.</param>
/// <param name="Frame">The partial around the page.</param>
public sealed record Audience(string Path, string Name, string Css, string Frame)
{
    private const string Site = "_SiteFrame";
    private const string Work = "_WorkFrame";

    public static Audience Citizen { get; } = new("/", "", "for-citizen", Site);

    public static Audience Terminal { get; } = new("/terminal", "端末", "for-terminal work", Work);

    public static Audience Office { get; } = new("/office", "自治体の窓口", "for-office work", Work);

    public static Audience Operator { get; } = new("/operator", "運用", "for-operator work", Work);

    public static Audience Of(PathString path) =>
        new[] { Terminal, Office, Operator }.FirstOrDefault(a => path.StartsWithSegments(a.Path, StringComparison.Ordinal)) ?? Citizen;

    /// <summary>The title of a browser tab: the page, then the site, then the shell.</summary>
    public string Title(string? page) => $"{page} | マイキー {Name}".TrimEnd();
}
