using Microsoft.Extensions.Options;

namespace MyKey.CardAgent;

/// <summary>
/// What every request has to be before anything looks at it. Any website can make a browser send requests to 127.0.0.1, and a page
/// that could make the agent try PINs could lock cards; so a request for a page is a visible navigation, and one that
/// changes something comes from a page of the agent itself.
/// </summary>
public sealed class Guard(RequestDelegate next, IOptions<AgentOptions> options)
{
    public async Task Invoke(HttpContext context)
    {
        if (!IsForUs(context))
        {
            context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            return;
        }
        SetHeaders(context.Response);
        if (!IsAllowed(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync("この頼みは受けられません。カードにはふれていません。", context.RequestAborted);
            return;
        }
        await next(context);
    }

    /// <summary>Names the site to which a form of this page may lead; Chromium checks redirects, too.</summary>
    public static void AllowReturnTo(HttpResponse response, string origin) => SetPolicy(response, $"'self' {origin}");

    private bool IsForUs(HttpContext context) =>
        context.Request.Headers.Host == $"127.0.0.1:{options.Value.Port}"
        && PeerSocket.IsOwn(context.Connection.RemotePort, context.Connection.LocalPort);

    private bool IsAllowed(HttpRequest request)
    {
        var headers = request.Headers;
        if (HttpMethods.IsPost(request.Method)) return headers.Origin == options.Value.Self && headers["Sec-Fetch-Site"] == "same-origin";
        if (!HttpMethods.IsGet(request.Method)) return false;
        return request.Path == "/" || request.Path == "/mykey.css"
            || (headers["Sec-Fetch-Mode"] == "navigate" && headers["Sec-Fetch-Dest"] == "document");
    }

    private static void SetHeaders(HttpResponse response)
    {
        SetPolicy(response, "'self'");
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    private static void SetPolicy(HttpResponse response, string formAction) => response.Headers.ContentSecurityPolicy =
        $"default-src 'none'; style-src 'self'; form-action {formAction}; frame-ancestors 'none'; base-uri 'none'";
}
