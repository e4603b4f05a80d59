using MyKey.App.Attendance;
using MyKey.App.Libraries;
using MyKey.App.Registry;
using MyKey.App.Shared.Components;
using MyKey.App.SignIn;
using MyKey.App.StreetCards;
using MyKey.App.Tickets;
using MyKey.App.Vouchers;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Challenges;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.App.UsePoints;

/// <summary>A card at a terminal: held, it shows who is there (S2-P7a); with the PIN it pays or makes paper of points (A4), exactly what the agent named.</summary>
public sealed class CardAtTerminal(FindTerminal terminals, ShowCard show, CitizenTokens tokens, UsePoints usePoints, IssueTicket issueTicket,
    HandOutVouchers vouchers, DeskStreetCards streetCards, RecordByCard record, TerminalReader reader)
{
    public const string WaitPath = "/terminal";

    public bool TakesCards => reader.TakesCards;

    /// <inheritdoc cref="TerminalReader.AgentIsHere"/>
    public bool AgentIsHere(HttpContext context) => reader.AgentIsHere(context);

    /// <inheritdoc cref="TerminalReader.AwaitTap"/>
    public Task AwaitTap(HttpContext context, Terminal terminal) => reader.AwaitTap(context, terminal);

    /// <summary>The agent's page that names shop, amount, before and after, and asks the PIN.</summary>
    /// <returns>Its address. A page leads there by link or Refresh, never by the answer to a form.</returns>
    public async Task<string> AskPin(HttpContext context, Terminal terminal, PinPayment payment)
    {
        Detail[] details =
        [
            new(DetailLabel.Payee, payment.Shop), new(DetailLabel.Amount, $"{payment.Name} {Words.InWords(payment.Use.Amount)}"),
            new(DetailLabel.Before, Words.InWords(payment.Before)), new(DetailLabel.After, Words.InWords(payment.Before - payment.Use.Amount)),
        ];
        return await reader.AskPin(context, terminal, PurposeOf(payment.Use), details, payment.Use.ToString());
    }

    /// <returns>Where the browser goes: the amount for a card that was held; the receipt for a payment, posted once whatever the browser does.</returns>
    public async Task<Result<string>> Answered(HttpContext context, string code)
    {
        var cookie = ShellCookie.Terminal.Read(context);
        var terminal = await terminals.ByToken(cookie, context.RequestAborted);
        if (terminal.Refused is { } unknown) return unknown;
        var shown = await show.Show(terminal.Value, code, cookie, context.RequestAborted);
        if (shown.Refused is { } no) return no;
        var citizen = await tokens.Find(shown.Value, terminal.Value, null, context.RequestAborted);
        if (citizen.Refused is { } gone) return gone;
        if (terminal.Value.Require(TerminalCall.RecordAttendance).Ok) return await record.Run(context, terminal.Value, shown.Value);
        if (NumberScreen.Of(terminal.Value) is { } numbers) return numbers.Answered(context, shown.Value, citizen.Value);
        if (citizen.Value.Way != Way.Signature)
        {
            ShellCookie.Shown.Set(context, shown.Value, TimeSpan.FromMilliseconds(CitizenTokens.LifeMs));
            return "/terminal/points";
        }
        if (SignedUse.Read(citizen.Value.Binding) is not { } use) return Refusal.Of("auth_failed", ("why", "binding"));
        var done = await Post(terminal.Value, shown.Value, use, context.RequestAborted);
        if (done.Ok) ShellCookie.Shown.Clear(context);
        return done;
    }

    /// <summary>No card within the agent's patience: the waiting page again. A payment given up or refused: back to its amount, which says why. Nothing moved.</summary>
    public static string Ended(AskedQuestion asked, string? word)
    {
        if (word == "none") return WaitPath;
        if (CardReturn.RefusalOf(word) is not null) return $"{WaitPath}?card={word}";
        return SignedUse.Read(asked.Binding) switch
        {
            { Card: not null } => "/terminal/cards",
            { Product: { } product, Amount: var points } => $"/terminal/vouchers/exchange?product={product}&points={points}",
            { Purse: var purse, Amount: var amount, Ticket: var ticket } => $"/terminal/points?issuer={purse}&amount={amount}{(ticket ? "&as=ticket" : "")}",
            _ => WaitPath,
        };
    }

    private async Task<Result<string>> Post(Terminal terminal, string token, SignedUse use, CancellationToken stop) => use switch
    {
        { Card: not null } => (await streetCards.Signed(terminal, token, use, stop)).Then<string>(done => DeskStreetCards.PathOf(done)),
        { Product: { } product } => (await vouchers.Run(terminal, new WantedVouchers(use.Id, token, product, use.Amount.Value), stop)).Then<string>(handed => $"/terminal/vouchers/{handed.Order.Key}"),
        { Ticket: true } => (await issueTicket.Run(terminal, new TicketOrder(use.Id, token, use.Purse.Issuer.Value, use.Amount.Value), stop)).Then<string>(issued => $"/terminal/tickets/{issued.Ticket.Number}"),
        _ => (await usePoints.Run(terminal, new UseOrder(use.Id, token, use.Purse.ToString(), use.Amount.Value), stop)).Then<string>(posted => $"/terminal/done/{posted.Receipt}"),
    };

    private static Purpose PurposeOf(SignedUse use) => use switch { { Card: not null } => Purpose.ChargeCard, { Product: not null } => Purpose.HandOutVoucher, { Ticket: true } => Purpose.IssueTicket, _ => Purpose.UsePoints };
}

/// <summary>The one use that a signature stands for. The citizen belongs to it: another person's card can't pay what was shown to this one.</summary>
/// <param name="Ticket">Not a payment: a ticket of so many points.</param>
/// <param name="Product">Not a payment: so many points become vouchers of this product.</param>
/// <param name="Card">Not a payment: so many points go onto the citizen's card of this operator.</param>
public sealed record SignedUse(TransferId Id, Purse Purse, Points Amount, CitizenId Citizen, bool Ticket = false, Guid? Product = null, Guid? Card = null)
{
    private const string ForTicket = "ticket", ForVoucher = "voucher", ForCard = "card";

    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"{Id.Value:N} {Purse} {Amount.Value} {Citizen.Value:N}{(Card is { } card ? $" {ForCard} {card:N}" : Product is { } product ? $" {ForVoucher} {product:N}" : Ticket ? $" {ForTicket}" : "")}");

    public static SignedUse? Read(string? binding) =>
        binding?.Split(' ') is [var id, var points, var amount, var citizen, .. var more] && Meant(more) is { } meant
        && Guid.TryParseExact(id, "N", out var transfer) && Guid.TryParseExact(citizen, "N", out var person)
        && Purse.Read(points) is { Ok: true } purse && Points.Read(amount) is { Ok: true } many
            ? new SignedUse(new TransferId(transfer), purse.Value, many.Value, CitizenId.Of(person), meant.Ticket, meant.Product, meant.Card) : null;

    private static (bool Ticket, Guid? Product, Guid? Card)? Meant(string[] more) => more switch
    {
        [] => (false, null, null),
        [ForTicket] => (true, null, null),
        [ForVoucher, var product] when Guid.TryParseExact(product, "N", out var id) => (false, id, null),
        [ForCard, var card] when Guid.TryParseExact(card, "N", out var id) => (false, null, id),
        _ => null,
    };
}

/// <summary>A payment as the agent shows it.</summary>
/// <param name="Name">Of the points.</param>
/// <param name="Before">What is left before it.</param>
public sealed record PinPayment(SignedUse Use, string Shop, string Name, Points Before);
