using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Navi;
using MyKey.Kernel;

namespace MyKey.App.Shared.Refusals;

/// <summary>
/// What people see instead of a page: a refusal in words, or that the fault is ours. It answers in place of any request, a POST without
/// token included, so it checks none and changes nothing.
/// </summary>
[IgnoreAntiforgeryToken, ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
public sealed class ErrorPageModel(Doors doors) : PageModel
{
    /// <summary>Null: the fault is ours.</summary>
    public Refusal? Refusal { get; private set; }

    /// <summary>Where to go from here; always something.</summary>
    public NextStep Next { get; private set; } = new("", "/");

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        // Nobody links here; who types the address gets what any unknown address gets.
        if (HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is null) Response.StatusCode = StatusCodes.Status404NotFound;
        var home = doors.Home(Audience.Of(Frame.Asked(HttpContext)));
        if (HttpContext.Refused() is { } refused)
        {
            (Refusal, Next) = (refused.Refusal, refused.Next ?? home);
            return;
        }
        (Refusal, Next) = (Statuses.RefusalOf(Response.StatusCode, forMachines: false), home);
        if (Refusal is not null && Statuses.IsWorthNoting(Response.StatusCode)) HttpContext.Note(Refusal);
    }
}
