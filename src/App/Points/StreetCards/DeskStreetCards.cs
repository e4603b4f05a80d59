using MyKey.App.LinkedExchange;
using MyKey.App.PartnerLinks;
using MyKey.App.Registry;
using MyKey.App.UsePoints;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.StreetCards;

/// <summary>What came of a card at a desk.</summary>
/// <param name="Charge">Null where nothing was charged.</param>
/// <param name="Linked">The card belongs to the citizen's ID now, or did before.</param>
/// <param name="Receipt">Of the charge.</param>
public sealed record DeskCharge(StreetCardOperator Operator, string Tail, bool Linked, ChargeOrder? Charge, ReceiptNumber? Receipt = null);

/// <summary>
/// At the desk that issues street cards: the new card is linked to the ID of whoever stands there, and charged if wanted, in one flow (Z5 S4-07a, S4-07e). The desk
/// is one of the operator's municipality.
/// </summary>
public sealed class DeskStreetCards(StreetCardOperators operators, StreetCardLinks links, CardCentreCalls calls, PlaceCharge place, ChargeOrders orders, CitizenTokens tokens, Spending spending,
    LedgerReading reading, RegistryCache registry, TimeProvider clock)
{
    /// <summary>Whose cards this desk can link and charge.</summary>
    /// <returns>Or <c>role_forbidden</c>.</returns>
    public async Task<Result<IReadOnlyList<StreetCardOperator>>> At(Terminal terminal, CancellationToken stop = default)
    {
        if (terminal.Require(TerminalCall.HandOutVoucher).Refused is { } no) return no;
        var desk = terminal.Holder is { } holder && (await registry.View()).Find(new AcceptorId(holder)) is { State: AcceptorState.Active } found ? found : null;
        return (await operators.All(stop)).Where(o => o.State == StreetCardState.On && desk is not null && o.Municipality.Contains(desk.Municipality)).ToList();
    }

    /// <returns>
    /// What came of it; or as <see cref="At"/>, <see cref="PlaceCharge.Judge"/> and <see cref="PlaceCharge.Run"/>, <c>token_expired</c>, <c>id_suspended</c>, <c>card_linked</c>,
    /// <c>card_centre_silent</c> when nobody says whether there is such a card.
    /// </returns>
    public async Task<Result<DeskCharge>> Run(Terminal terminal, string token, WantedCharge wanted, CancellationToken stop = default)
    {
        // The terminal stands in the id: it is known before the citizen is, for a repeat whose token is used up.
        var id = IdOf(terminal, wanted.Id);
        var at = await One(terminal, wanted.Operator, stop);
        if (at.Refused is { } noDesk) return noDesk;
        var one = at.Value;
        var shown = await tokens.Find(token, terminal, id, stop);
        if (shown.Refused is { } nobody) return nobody;
        var citizen = shown.Value.Citizen.Id;
        var number = StreetCardNumber.Read(wanted.Card);
        if (number.Refused is { } unreadable) return unreadable;
        if (await orders.Find(citizen, id, stop) is { } known) return await Told(one, PlaceCharge.Again(known, wanted));
        if (wanted.Points != 0 && (await place.Judge(citizen, wanted, stop)).Refused is { } no) return no;
        var balance = await calls.Balance(one, number.Value, stop);
        if (balance.Verdict != PartnerVerdict.Yes) return Refusal.Of(balance.Verdict == PartnerVerdict.Unknown ? "card_unknown" : "card_centre_silent");
        // A link moves no points and takes no token: the same token still pays for one charge.
        var linked = await links.Make(citizen, one, number.Value, terminal.Actor, stop);
        if (linked.Refused is { } taken) return taken;
        if (wanted.Points == 0) return new DeskCharge(one, number.Value.Tail, true, null);
        var judged = new JudgedCharge(id, one, number.Value, new Kernel.Points(wanted.Points));
        return await Told(one, await place.Post(citizen, judged, wanted, t => spending.Allow(terminal, shown.Value, token, t), stop));
    }

    /// <summary>The id of the charge that a form at this terminal asks for.</summary>
    public static TransferId IdOf(Terminal terminal, Guid asked) => LinkOrder.IdOf(new CitizenId(terminal.Id.Value), asked);

    /// <summary>Where a terminal shows a charge.</summary>
    public static string PathOf(DeskCharge done) => $"/terminal/cards/{done.Receipt}";

    /// <summary>What card and PIN would pay, named on the agent's page: points onto the card that belongs to this ID by now.</summary>
    /// <returns>Or as <see cref="At"/> and <see cref="PlaceCharge.Judge"/>, <c>insufficient_points</c> (rest).</returns>
    public async Task<Result<PinPayment>> Ask(Terminal terminal, CitizenId citizen, WantedCharge wanted, CancellationToken stop = default)
    {
        var at = await One(terminal, wanted.Operator, stop);
        if (at.Refused is { } noDesk) return noDesk;
        var one = at.Value;
        var judged = await place.Judge(citizen, wanted with { Card = null }, stop);
        if (judged.Refused is { } no) return no;
        var before = await reading.Usable(citizen, one.Municipality, clock.Today());
        if (judged.Value.Points > before) return Refusal.Of("insufficient_points", ("rest", before));
        var use = new SignedUse(IdOf(terminal, wanted.Id), new Purse(one.Municipality), judged.Value.Points, citizen, Card: one.Id);
        return new PinPayment(use, $"{one.Name}（終わりが{judged.Value.Card.Tail}）", (await registry.View()).NameOfPoints(one.Municipality), before);
    }

    /// <summary>Charges what a signature at this terminal stands for.</summary>
    /// <returns>As <see cref="Run"/>; <c>auth_failed</c> when another person has signed.</returns>
    public async Task<Result<DeskCharge>> Signed(Terminal terminal, string token, SignedUse use, CancellationToken stop = default)
    {
        var at = await One(terminal, use.Card, stop);
        if (at.Refused is { } noDesk) return noDesk;
        var one = at.Value;
        var shown = await tokens.Find(token, terminal, use.Id, stop);
        if (shown.Refused is { } nobody) return nobody;
        if (shown.Value.Citizen.Id != use.Citizen) return Refusal.Of("auth_failed", ("why", "binding"));
        var wanted = new WantedCharge(use.Id.Value, one.Id, use.Amount.Value, null);
        var judged = await place.Judge(shown.Value.Citizen.Id, wanted, stop);
        if (judged.Refused is { } no) return no;
        return await Told(one, await place.Post(shown.Value.Citizen.Id, judged.Value with { Id = use.Id }, wanted, t => spending.Allow(terminal, shown.Value, token, t), stop));
    }

    /// <summary>A charge that was made at this terminal, by its receipt number.</summary>
    /// <returns>It; <c>number_format</c>, <c>transfer_unknown</c> also for another terminal's.</returns>
    public async Task<Result<DeskCharge>> Find(Terminal terminal, string? receipt, CancellationToken stop = default)
    {
        var number = ReceiptNumber.Read(receipt);
        if (number.Refused is { } unreadable) return unreadable;
        if (await reading.Find(number.Value) is not { Kind: TransferKind.Charge } line || await orders.Find(number.Value.Bucket, line.Id, stop) is not { } order
            || await operators.Find(order.Operator, stop) is not { } one || await reading.TerminalOf(number.Value.Bucket, line.Id) != terminal.Id) return Refusal.Of("transfer_unknown");
        return new DeskCharge(one, order.Tail, true, order, line.Receipt);
    }

    private async Task<Result<StreetCardOperator>> One(Terminal terminal, Guid? id, CancellationToken stop) =>
        (await At(terminal, stop)).Then<StreetCardOperator>(all => all.FirstOrDefault(o => o.Id == id) is { } one ? one : Refusal.Of("not_found"));

    private async Task<Result<DeskCharge>> Told(StreetCardOperator one, Result<ChargeOrder> placed)
    {
        if (placed.Refused is { } no) return no;
        var line = Must.Have(await reading.Find(orders.BucketOf(placed.Value), placed.Value.Id), "a charge that was posted is there");
        return new DeskCharge(one, placed.Value.Tail, true, placed.Value, line.Receipt);
    }
}
