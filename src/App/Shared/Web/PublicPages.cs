using System.Security.Cryptography;
using Microsoft.AspNetCore.OutputCaching;

namespace MyKey.App.Shared.Web;

/// <summary>
/// What everybody may read without any login is the same for everybody, so an answer serves all who ask within a fifth of a second; together with what is held in memory nothing is
/// older than a second (S0-5018). A request with any cookie but the size of the text is never answered from there and its answer never kept, nor is an answer that sets a cookie.
/// </summary>
public static class PublicPages
{
    /// <summary>All below them is public as well, but for the first.</summary>
    private static readonly string[] Paths =
    [
        "/", "/navi", "/faq", "/support", "/libraries", "/programmes", "/activities", "/payment-services", "/mynapoint", "/online", "/crowdfunding", "/exchange", "/errors",
        "/api/v1/places", "/api/v1/offers", "/api/v1/activities", "/api/v1/libraries", "/api/v1/payment-services", "/api/v1/mynapoint", "/api/v1/online-sites", "/api/v1/partners", "/api/v1/support-places", "/api/v1/faq", "/api/v1/open-data",
    ];

    private const int LongestQuery = 400;
    private const long HeldBytes = 64 * 1024 * 1024, LongestBody = 512 * 1024;

    public static void AddPublicPages(this WebApplicationBuilder builder, Site site) => builder.Services.AddOutputCache(cache =>
    {
        (cache.SizeLimit, cache.MaximumBodySize) = (HeldBytes, LongestBody);
        cache.AddBasePolicy(new Policy(TimeSpan.FromMilliseconds(site.PublicCacheMs)));
    });

    /// <summary>After the endpoint is known, before anything counts requests: an answer that is there already costs nothing.</summary>
    public static void UsePublicPages(this WebApplication app)
    {
        if (app.Services.GetRequiredService<Site>().PublicCacheMs > 0) app.UseOutputCache();
        app.UseMiddleware<PublicPageHeaders>();
    }

    internal static bool Is(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) return false;
        if (request.Headers.Authorization.Count > 0 || request.Cookies.Any(c => c.Key != TextSize.Cookie) || request.QueryString.Value?.Length > LongestQuery) return false;
        return request.Path == "/" || Paths.Skip(1).Any(p => request.Path.StartsWithSegments(p, StringComparison.Ordinal));
    }

    /// <summary>Whether an answer is the same for everybody; a page that is not, such as a form with an id of its own, says so.</summary>
    internal static bool MayKeep(HttpResponse response) =>
        response.StatusCode == StatusCodes.Status200OK && response.Headers.SetCookie.Count == 0 && !response.Headers.CacheControl.ToString().Contains("no-store", StringComparison.Ordinal);

    private sealed class Policy(TimeSpan lives) : IOutputCachePolicy
    {
        public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
        {
            var common = Is(context.HttpContext);
            (context.EnableOutputCaching, context.AllowCacheLookup, context.AllowCacheStorage, context.AllowLocking) = (common, common, common, true);
            context.ResponseExpirationTimeSpan = lives;
            context.CacheVaryByRules.QueryKeys = "*";
            context.CacheVaryByRules.VaryByHost = true;
            context.CacheVaryByRules.VaryByValues["text"] = TextSize.Of(context.HttpContext);
            return ValueTask.CompletedTask;
        }

        public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
        {
            if (!MayKeep(context.HttpContext.Response)) context.AllowCacheStorage = false;
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>A public answer says how it is named (ETag): a browser that has it asks each time and gets 304 without a body, never anything old.</summary>
public sealed class PublicPageHeaders(RequestDelegate next)
{
    private const int TagBytes = 12;

    public Task Invoke(HttpContext context) => PublicPages.Is(context) ? Name(context) : next(context);

    private async Task Name(HttpContext context)
    {
        var (response, body) = (context.Response, context.Response.Body);
        using var whole = new MemoryStream();
        response.Body = whole;
        try
        {
            await next(context);
        }
        finally
        {
            response.Body = body;
        }
        var content = whole.GetBuffer().AsMemory(0, (int)whole.Length);
        // A page that says itself how long it may be kept knows why.
        if (PublicPages.MayKeep(response) && response.Headers.CacheControl.Count == 0)
        {
            var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content.Span).AsSpan(0, TagBytes))}\"";
            (response.Headers.ETag, response.Headers.CacheControl, response.Headers.Vary) = (tag, "public, no-cache", "Cookie");
            if (context.Request.Headers.IfNoneMatch.Contains(tag))
            {
                (response.StatusCode, response.ContentLength) = (StatusCodes.Status304NotModified, null);
                return;
            }
        }
        if (content.Length == 0) return;
        response.ContentLength = content.Length;
        await body.WriteAsync(content, context.RequestAborted);
    }
}
