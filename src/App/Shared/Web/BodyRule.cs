using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.Shared.Web;

/// <summary>
/// A body that says itself that it is too large is refused before anybody reads it; a form would otherwise be told as one that has expired.
/// Stands behind routing, which knows the endpoints that allow more.
/// </summary>
public sealed class BodyRule(RequestDelegate next)
{
    /// <summary>A browser shows an answer only once it has sent everything; what is larger than this is cut off.</summary>
    private const long MostDrained = 64 * 1024 * 1024;

    public async Task Invoke(HttpContext context)
    {
        var size = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
        // The page that tells the refusal answers in place of the same request.
        if (!(context.Request.ContentLength > size?.MaxRequestBodySize) || context.Features.Get<IStatusCodeReExecuteFeature>() is not null)
        {
            await next(context);
            return;
        }
        if (context.Request.ContentLength <= MostDrained && size is { IsReadOnly: false })
        {
            size.MaxRequestBodySize = MostDrained;
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        }
        (context.Request.Body, context.Request.ContentLength, context.Request.ContentType) = (Stream.Null, 0, null);
        await context.Refuse(Refusal.Of("too_large"));
    }
}
