using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.SignIn;

/// <summary>A page that only staff of the shell its address lies in can open. Everybody else logs in first and comes back.</summary>
public abstract class StaffPage : PageModel
{
    private StaffAtWork? work;

    public StaffAtWork Work => Must.Have(work, "the policy of the shell has let somebody in");

    /// <summary>Roles of which one is needed; none: every member.</summary>
    protected virtual IReadOnlyList<Role> Needed => [];

    /// <summary>True where the one-time password of the last five minutes is needed already to see the page.</summary>
    protected virtual bool AsksAgain => false;

    private StaffDoor Door => StaffDoor.Of(Request.Path);

    private string Asked => HttpMethods.IsGet(Request.Method) ? Request.Path + Request.QueryString.Value : Request.Path.Value!;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        Response.Headers.CacheControl = "no-store";
        var entered = await HttpContext.RequestServices.GetRequiredService<StaffShell>().Enter(HttpContext, Door, HttpContext.RequestAborted);
        if (entered.Refused is { } no)
        {
            context.Result = no.Code is "login_required" or "session_expired" ? LogIn(no) : await this.Refuse(no);
            return;
        }
        work = entered.Value;
        if (Needed.Count > 0 && !Needed.Any(r => work.Member.Holds(r, work.Town?.Code)))
        {
            context.Result = await this.Refuse(Refusal.Of("role_forbidden"));
            return;
        }
        if (AsksAgain && ConfirmTotp.Require(work.Session, HttpContext.RequestServices.GetRequiredService<TimeProvider>()).Refused is not null)
        {
            context.Result = Confirm();
            return;
        }
        await next();
    }

    /// <summary>Off to the one-time password and back to this page: for <c>confirm_required</c>.</summary>
    protected IActionResult Confirm() => this.SeeOther(Door.ConfirmFor(Asked));

    /// <summary>The page refused; <c>confirm_required</c> leads to the one-time password instead.</summary>
    protected async Task<IActionResult> No(Refusal refusal, NextStep? next = null)
    {
        if (refusal.Code != "confirm_required") return await this.Refuse(refusal, next);
        HttpContext.Note(refusal);
        return Confirm();
    }

    private IActionResult LogIn(Refusal why)
    {
        HttpContext.Note(why);
        return this.SeeOther(Door.LoginFor(Asked, why.Code == "session_expired"));
    }
}
