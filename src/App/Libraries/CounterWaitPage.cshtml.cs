using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.App.Libraries;

/// <summary>Where a provider's device waits: for a card that is held, for card and PIN, or for MyKey ID and the number of My Page (K-13).</summary>
public abstract class WaitForCard(TerminalReader reader, UseOneTimeCode useCode, LendingWays ways) : CounterPage
{
    private const int PinSeconds = 80;

    [BindProperty, Display(Name = "マイキーID")]
    public string? MyKeyId { get; set; }

    [BindProperty, Display(Name = "お店で使う番号")]
    public string? Code { get; set; }

    /// <summary><c>card</c>: the reader of this device; <c>id</c>: ID and number; else as it was before.</summary>
    [BindProperty(SupportsGet = true, Name = "by")]
    public string? By { get; set; }

    /// <summary>The device was enrolled just now.</summary>
    public bool Ready { get; private set; }

    /// <summary>What came of the card before.</summary>
    public Refusal? Card { get; private set; }

    public LendingWay Way { get; private set; }

    /// <summary>The browser is at the agent, which waits for a card.</summary>
    public bool Waits { get; private set; }

    /// <summary>The agent's page that asks the PIN; null where a card alone is enough.</summary>
    public string? PinPage { get; private set; }

    public bool TakesCards => reader.TakesCards && Way != LendingWay.Code;

    /// <summary>What came of a card stands alone, without fields that somebody could be typing into.</summary>
    public bool Told => Card is not null && TakesCards;

    public string AgentPage => reader.AgentPage;

    public async Task<IActionResult> OnGet(int? ready, string? card)
    {
        (Ready, Card, Way) = (ready is not null, CardReturn.RefusalOf(card), await WayHere());
        ShellCookie.Shown.Clear(HttpContext);
        var asked = Card is null && TakesCards && (By == "card" || (By != "id" && reader.AgentIsHere(HttpContext)));
        if (asked && Way == LendingWay.Tap) await reader.AwaitTap(HttpContext, Terminal);
        else if (asked) PinPage = await reader.AskPin(HttpContext, Terminal, Purpose.ShowNumber, [new(DetailLabel.Payee, Desk.Provider.Name)], NumberScreen.BindingOf(Desk.Provider.Id));
        Waits = asked;
        // Nobody may be there to press a button: a question to the card runs out, and what was said of one card is no matter of the next person's.
        if (PinPage is not null) Response.Headers["Refresh"] = $"{PinSeconds}; url={Screen.Home}";
        else if (Told) Response.Headers["Refresh"] = $"{Screen.Seconds}; url={Screen.Home}";
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        Way = await WayHere();
        var token = await useCode.Use(Terminal, MyKeyId, Code, stop);
        // One sentence for both fields: which of them is wrong is told to nobody.
        if (token.Refused is { } no) return this.Refuse(nameof(Code), no);
        ShellCookie.Shown.Set(HttpContext, token.Value, TimeSpan.FromMilliseconds(CitizenTokens.LifeMs));
        return this.SeeOther(Screen.Number);
    }

    private async ValueTask<LendingWay> WayHere() => OfMachine ? await ways.Of(Terminal) : LendingWay.Tap;
}

/// <summary>A library's counter (S2-P9b). Staff do nothing.</summary>
public sealed class CounterWaitPage(TerminalReader reader, UseOneTimeCode useCode, LendingWays ways) : WaitForCard(reader, useCode, ways);
