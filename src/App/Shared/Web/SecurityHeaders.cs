namespace MyKey.App.Shared.Web;

/// <summary>The headers of every answer, whoever makes it: no inline script or style, no third party, no frame.</summary>
public sealed class SecurityHeaders(RequestDelegate next)
{
    public const string ContentPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>Of the few pages that read or draw codes: the decoder is WebAssembly, and what was read is sent to this site.</summary>
    public const string ScannerPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    private const string Permissions =
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()";

    private const string Camera = "camera=(self)";

    private static readonly object Scanner = new();

    /// <summary>Lets this answer's own page read or draw codes.</summary>
    public static void AllowScanner(HttpContext context) => context.Items[Scanner] = true;

    public Task Invoke(HttpContext context)
    {
        // On starting, because an error page begins with a clean answer.
        context.Response.OnStarting(static state => Set((HttpContext)state), context);
        return next(context);
    }

    private static Task Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        var scans = context.Items.ContainsKey(Scanner);
        headers.ContentSecurityPolicy = scans ? ScannerPolicy : ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        // Not no-referrer: with it browsers post `Origin: null`. A page that must not be named sets it itself.
        if (!headers.ContainsKey("Referrer-Policy")) headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = scans ? Permissions.Replace("camera=()", Camera, StringComparison.Ordinal) : Permissions;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
