using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace MyKey.Sandbox.Demo;

/// <summary>The numbers that the authenticator apps of the demonstration's staff show now.</summary>
[Microsoft.AspNetCore.Routing.Host("card.localhost")]
public sealed class AuthenticatorPage : PageModel
{
    private readonly Authenticators authenticators = new(DemoLoader.AuthenticatorsFile, TimeProvider.System);

    public IReadOnlyList<(string Number, string Code)> Shown => [.. authenticators.Numbers.Select(n => (n, authenticators[n].Shown))];

    public IActionResult OnGet()
    {
        Response.Headers["Refresh"] = "10";
        return Page();
    }
}
