using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.SignIn;

namespace MyKey.App.Check;

/// <summary>What is checked, the way to it, and what a machine needs.</summary>
public sealed class CheckPage : PageModel
{
    /// <summary>The cookie has to come back with the result, whichever way leads there.</summary>
    public void OnGet() => ShellCookie.Checking.Set(HttpContext, "1", TimeSpan.FromMinutes(10));
}
