using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.Kernel;

namespace MyKey.App.Shared.Web;

/// <summary>An answer that leads to another page.</summary>
public static class Redirects
{
    /// <summary>The answer to a POST that changed something: a page that can be reloaded.</summary>
    /// <param name="path">An address of this site.</param>
    public static IActionResult SeeOther(this PageModel page, string path)
    {
        Must.Hold(Paths.IsOurs(path), "a redirect stays on this site");
        page.Response.Headers.Location = path;
        return page.StatusCode(StatusCodes.Status303SeeOther);
    }

    /// <summary>One step of a walk between this site, the agent and outside logins: no copy of it is kept.</summary>
    /// <param name="location">May be another site's; what people type never gets here unchecked.</param>
    public static void SeeOther(this HttpContext context, string location)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = location;
        context.Response.Headers.CacheControl = "no-store";
    }
}
