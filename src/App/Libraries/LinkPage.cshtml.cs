using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Libraries;

/// <summary>First link at a counter (S0-3002b, S0-3002c): the number of the library's own card, the citizen's yes, done. The number stands in no address.</summary>
public sealed class LinkPage(MakeLink make, CitizenTokens tokens, TimeProvider clock) : CounterPage
{
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "利用者番号")]
    public string? Number { get; set; }

    /// <summary>To be confirmed by the citizen.</summary>
    public string? Asked { get; private set; }

    public ServiceLink? Made { get; private set; }

    protected override TerminalCall Call => TerminalCall.MakeLink;

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if ((await tokens.Find(ShellCookie.Shown.Read(HttpContext), Terminal, null, stop)).Refused is { } nobody) return await this.Refuse(nobody, Start);
        Id = Ids.NewV7(clock);
        return Page();
    }

    /// <param name="go">The citizen has said yes.</param>
    public async Task<IActionResult> OnPost(bool go, CancellationToken stop)
    {
        var token = ShellCookie.Shown.Read(HttpContext) ?? "";
        if (!go && (await tokens.Find(token, Terminal, null, stop)).Refused is { } nobody) return await this.Refuse(nobody, Start);
        if (string.IsNullOrWhiteSpace(Number)) return this.Refuse(nameof(Number), Refusal.Of("field_required", ("field", nameof(Number))));
        var number = Desk.Provider.Numbers.Read(Number);
        if (number.Refused is { } unreadable) return this.Refuse(nameof(Number), unreadable);
        if (!go)
        {
            Asked = number.Value;
            return Page();
        }
        var made = await make.Run(Desk, new WantedLink(Id, token, Number), stop);
        if (made.Refused is { } no) return no.Code is "number_linked" ? this.Refuse(nameof(Number), no) : await this.Refuse(no, Start);
        Made = made.Value;
        Response.Headers["Refresh"] = $"{Screen.Seconds}; url={Screen.Home}";
        return Page();
    }
}
