using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.Kernel;

namespace MyKey.App.Shared.Refusals;

/// <summary>How a page handler says no.</summary>
public static class PageRefusals
{
    /// <summary>The whole page is refused: what happened, which rule, what next, in the frame of the shell.</summary>
    public static async Task<IActionResult> Refuse(this PageModel page, Refusal refusal, NextStep? next = null)
    {
        await page.HttpContext.Refuse(refusal, next);
        return new EmptyResult();
    }

    /// <summary>
    /// The same page again with what was typed, the error summary and the words at <paramref name="field"/> (the property's name, as
    /// <c>&lt;field for="…"&gt;</c> has it). Several fields: call <see cref="Note"/> for each, then return <see cref="Again"/>.
    /// </summary>
    public static IActionResult Refuse(this PageModel page, string field, Refusal refusal)
    {
        page.Note(field, refusal);
        return page.Again();
    }

    public static void Note(this PageModel page, string field, Refusal refusal)
    {
        page.HttpContext.Note(refusal);
        var (what, _, next) = refusal.Sentences();
        page.ModelState.AddModelError(field, $"{what}。{next}");
    }

    /// <summary>The same page with status 422.</summary>
    public static IActionResult Again(this PageModel page)
    {
        page.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return page.Page();
    }
}
