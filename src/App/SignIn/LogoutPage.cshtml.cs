using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Shared.Web;
using MyKey.Identity.Sessions;

namespace MyKey.App.SignIn;

/// <summary>The end of a citizen's session, at once and in all processes (S1-15a). Leaving twice is no error.</summary>
[EnableRateLimiting(RateLimits.Anonymous)]
public sealed class LogoutPageModel(OpenSessions sessions, SupportDesks desks) : PageModel
{
    public IActionResult OnGet() => this.SeeOther(CitizenShell.Home);

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await sessions.End(ShellCookie.Citizen.Read(HttpContext), stop);
        if (await desks.Of(HttpContext) is not null)
        {
            SupportDesks.Forget(HttpContext);
            return this.SeeOther($"{SupportDesks.Home}?ended=1");
        }
        ShellCookie.Citizen.Clear(HttpContext);
        return this.SeeOther($"{CitizenShell.LoginPath}?left=1");
    }
}
