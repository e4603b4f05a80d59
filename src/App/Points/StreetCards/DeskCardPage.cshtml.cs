using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.App.UsePoints;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;

namespace MyKey.App.StreetCards;

/// <summary>
/// The desk that issues street cards links the new one to the ID of whoever stands there and charges it, in one flow (Z5 S4-07a): card and points, then the citizen's
/// yes, then above the limit card and PIN, then what came of it. The number stands in no address.
/// </summary>
public sealed class DeskCardPage(DeskStreetCards cards, CardAtTerminal reader, CitizenTokens tokens, TimeProvider clock) : TerminalPage
{
    private static readonly NextStep Start = new("はじめの画面へ", "/terminal");

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "カード")]
    public string? Operator { get; set; }

    [BindProperty, Display(Name = "カードの番号")]
    public string? Number { get; set; }

    [BindProperty, Display(Name = "入れるポイント数")]
    public string? Amount { get; set; }

    public IReadOnlyList<SelectListItem> Operators { get; private set; } = [];

    /// <summary>To be confirmed by the citizen.</summary>
    public bool Asked { get; private set; }

    public string Name { get; private set; } = "";

    public string Tail { get; private set; } = "";

    public Kernel.Points Points { get; private set; }

    /// <summary>Linked, and nothing charged.</summary>
    public DeskCharge? Linked { get; private set; }

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        Id = Ids.NewV7(clock);
        return await Show(repeat: false, stop) ?? Page();
    }

    /// <param name="go">The citizen has said yes.</param>
    public async Task<IActionResult> OnPost(bool go, CancellationToken stop)
    {
        if (await Show(repeat: go, stop) is { } no) return no;
        if (!Guid.TryParse(Operator, out var chosen)) return this.Refuse(nameof(Operator), Refusal.Of("field_required", ("field", nameof(Operator))));
        var number = StreetCardNumber.Read(Number);
        if (number.Refused is { } unreadable) return this.Refuse(nameof(Number), unreadable);
        var amount = string.IsNullOrWhiteSpace(Amount) ? Kernel.Points.Zero : Kernel.Points.Read(Amount);
        if (amount.Refused is { } noAmount) return this.Refuse(nameof(Amount), noAmount);
        (Name, Tail, Points) = (Operators.FirstOrDefault(o => o.Value == Operator)?.Text ?? "", number.Value.Tail, amount.Value);
        Asked = !go;
        if (!go) return Page();
        var done = await cards.Run(Terminal, ShellCookie.Shown.Read(HttpContext) ?? "", new WantedCharge(Id, chosen, Points.Value, Number), stop);
        if (done.Ok && done.Value.Charge is not null) return this.SeeOther(DeskStreetCards.PathOf(done.Value));
        Linked = done.Ok ? done.Value : null;
        if (done.Refused is not { } refused) return Page();
        // The card is linked by now: card and PIN charge the one that belongs to this ID, and its number stands in no address.
        if (PasswordSum.AsksForCard(refused) && reader.AgentIsHere(HttpContext)) return this.SeeOther($"/terminal/cards/pin?id={Id}&card={chosen}&points={Points.Value}");
        return refused.Code is "card_unknown" or "card_linked" ? this.Refuse(nameof(Number), refused) : await this.Refuse(refused, Start);
    }

    /// <param name="repeat">The token may be used up by this very form.</param>
    private async Task<IActionResult?> Show(bool repeat, CancellationToken stop)
    {
        var at = await cards.At(Terminal, stop);
        if (at.Refused is { } no) return await this.Refuse(no, Start);
        if (!repeat && (await tokens.Find(ShellCookie.Shown.Read(HttpContext), Terminal, null, stop)).Refused is { } nobody) return await this.Refuse(nobody, Start);
        if (at.Value.Count == 0) return await this.Refuse(Refusal.Of("charge_not_offered"), Start);
        Operators = [.. at.Value.Select(o => new SelectListItem(o.Name, o.Id.ToString()))];
        return null;
    }
}
