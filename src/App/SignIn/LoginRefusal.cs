using System.Globalization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.SignIn;

/// <summary>A login that failed shows its page again, with one notice for the whole form and nothing at a field.</summary>
public static class LoginRefusal
{
    private static readonly object Key = new();

    public static PageResult RefuseLogin(this PageModel page, Refusal no)
    {
        page.HttpContext.Note(no);
        page.HttpContext.Items[Key] = no;
        page.ModelState.AddModelError("", no.Sentences().What);
        page.Response.StatusCode = no.Status;
        if (Problems.RetryAfterSeconds(no) is { } seconds) page.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return page.Page();
    }

    public static Refusal? LoginRefused(this HttpContext context) => context.Items.TryGetValue(Key, out var no) ? (Refusal)no! : null;
}
