using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.UsePoints;

/// <summary>Screen 1 of a payment: the citizen shows himself, by a card that is held (S2-P7a) or by MyKey ID and the number for shops (S4-06b, K-02).</summary>
public sealed class ShowPage(UseOneTimeCode use, Settings settings, CardAtTerminal cards, TimeProvider clock) : TerminalPage
{
    [BindProperty, Display(Name = "マイキーID")]
    public string? MyKeyId { get; set; }

    [BindProperty, Display(Name = "お店で使う番号")]
    public string? Code { get; set; }

    /// <summary>The terminal was enrolled just now.</summary>
    public bool Ready { get; private set; }

    /// <summary>Waiting for a card that is held; else the fields for ID and number.</summary>
    public bool Waits { get; private set; }

    public bool TakesCards => cards.TakesCards;

    /// <summary>What came of the card before.</summary>
    public Refusal? Card { get; private set; }

    /// <param name="by"><c>id</c>: ID and number; <c>card</c>: the reader of this terminal; else as it was before.</param>
    /// <param name="card">How the way to the card ended.</param>
    public async Task OnGet(int? ready, string? by, string? card)
    {
        (Ready, Card) = (ready is not null, CardReturn.RefusalOf(card));
        ShellCookie.Shown.Clear(HttpContext);
        Waits = by != "id" && Card is null && (by == "card" ? cards.TakesCards : cards.AgentIsHere(HttpContext));
        if (Waits) await cards.AwaitTap(HttpContext, Terminal);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var scope = new SettingScope(Place: Terminal.Municipality, Terminal: Terminal.Id);
        if (!(await settings.View()).On("spend.code", scope, clock.NowMs())) return await this.Refuse(Refusal.Of("step_up_required"));
        var token = await use.Use(Terminal, MyKeyId, Code, stop);
        if (token.Refused is { } no) return this.Refuse(nameof(Code), no);
        ShellCookie.Shown.Set(HttpContext, token.Value, TimeSpan.FromMilliseconds(CitizenTokens.LifeMs));
        return RedirectToPage("/Points/UsePoints/AmountPage");
    }
}
