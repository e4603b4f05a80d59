using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.Kernel;

namespace MyKey.App.Shared.Web;

/// <summary>The answer to a POST that changed something: a page that can be reloaded.</summary>
public static class Redirects
{
    /// <param name="path">An address of this site.</param>
    public static IActionResult SeeOther(this PageModel page, string path)
    {
        Must.Hold(Paths.IsOurs(path), "a redirect stays on this site");
        page.Response.Headers.Location = path;
        return page.StatusCode(StatusCodes.Status303SeeOther);
    }
}
