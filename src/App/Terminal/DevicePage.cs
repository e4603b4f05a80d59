using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Shared;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Terminals;

/// <summary>A page of a registered device (S4-06a): a shop's, or an organiser's.</summary>
public abstract class DevicePage : PageModel
{
    private static readonly NextStep Enrol = new("この端末を登録する", "/terminal/enrol");

    public Terminal Terminal { get; private set; } = null!;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var services = HttpContext.RequestServices;
        Response.Headers.CacheControl = "no-store";
        var found = await services.GetRequiredService<FindTerminal>().ByToken(ShellCookie.Terminal.Read(HttpContext), HttpContext.RequestAborted);
        if (found.Refused is { } no)
        {
            context.Result = await this.Refuse(no, no.Code == "terminal_unknown" ? Enrol : null);
            return;
        }
        Terminal = found.Value;
        var caller = services.GetRequiredService<Caller>();
        (caller.Actor, caller.Terminal) = (Actor.Of(Terminal.Id), Terminal.Id);
        if (await Enter(services, services.GetRequiredService<Frame>()) is { } stopped) context.Result = stopped;
        else await next();
    }

    /// <summary>Whose device it is; the frame says so.</summary>
    /// <returns>null to go on; what to answer instead.</returns>
    protected abstract Task<IActionResult?> Enter(IServiceProvider services, Frame frame);
}
