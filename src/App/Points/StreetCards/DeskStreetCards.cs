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
public sealed record DeskCharge(StreetCardOperator Operator, string Tail, bool Linked, ChargeOrder? Charge);

/// <summary>
/// At the desk that issues street cards: the new card is linked to the ID of whoever stands there, and charged if wanted, in one flow (Z5 S4-07a, S4-07e). The desk
/// is one of the operator's municipality.
/// </summary>
public sealed class DeskStreetCards(StreetCardOperators operators, StreetCardLinks links, CardCentreCalls calls, PlaceCharge place, ChargeOrders orders, CitizenTokens tokens, Spending spending,
    RegistryCache registry)
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
        var id = LinkOrder.IdOf(new CitizenId(terminal.Id.Value), wanted.Id);
        var at = await At(terminal, stop);
        if (at.Refused is { } noDesk) return noDesk;
        if (at.Value.FirstOrDefault(o => o.Id == wanted.Operator) is not { } one) return Refusal.Of("not_found");
        var shown = await tokens.Find(token, terminal, id, stop);
        if (shown.Refused is { } nobody) return nobody;
        var citizen = shown.Value.Citizen.Id;
        var number = StreetCardNumber.Read(wanted.Card);
        if (number.Refused is { } unreadable) return unreadable;
        if (await orders.Find(citizen, id, stop) is { } known) return PlaceCharge.Again(known, wanted).Then<DeskCharge>(o => new DeskCharge(one, number.Value.Tail, true, o));
        if (wanted.Points != 0 && (await place.Judge(citizen, wanted, stop)).Refused is { } no) return no;
        var balance = await calls.Balance(one, number.Value, stop);
        if (balance.Verdict != PartnerVerdict.Yes) return Refusal.Of(balance.Verdict == PartnerVerdict.Unknown ? "card_unknown" : "card_centre_silent");
        // A link moves no points and takes no token: the same token still pays for one charge.
        var linked = await links.Make(citizen, one, number.Value, terminal.Actor, stop);
        if (linked.Refused is { } taken) return taken;
        if (wanted.Points == 0) return new DeskCharge(one, number.Value.Tail, true, null);
        var judged = new JudgedCharge(id, one, number.Value, new Kernel.Points(wanted.Points));
        return (await place.Post(citizen, judged, wanted, t => spending.Allow(terminal, shown.Value, token, t), stop)).Then<DeskCharge>(o => new DeskCharge(one, number.Value.Tail, true, o));
    }
}
