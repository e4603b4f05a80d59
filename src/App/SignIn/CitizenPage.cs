using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Citizens;
using MyKey.Identity.Sessions;
using MyKey.Kernel;

namespace MyKey.App.SignIn;

/// <summary>A page that only a citizen who is signed in can open. Everybody else logs in first and comes back.</summary>
public abstract class CitizenPage : PageModel
{
    private Citizen? citizen;

    /// <summary>Whose page it is.</summary>
    public Citizen Citizen => Must.Have(citizen, "the policy of the shell has let somebody in");

    /// <summary>Opened by card or by ID and password.</summary>
    public Session Session => HttpContext.RequestServices.GetRequiredService<SignedIn>().Session;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var entered = await HttpContext.RequestServices.GetRequiredService<CitizenShell>().Enter(HttpContext, HttpContext.RequestAborted);
        if (entered.Refused is { } no)
        {
            context.Result = no.Code == "mykey_missing" ? this.SeeOther(CitizenShell.StartPath) : no.Code is "login_required" or "session_expired" ? await LogIn(no) : await this.Refuse(no);
            return;
        }
        citizen = entered.Value;
        await next();
    }

    /// <summary>A form whose session is over leads back to its page, for nothing may be sent twice unseen.</summary>
    private async Task<IActionResult> LogIn(Refusal why)
    {
        HttpContext.Note(why);
        // A sitting that is over leads to nobody's page.
        if (await HttpContext.RequestServices.GetRequiredService<SupportDesks>().Of(HttpContext) is not null) return this.SeeOther($"{SupportDesks.Home}?ended=idle");
        var asked = HttpMethods.IsGet(Request.Method) ? Request.Path + Request.QueryString.Value : Request.Path.Value!;
        Response.Headers.Location = CitizenShell.LoginFor(asked, why.Code == "session_expired");
        return StatusCode(StatusCodes.Status303SeeOther);
    }
}
