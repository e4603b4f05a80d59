using MyKey.App.LinkedExchange;
using MyKey.App.PartnerLinks;
using MyKey.App.Registry;
using MyKey.App.UsePoints;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Settings;
using MyKey.Ledger;

namespace MyKey.App.StreetCards;

/// <summary>What is asked for.</summary>
/// <param name="Id">Made by the caller: the same again answers again.</param>
/// <param name="Operator">Of the card.</param>
/// <param name="Points">Of the operator's municipality, from 1.</param>
/// <param name="Card">The number on the card, as typed; null: the card that belongs to this MyKey ID.</param>
public sealed record WantedCharge(Guid Id, Guid Operator, long Points, string? Card);

/// <summary>A charge that may be made.</summary>
/// <param name="Id">Of the order and the transfer.</param>
public sealed record JudgedCharge(TransferId Id, StreetCardOperator Operator, StreetCardNumber Card, Kernel.Points Points);

/// <summary>
/// Points go onto a street card (S4-07a, S2-P7j). Debit and order are one transaction; then the operator's centre is asked to charge under the same number.
/// Whatever breaks off in between, <see cref="SettleCharges"/> brings to its end.
/// </summary>
public sealed class PlaceCharge(ChargeOrders orders, SettleCharge settle, StreetCardOperators operators, StreetCardLinks links, StreetCardNumbers numbers, CardCentreCalls calls, ChargeReading reading,
    Settings settings, PasswordSum sum, RegistryCache registry, Ledger.Ledger ledger, TimeProvider clock)
{
    /// <summary>The first request has its tries behind it by then, so what still stands as ordered was broken off.</summary>
    private const int BrokenOffMs = 30_000;

    /// <returns>What would be charged; <c>not_found</c>, <c>charge_not_offered</c>, <c>not_started</c> (from), <c>amount_format</c>, <c>card_unknown</c> also where no card belongs to this ID, <c>transfer_forbidden</c> for somebody else's, <c>my_number_refused</c>, <c>pan_refused</c>.</returns>
    public async Task<Result<JudgedCharge>> Judge(CitizenId citizen, WantedCharge wanted, CancellationToken stop = default)
    {
        var id = LinkOrder.IdOf(citizen, wanted.Id);
        if (await operators.Find(wanted.Operator, stop) is not { } found) return Refusal.Of("not_found");
        var offered = found.Offered();
        if (offered.Refused is { } closed) return closed;
        if ((await registry.View()).Find(found.Municipality)?.PaysOn(clock.Today()) is { } early) return early;
        var points = Kernel.Points.From(wanted.Points);
        if (points.Refused is { } noAmount) return noAmount;
        if (string.IsNullOrWhiteSpace(wanted.Card))
            return await links.NumberOf(citizen, wanted.Operator, stop) is { } own ? new JudgedCharge(id, found, own, points.Value) : Refusal.Of("card_unknown");
        var card = StreetCardNumber.Read(wanted.Card);
        if (card.Refused is { } unreadable) return unreadable;
        return await links.IsOfAnother(citizen, wanted.Operator, card.Value, stop) ? Refusal.Of("transfer_forbidden") : new JudgedCharge(id, found, card.Value, points.Value);
    }

    /// <summary>For a citizen on My Page: a card and PIN are asked for where a payment of so much asks for them (K-02).</summary>
    /// <param name="byCard">The session was opened with card and PIN.</param>
    /// <returns>The charge as far as it has come: only <see cref="ChargeState.Charged"/> is on the card. Or as <see cref="Judge"/>, <c>step_up_required</c>, <c>password_limit</c> (perDay), <c>id_reused</c>, those of <see cref="Why"/>, and the ledger's.</returns>
    public async Task<Result<ChargeOrder>> Run(Citizen citizen, bool byCard, WantedCharge wanted, CancellationToken stop = default)
    {
        if (await orders.Find(citizen.Id, LinkOrder.IdOf(citizen.Id, wanted.Id), stop) is { } known) return Again(known, wanted);
        var judged = await Judge(citizen.Id, wanted, stop);
        if (judged.Refused is { } no) return no;
        if (!byCard && judged.Value.Points.Value > await Limit(judged.Value.Operator.Municipality)) return Refusal.Of("step_up_required");
        return await Post(citizen.Id, judged.Value, wanted, async t => byCard ? t : await sum.Count(t), stop);
    }

    /// <summary>More than this needs card and PIN.</summary>
    public async Task<long> Limit(MunicipalityCode issuer) => (await settings.View()).Number("spend.pin_above", new SettingScope(Issuer: issuer), clock.NowMs());

    /// <param name="allow">Adds what goes with the transfer, or says no.</param>
    internal async Task<Result<ChargeOrder>> Post(CitizenId citizen, JudgedCharge judged, WantedCharge wanted, Func<Transfer, Task<Result<Transfer>>> allow, CancellationToken stop)
    {
        var order = await New(citizen, wanted.Id, judged, stop);
        var allowed = await allow(Transfer.Charge(order.Id, citizen, order.Issuer, order.Points, order.Operator, Actor.Of(citizen)));
        if (allowed.Refused is { } forbidden) return forbidden;
        var posted = await ledger.Post(allowed.Value with { Companions = [.. allowed.Value.Companions, orders.Begin(order)] });
        if (posted.Refused is { } no) return no;
        if (posted.Value.Repeated) return Again(Must.Have(await orders.Find(citizen, judged.Id, stop), "a charge that was posted has its row"), wanted);
        // From here on the browser may go away: what was begun is brought to its end.
        var parts = Must.Have(await reading.SourcesOf(orders.BucketOf(order), order.Id, CancellationToken.None), "a charge that was posted is there");
        return Answer(await settle.Apply(order, await Ask(judged, order, parts), Actor.Of(citizen), CancellationToken.None));
    }

    internal static Result<ChargeOrder> Again(ChargeOrder known, WantedCharge wanted) => (known.Operator, known.Points.Value) == (wanted.Operator, wanted.Points) ? Answer(known) : Refusal.Of("id_reused");

    /// <summary>Why a charge was refused, as its citizen is told; the points are back.</summary>
    public static Refusal Why(ChargeOrder order) => order.Reason switch
    {
        "card_unknown" => Refusal.Of("card_unknown"),
        "not_received" or "expired" => Refusal.Of("card_centre_silent"),
        _ => Refusal.Of("charge_refused"),
    };

    private static Result<ChargeOrder> Answer(ChargeOrder order) => order.State == ChargeState.Refused ? Why(order) : order;

    private async Task<ChargeOrder> New(CitizenId citizen, Guid asked, JudgedCharge judged, CancellationToken stop)
    {
        var (now, id) = (clock.NowMs(), judged.Id);
        return new ChargeOrder(id, asked, citizen, judged.Operator.Id, judged.Operator.Municipality, judged.Points, await numbers.Wrap(judged.Card, id.Value, stop), judged.Card.Tail, ChargeState.Ordered, null, null,
            now, now + LinkOrder.DebitMs, now + BrokenOffMs, 0);
    }

    /// <summary>The same number at each try, so that it is charged once; after that, silence is asked about, not tried again.</summary>
    private async Task<PartnerAnswer> Ask(JudgedCharge judged, ChargeOrder order, SourceParts parts)
    {
        var answer = PartnerAnswer.Silent;
        for (var tried = 0; tried < PlaceLinkOrder.Tries && answer.Verdict is PartnerVerdict.Silent or PartnerVerdict.Unknown; tried++)
            answer = await calls.Charge(judged.Operator, judged.Card, order, parts, CancellationToken.None);
        return answer;
    }
}
