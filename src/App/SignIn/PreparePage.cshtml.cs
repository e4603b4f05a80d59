using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.Kernel.Cards;

namespace MyKey.App.SignIn;

/// <summary>Whether the preparation software runs can't be asked by a page without script, so the person is asked (once per browser).</summary>
public sealed class PreparePageModel : PageModel
{
    [BindProperty(SupportsGet = true, Name = "purpose")]
    public string? Asked { get; set; }

    [BindProperty(SupportsGet = true, Name = "back")]
    public string? Back { get; set; }

    public string Next => CardEndpoints.AskPath(Purpose.Find(Asked) ?? Purpose.Login, Back, prepared: true);

    public void OnGet()
    {
    }
}
