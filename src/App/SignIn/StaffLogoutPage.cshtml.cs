using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Shared.Web;
using MyKey.Identity.Sessions;

namespace MyKey.App.SignIn;

/// <summary>The end of a staff session, at once and in all processes. Leaving twice is no error.</summary>
[EnableRateLimiting(RateLimits.Anonymous)]
public sealed class StaffLogoutPage(OpenSessions sessions) : PageModel
{
    private StaffDoor Door => StaffDoor.Of(Request.Path);

    public IActionResult OnGet() => this.SeeOther(Door.Home);

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await sessions.End(Door.Cookie.Read(HttpContext), stop);
        Door.Cookie.Clear(HttpContext);
        return this.SeeOther($"{Door.LoginPath}?left=1");
    }
}
