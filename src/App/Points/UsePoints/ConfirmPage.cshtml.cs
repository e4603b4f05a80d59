using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;

namespace MyKey.App.UsePoints;

/// <summary>
/// Screen 3 of a payment: nothing but amount, shop, before and after, turned to the citizen. The form carries the transfer's id, so a double
/// click, a reload and a second tab use the points once.
/// </summary>
public sealed class ConfirmPage(CitizenTokens tokens, ShowCitizen show, UsePoints usePoints, Spending spending, CardAtTerminal cards, TimeProvider clock) : TerminalPage
{
    private static readonly NextStep Start = new("はじめの画面へ", "/terminal");

    /// <summary>Which points.</summary>
    public string Issuer { get; private set; } = "";

    public string Name { get; private set; } = "";

    public Guid Id { get; private set; }

    public Points Amount { get; private set; }

    public Points Before { get; private set; }

    public Points After => Before - Amount;

    /// <summary>The agent's page for the PIN takes the place of this one's answer (K-02); null where the form is enough.</summary>
    public string? PinPage { get; private set; }

    /// <param name="pin">The PIN is asked for whatever the amount.</param>
    public async Task<IActionResult> OnGet(string? issuer, long amount, bool pin, CancellationToken stop)
    {
        var shown = await tokens.Find(ShellCookie.Shown.Read(HttpContext), Terminal, null, stop);
        if (shown.Refused is { } nobody) return await this.Refuse(nobody, Start);
        var purse = Purse.Read(issuer);
        if (purse.Refused is { } unknown) return await this.Refuse(unknown, Start);
        var points = Points.From(amount);
        if (points.Refused is { } unreadable) return await this.Refuse(unreadable, Start);
        var held = await show.Usable(shown.Value.Citizen.Id, purse.Value);
        if (points.Value > held) return await this.Refuse(Refusal.Of("insufficient_points", ("rest", held)), Back(purse.Value));
        (Issuer, Name, Amount, Before, Id) = (purse.Value.ToString(), Registry.NameOfPoints(purse.Value), points.Value, held, Ids.NewV7(clock));
        if (!pin && !await spending.NeedsPin(Terminal, shown.Value, purse.Value.Issuer, points.Value)) return Page();
        if (!cards.AgentIsHere(HttpContext)) return await this.Refuse(Refusal.Of("step_up_required"), Back(purse.Value));
        var use = new SignedUse(new TransferId(Id), purse.Value, points.Value, shown.Value.Citizen.Id);
        PinPage = await cards.AskPin(HttpContext, Terminal, new PinPayment(use, Shop.Name, Name, held));
        Response.Headers["Refresh"] = $"0; url={PinPage}";
        return Page();
    }

    public async Task<IActionResult> OnPost(Guid id, string? issuer, long amount, CancellationToken stop)
    {
        var posted = await usePoints.Run(Terminal, new UseOrder(new TransferId(id), ShellCookie.Shown.Read(HttpContext) ?? "", issuer ?? "", amount), stop);
        if (posted.Refused is { } more && PasswordSum.AsksForCard(more) && cards.AgentIsHere(HttpContext) && Purse.Read(issuer) is { Ok: true } points)
            return await this.Refuse(more, new NextStep("カードと暗証番号で使う", $"/terminal/confirm?issuer={points.Value}&amount={amount}&pin=true"));
        if (posted.Refused is { } no) return await this.Refuse(no, Purse.Read(issuer) is { Ok: true } purse ? Back(purse.Value) : Start);
        return RedirectToPage("/Points/UsePoints/DonePage", new { receipt = posted.Value.Receipt.ToString() });
    }

    private static NextStep Back(Purse purse) => new("ポイントと金額に戻る", $"/terminal/points?issuer={purse}");
}
