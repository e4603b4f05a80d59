using MyKey.App.Shared.Web;
using MyKey.Identity.Passkeys;

namespace MyKey.App.Passkeys;

/// <summary>The form that asks the authenticator by the script of the page.</summary>
/// <param name="Kind"><c>create</c> or <c>get</c>.</param>
/// <param name="Action">Where the answer goes.</param>
/// <param name="Button">What the button says.</param>
/// <param name="Auto">Asks at once; not again after a no, which would never end.</param>
public sealed record PasskeyForm(AskedPasskey Asked, string Kind, string Action, string Button, string? Back = null, bool Auto = false);

/// <summary>What an answer must have been made for: the site as browsers know it, by whatever name of this machine the request came.</summary>
public static class PasskeyOrigin
{
    public static string Of(HttpContext context)
    {
        var site = context.RequestServices.GetRequiredService<Site>();
        var host = context.Request.Host.Port is { } port ? new HostString(site.Host, port) : new HostString(site.Host);
        return $"{context.Request.Scheme}://{host}";
    }
}
