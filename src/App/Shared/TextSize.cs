using Microsoft.AspNetCore.Http.HttpResults;
using MyKey.App.Shared.Web;

namespace MyKey.App.Shared;

/// <summary>
/// 文字の大きさ on every page (S4-16): three sizes, kept in a cookie, a class on <c>html</c>. A link that sets a preference and leads back
/// to the same page, so it needs no script.
/// </summary>
public static class TextSize
{
    internal const string Cookie = "mykey_text";
    private const string Normal = "normal";

    /// <summary>The name in the cookie and the word on the page.</summary>
    public static IReadOnlyList<(string Name, string Word)> Sizes { get; } = [(Normal, "標準"), ("large", "大"), ("largest", "特大")];

    public static string Of(HttpContext context) =>
        context.Request.Cookies[Cookie] is { } chosen && Sizes.Any(s => s.Name == chosen) ? chosen : Normal;

    /// <summary>The class of <c>html</c>, or null for the normal size.</summary>
    public static string? Class(HttpContext context) => Of(context) is var size && size == Normal ? null : $"text-{size}";

    public static string Link(string name, HttpContext context) => $"/text-size/{name}?back={Uri.EscapeDataString(Frame.AskedWithQuery(context))}";

    public static void MapTextSize(this WebApplication app) => app.MapGet("/text-size/{name}", Choose).ExcludeFromDescription();

    private static Results<RedirectHttpResult, NotFound> Choose(string name, string? back, HttpContext context)
    {
        if (Sizes.All(s => s.Name != name)) return TypedResults.NotFound();
        context.Response.Cookies.Append(Cookie, name, new CookieOptions
        {
            MaxAge = TimeSpan.FromDays(365), HttpOnly = true, IsEssential = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps,
        });
        return TypedResults.LocalRedirect(IsOurs(back) ? back! : "/");
    }

    private static bool IsOurs(string? back) => Paths.IsOurs(back) && !back!.StartsWith("/text-size", StringComparison.Ordinal);
}
