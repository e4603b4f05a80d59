using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Libraries;

/// <summary>What the counter's staff can change while the citizen is there: the address notice, which the citizen cannot set (S0-5014b), and the end of the link.</summary>
public sealed class CounterCardPage(FindLinks links, SetNotice set, EndLinks end, CitizenTokens tokens, TimeProvider clock) : CounterPage
{
    [BindProperty]
    public Guid Id { get; set; }

    public ServiceLink? Link { get; private set; }

    public string? Saved { get; private set; }

    protected override TerminalCall Call => TerminalCall.MakeLink;

    private string Token => ShellCookie.Shown.Read(HttpContext) ?? "";

    public async Task<IActionResult> OnGet(string? saved, CancellationToken stop)
    {
        Saved = saved is "1" ? saved : null;
        var shown = await tokens.Find(Token, Terminal, null, stop);
        if (shown.Refused is { } nobody) return await this.Refuse(nobody, Start);
        (Id, Link) = (Ids.NewV7(clock), await links.Of(shown.Value.Citizen.Id, Desk.Provider.Id, stop));
        return Page();
    }

    public async Task<IActionResult> OnPostNotice(bool on, CancellationToken stop)
    {
        var done = await set.Run(Desk, Token, on, stop);
        return done.Refused is { } no ? await this.Refuse(no, Start) : this.SeeOther("/terminal/library/card?saved=1");
    }

    public async Task<IActionResult> OnPostEnd(CancellationToken stop)
    {
        if ((await end.Run(Desk, Id, Token, stop)).Refused is { } no) return await this.Refuse(no, Start);
        Saved = "ended";
        return Page();
    }
}
