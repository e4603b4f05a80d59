using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.App.UsePoints;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;
using MyKey.Kernel.Settings;
using MyKey.Ledger;

namespace MyKey.App.Tickets;

/// <summary>Screen 3 of a ticket: what it takes and until when it is good, turned to the citizen. The form carries the ticket's id, so a double click prints one.</summary>
public sealed class TicketConfirmPage(CitizenTokens tokens, LedgerReading reading, Spending spending, IssueTicket issueTicket, TicketPosting posting, CardAtTerminal cards, Settings settings, TimeProvider clock) : TerminalPage
{
    private static readonly NextStep Start = new("はじめの画面へ", "/terminal");

    public string Issuer { get; private set; } = "";

    public string Name { get; private set; } = "";

    public Guid Id { get; private set; }

    public Kernel.Points Amount { get; private set; }

    public Kernel.Points Before { get; private set; }

    public Kernel.Points After => Before - Amount;

    /// <summary>The shopping street that it will be good in; null: the whole municipality.</summary>
    public string? Street { get; private set; }

    /// <summary>With the day of issue (S2-P7g).</summary>
    public long ValidDays { get; private set; }

    /// <summary>The agent's page for the PIN takes the place of this one's answer (K-02); null where the form is enough.</summary>
    public string? PinPage { get; private set; }

    /// <param name="pin">The PIN is asked for whatever the amount.</param>
    public async Task<IActionResult> OnGet(string? issuer, long amount, bool pin, CancellationToken stop)
    {
        var shown = await tokens.Find(ShellCookie.Shown.Read(HttpContext), Terminal, null, stop);
        if (shown.Refused is { } nobody) return await this.Refuse(nobody, Start);
        var code = MunicipalityCode.Read(issuer);
        if (code.Refused is { } unknown) return await this.Refuse(unknown, Start);
        var points = Kernel.Points.From(amount);
        if (points.Refused is { } unreadable) return await this.Refuse(unreadable, Start);
        var office = IssueTicket.Office(Registry, Terminal, code.Value, clock.Today());
        if (office.Refused is { } notHere) return await this.Refuse(notHere, Start);
        var street = await posting.StreetOf(code.Value, office.Value);
        if (street.Refused is { } none) return await this.Refuse(none, Start);
        Street = street.Value is { } id ? Registry.Find(id)?.Name : null;
        var held = await reading.Usable(shown.Value.Citizen.Id, code.Value, clock.Today());
        if (points.Value > held) return await this.Refuse(Refusal.Of("insufficient_points", ("rest", held)), Back(code.Value));
        ValidDays = (await settings.View()).Number("ticket.valid_days", new SettingScope(Issuer: code.Value), clock.NowMs());
        (Issuer, Name, Amount, Before, Id) = (code.Value.Value, Registry.NameOfPoints(code.Value), points.Value, held, Ids.NewV7(clock));
        if (!pin && !await spending.NeedsPin(Terminal, shown.Value, code.Value, points.Value)) return Page();
        if (!cards.AgentIsHere(HttpContext)) return await this.Refuse(Refusal.Of("step_up_required"), Back(code.Value));
        var use = new SignedUse(new TransferId(Id), new Purse(code.Value), points.Value, shown.Value.Citizen.Id, Ticket: true);
        PinPage = await cards.AskPin(HttpContext, Terminal, new PinPayment(use, Shop.Name, Name, held));
        Response.Headers["Refresh"] = $"0; url={PinPage}";
        return Page();
    }

    public async Task<IActionResult> OnPost(Guid id, string? issuer, long amount, CancellationToken stop)
    {
        var issued = await issueTicket.Run(Terminal, new TicketOrder(new TransferId(id), ShellCookie.Shown.Read(HttpContext) ?? "", issuer ?? "", amount), stop);
        if (issued.Refused is { } more && PasswordSum.AsksForCard(more) && cards.AgentIsHere(HttpContext) && MunicipalityCode.Read(issuer) is { Ok: true } town)
            return await this.Refuse(more, new NextStep("カードと暗証番号で券にする", $"/terminal/tickets/confirm?issuer={town.Value}&amount={amount}&pin=true"));
        if (issued.Refused is { } no) return await this.Refuse(no, MunicipalityCode.Read(issuer) is { Ok: true } code ? Back(code.Value) : Start);
        return this.SeeOther($"/terminal/tickets/{issued.Value.Ticket.Number}");
    }

    private static NextStep Back(MunicipalityCode issuer) => new("ポイントと金額に戻る", $"/terminal/points?issuer={issuer}&as=ticket");
}
