using Microsoft.AspNetCore.Diagnostics;

namespace MyKey.App.Shared;

/// <summary>One word of a menu. Shown only when what is behind it works.</summary>
public sealed record MenuEntry(string Word, string Path);

/// <summary>The name somebody goes by in public, hidden until it is asked for (K-19).</summary>
/// <param name="Path">The page that shows it whole.</param>
public sealed record Handle(string Word, string Masked, string Path);

/// <summary>
/// What the frame around a page shows of the session. Scoped; the shell's sign-in policy fills it in: at a terminal the shop and the
/// terminal, in an office the municipality and the officer's number, never a name.
/// </summary>
public sealed class Frame
{
    public IList<string> Who { get; } = [];

    /// <summary>What this place is called beside the site's name, where it is not what its shell is called.</summary>
    public string? Place { get; set; }

    public IList<MenuEntry> Menu { get; } = [];

    /// <summary>At the top right of a citizen's pages (S0-5005a).</summary>
    public Handle? Handle { get; set; }

    /// <summary>A citizen at a support desk: the frame says so, and its button ends the sitting.</summary>
    public bool Sitting { get; set; }

    /// <summary>Where the log-out button posts to; null while nobody is signed in.</summary>
    public string? LogoutPath { get; set; }

    /// <summary>The page the person asked for, also when an error page answers in its place.</summary>
    public static PathString Asked(HttpContext context) =>
        context.Features.Get<IStatusCodeReExecuteFeature>() is { } instead ? instead.OriginalPath : context.Request.Path;

    /// <summary>The same with its query string: where a switch of the frame comes back to.</summary>
    public static string AskedWithQuery(HttpContext context) =>
        context.Features.Get<IStatusCodeReExecuteFeature>() is { } instead
            ? instead.OriginalPath + instead.OriginalQueryString
            : context.Request.Path + context.Request.QueryString.Value;
}
