using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;

namespace MyKey.App.UsePoints;

/// <summary>Screen 1 of a payment: the citizen shows himself, by a card that is held (S2-P7a), or types MyKey ID and number, or password (S4-06b, K-02).</summary>
public sealed class ShowPage(ShowCitizen show, CardAtTerminal cards) : TerminalPage
{
    private const string ByCard = "card", ById = "id", ByPassword = "password";

    [BindProperty, Display(Name = "マイキーID")]
    public string? MyKeyId { get; set; }

    [BindProperty, Display(Name = "お店で使う番号")]
    public string? Code { get; set; }

    [BindProperty, Display(Name = "パスワード")]
    public string? Password { get; set; }

    /// <summary><c>id</c>: ID and number; <c>password</c>: ID and password; <c>card</c>: the reader of this terminal; else as it was before.</summary>
    [BindProperty(SupportsGet = true, Name = "by")]
    public string? By { get; set; }

    /// <summary>The terminal was enrolled just now.</summary>
    public bool Ready { get; private set; }

    /// <summary>Waiting for a card that is held; else fields to fill in.</summary>
    public bool Waits { get; private set; }

    public bool TakesCards => cards.TakesCards;

    /// <summary>What may be typed at this terminal.</summary>
    public (bool Code, bool Password) Ways { get; private set; }

    public bool AsksPassword => Ways.Password && (By == ByPassword || !Ways.Code);

    /// <summary>What came of the card before.</summary>
    public Refusal? Card { get; private set; }

    /// <param name="card">How the way to the card ended.</param>
    public async Task OnGet(int? ready, string? card)
    {
        (Ready, Card, Ways) = (ready is not null, CardReturn.RefusalOf(card), await show.Ways(Terminal));
        ShellCookie.Shown.Clear(HttpContext);
        Waits = Card is null && (By == ByCard ? cards.TakesCards : By is not (ById or ByPassword) && cards.AgentIsHere(HttpContext));
        if (Waits) await cards.AwaitTap(HttpContext, Terminal);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        Ways = await show.Ways(Terminal);
        var token = AsksPassword ? await show.ByPassword(Terminal, MyKeyId, Password, stop) : await show.ByCode(Terminal, MyKeyId, Code, stop);
        if (token.Refused is { Code: "step_up_required" } off) return await this.Refuse(off);
        // One sentence for both fields: which of them is wrong is told to nobody.
        if (token.Refused is { } no) return this.Refuse(AsksPassword ? nameof(Password) : nameof(Code), no);
        ShellCookie.Shown.Set(HttpContext, token.Value, TimeSpan.FromMilliseconds(CitizenTokens.LifeMs));
        return RedirectToPage("/Points/UsePoints/AmountPage");
    }
}
