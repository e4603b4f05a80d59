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

    /// <summary>The likely next step, if there is one.</summary>
    public NextStep? Next { get; private set; }

    /// <summary>The way out that is always there.</summary>
    public NextStep Home { get; private set; } = new("", "/");

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        // Nobody links here; who types the address gets what any unknown address gets.
        if (HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is null) Response.StatusCode = StatusCodes.Status404NotFound;
        Home = doors.Home(Audience.Of(Frame.Asked(HttpContext)));
        if (HttpContext.Refused() is { } refused) (Refusal, Next) = refused;
        else
        {
            Refusal = Statuses.RefusalOf(Response.StatusCode, forMachines: false);
            if (Refusal is not null && Statuses.IsWorthNoting(Response.StatusCode)) HttpContext.Note(Refusal);
        }
        Next ??= Again();
    }

    /// <summary>What may go better in a moment can be opened again. A form can't: only its own page has what was typed.</summary>
    private NextStep? Again() => HttpMethods.IsGet(Request.Method) && Response.StatusCode is >= 500 or StatusCodes.Status429TooManyRequests
        ? new NextStep("もう一度開く", Frame.AskedWithQuery(HttpContext))
        : null;
}
