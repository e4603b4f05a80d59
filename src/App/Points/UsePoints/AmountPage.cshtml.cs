using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.App.StreetCards;
using MyKey.App.Terminals;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.UsePoints;

/// <summary>
/// Screen 2 of a payment: what the citizen holds, which of it and how much (S2-P7b, S0-4037). Nothing moves here, so it is a GET throughout:
/// each key is a round trip that adds a digit, and back and reload are harmless.
/// </summary>
public sealed class AmountPage(ShowCitizen show, DeskStreetCards cards) : TerminalPage
{
    private const int MostDigits = 13;
    private const string ForTicket = "ticket";

    /// <summary>Which points, as <see cref="Purse"/> writes them.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Issuer { get; set; }

    [BindProperty(SupportsGet = true), Display(Name = "使うポイント")]
    public string? Amount { get; set; }

    /// <summary><c>ticket</c>: a ticket is made of the points (券発行); else they pay (つかう).</summary>
    [BindProperty(SupportsGet = true, Name = "as")]
    public string? As { get; set; }

    public bool AsTicket => As == ForTicket;

    public IReadOnlyList<HeldRow> Held { get; private set; } = [];

    public HeldRow? Chosen => Held.FirstOrDefault(h => (AsTicket ? h.Ticket : h.Accepted) && h.Purse.ToString() == Issuer);

    /// <summary>Street cards can be linked and charged at this desk (S4-07a).</summary>
    public bool TakesCards { get; private set; }

    /// <summary>What is left if the amount is one and small enough.</summary>
    public Points? Rest => Points.Read(Amount) is { Ok: true } amount && Chosen is { } chosen && amount.Value <= chosen.Usable ? chosen.Usable - amount.Value : null;

    public async Task<IActionResult> OnGet(string? key, string? next, CancellationToken stop)
    {
        var held = await show.Holdings(Terminal, ShellCookie.Shown.Read(HttpContext), stop);
        if (held.Refused is { } nobody) return await this.Refuse(nobody, new NextStep("はじめの画面へ", "/terminal"));
        Held = held.Value;
        TakesCards = (await cards.At(Terminal, stop)) is { Ok: true, Value.Count: > 0 };
        Choose();
        if (key is not null) Amount = Press(key);
        if (next is null) return Shown();
        if (Chosen is not { } chosen) return Page();
        var amount = Points.Read(Amount);
        if (amount.Refused is { } unreadable) return this.Refuse(nameof(Amount), unreadable);
        return amount.Value > chosen.Usable
            ? this.Refuse(nameof(Amount), Refusal.Of("insufficient_points", ("rest", chosen.Usable)))
            : RedirectToPage(AsTicket ? "/Points/Tickets/TicketConfirmPage" : "/Points/UsePoints/ConfirmPage", new { issuer = chosen.Purse.ToString(), amount = amount.Value.Value });
    }

    /// <summary>Is it what is chosen?</summary>
    public bool Is(HeldRow row, bool ticket) => row.Purse.ToString() == Issuer && ticket == AsTicket;

    /// <summary>What this terminal says of a row.</summary>
    public string Here(HeldRow row) => row switch
    {
        { Accepted: true, Ticket: true } or { Accepted: true, Voucher: true } => "この端末で使えます。券にもできます",
        { Accepted: true } => "この端末で使えます",
        { Ticket: true } or { Voucher: true } => "この端末で券にできます",
        _ => Terminal.Require(TerminalCall.UsePoints).Ok ? "この店では使えません" : "この窓口では券にできません",
    };

    /// <summary>Where only one thing can be done here, it is already chosen.</summary>
    private void Choose()
    {
        var (uses, tickets) = (Held.Where(h => h.Accepted).ToList(), Held.Where(h => h.Ticket).ToList());
        if (uses.Count == 0 && tickets.Count > 0) As = ForTicket;
        if (!AsTicket && uses.Count == 1 && tickets.Count == 0) Issuer = uses[0].Purse.ToString();
        if (AsTicket && tickets.Count == 1) Issuer = tickets[0].Purse.ToString();
    }

    private IActionResult Shown()
    {
        ModelState.Clear();   // the field shows what the key made of it, not what was sent
        return Page();
    }

    private string Press(string key)
    {
        var typed = Typed.HalfWidth(Amount).Replace(",", "", StringComparison.Ordinal);
        if (key == "all") return Chosen?.Usable.ToString() ?? "";
        if (key == "back") return typed.Length > 0 ? typed[..^1] : "";
        return key is "0" or "00" && typed.Length == 0 || typed.Length + key.Length > MostDigits || !key.All(char.IsAsciiDigit) ? typed : typed + key;
    }
}
