using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.App.UsePoints;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;

namespace MyKey.App.StreetCards;

/// <summary>A charge at a desk that needs card and PIN (K-02): what it would pay, and the way to the agent's page. The street card is linked already.</summary>
public sealed class DeskPinPage(DeskStreetCards cards, CitizenTokens tokens, CardAtTerminal reader) : TerminalPage
{
    private static readonly NextStep Start = new("はじめの画面へ", "/terminal");

    public PinPayment Payment { get; private set; } = null!;

    public string PinPage { get; private set; } = "";

    public async Task<IActionResult> OnGet(Guid id, Guid card, long points, CancellationToken stop)
    {
        var shown = await tokens.Find(ShellCookie.Shown.Read(HttpContext), Terminal, null, stop);
        if (shown.Refused is { } nobody) return await this.Refuse(nobody, Start);
        if (!reader.AgentIsHere(HttpContext)) return await this.Refuse(Refusal.Of("step_up_required"), Start);
        var asked = await cards.Ask(Terminal, shown.Value.Citizen.Id, new WantedCharge(id, card, points, null), stop);
        if (asked.Refused is { } no) return await this.Refuse(no, Start);
        Payment = asked.Value;
        PinPage = await reader.AskPin(HttpContext, Terminal, Payment);
        Response.Headers["Refresh"] = $"0; url={PinPage}";
        return Page();
    }
}
