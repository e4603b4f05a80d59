using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;

namespace MyKey.App.Libraries;

/// <summary>The number of whoever has held the card, for some seconds; the next card starts the next one. No name, and no other provider's number (S2-P9b).</summary>
public abstract class ShowNumber(FindNumber find, CitizenTokens tokens, TerminalReader reader, TimeProvider clock) : CounterPage
{
    public string? Number { get; private set; }

    public Refusal? Refused { get; private set; }

    public long ReadMs { get; private set; }

    public bool NextFollows { get; private set; }

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        var token = ShellCookie.Shown.Read(HttpContext);
        var shown = await tokens.Find(token, Terminal, null, stop);
        if (shown.Refused is { Code: "token_expired" }) return this.SeeOther(Screen.Home);
        if (shown.Refused is { } no) return await this.Refuse(no, Start);
        ReadMs = shown.Value.ExpiresMs - CitizenTokens.LifeMs;
        if (clock.NowMs() - ReadMs > Screen.Seconds * 1000L) return this.SeeOther(Screen.Home);
        var found = await find.Run(Desk, token, stop);
        (Number, Refused) = (found.Ok ? found.Value.Number : null, found.Refused);
        if (Refused is { } why) HttpContext.Note(why);
        NextFollows = !OfMachine && Refused?.Code != "not_linked" && reader.AgentIsHere(HttpContext);
        if (NextFollows) await reader.AwaitTap(HttpContext, Terminal, Screen.Seconds - NumberScreen.AgentSeconds);
        else Response.Headers["Refresh"] = $"{Screen.Seconds}; url={Screen.Home}";
        return Page();
    }
}

public sealed class CounterNumberPage(FindNumber find, CitizenTokens tokens, TerminalReader reader, TimeProvider clock) : ShowNumber(find, tokens, reader, clock);
