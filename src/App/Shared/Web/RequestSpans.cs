using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using MyKey.App.Shared.Refusals;

namespace MyKey.App.Shared.Web;

/// <summary>One span per request, named by its method and the pattern of its endpoint: an address with its values could name a person.</summary>
public sealed class RequestSpans(RequestDelegate next)
{
    public const string SourceName = "mykey.app";

    private const string NoRoute = "(none)";

    private static readonly object Key = new();
    private static readonly ActivitySource Source = new(SourceName);

    public async Task Invoke(HttpContext context)
    {
        // A trace of its own: what a caller writes into its trace headers is not handed on.
        Activity.Current = null;
        using var span = Source.StartActivity("request", ActivityKind.Server);
        await next(context);
        if (span is null) return;
        var (method, route, status) = (Method(context.Request.Method), context.Items[Key] ?? NoRoute, context.Response.StatusCode);
        span.DisplayName = $"{method} {route}";
        span.SetTag("http.request.method", method).SetTag("http.route", route).SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError) span.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>Behind routing: keeps the pattern that was asked for, which the page of a refusal takes the place of.</summary>
    public static Task Routed(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IStatusCodeReExecuteFeature>() is null) context.Items[Key] = context.RoutePattern();
        return next(context);
    }

    /// <summary>A method is whatever the caller writes; only those with a meaning are told.</summary>
    private static string Method(string method) => method is "GET" or "HEAD" or "POST" or "PUT" or "DELETE" or "PATCH" or "OPTIONS" ? method : "_OTHER";
}
