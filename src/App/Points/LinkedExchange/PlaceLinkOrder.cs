using MyKey.App.PartnerLinks;
using MyKey.App.Partners;
using MyKey.App.Reserved;
using MyKey.Identity.Citizens;
using MyKey.Kernel;

namespace MyKey.App.LinkedExchange;

/// <summary>
/// A partner's points become points of a municipality, or reserved ones, over the partner's own login (S2-P11a): the row first, then the debit at the partner under the
/// row's id, then the posting under the same id. Whatever breaks off in between, <see cref="SettleLinkOrders"/> brings to its end.
/// </summary>
public sealed class PlaceLinkOrder(LinkOrders orders, SettleLinkOrder settle, JudgeLinkOrder judge, UseLink link, PartnerCalls calls, TimeProvider clock)
{
    public const int Tries = 2;

    /// <summary>The first request has its tries behind it by then, so what still stands as ordered was broken off.</summary>
    private const int BrokenOffMs = 30_000;

    /// <returns>
    /// The order as far as it has come: only <see cref="LinkOrderState.Posted"/> has made points. As <see cref="JudgeLinkOrder.Run"/>; <c>link_required</c> (partner),
    /// <c>partner_silent</c> (partner) when nothing was asked of the partner, <c>id_reused</c>, and those of <see cref="JudgeLinkOrder.Why"/> for a partner's no.
    /// </returns>
    public Task<Result<LinkOrder>> Run(Citizen citizen, WantedLinkOrder wanted, CancellationToken stop = default) => Run(citizen, wanted, (Actor.Of(citizen.Id), null), stop);

    /// <param name="begun">By whom; and the partner's own number, where it began there (S2-P3b).</param>
    internal async Task<Result<LinkOrder>> Run(Citizen citizen, WantedLinkOrder wanted, (Actor By, Guid? PartnerOrder) begun, CancellationToken stop)
    {
        if (await orders.Find(citizen.Id, wanted.Id, stop) is { } known) return await Again(known, wanted);
        var judged = await judge.Run(wanted);
        if (judged.Refused is { } no) return no;
        var (partner, site) = (judged.Value.Partner, judged.Value.Site);
        var access = await link.Open(citizen.Id, partner, site, stop);
        if (access.Refused is { } unlinked) return unlinked;
        var order = New(citizen.Id, wanted.Id, judged.Value) with { PartnerOrder = begun.PartnerOrder };
        // What stands already is the same form; or the partner's number for somebody else.
        if (!await orders.Begin(order, begun.By, stop)) return await orders.Find(citizen.Id, wanted.Id, stop) is { } same ? await Again(same, wanted) : Refusal.Of("id_reused");
        // From here on the browser may go away: what was begun is brought to its end.
        return Answer(await settle.Apply(order, await Debit(order, partner, site), begun.By, CancellationToken.None), partner);
    }

    private static Result<LinkOrder> Answer(LinkOrder order, Partner partner) => order.State == LinkOrderState.Refused ? JudgeLinkOrder.Why(order, partner) : order;

    private LinkOrder New(CitizenId citizen, Guid asked, JudgedLinkOrder judged)
    {
        var now = clock.NowMs();
        return new LinkOrder(LinkOrder.IdOf(citizen, asked), asked, citizen, judged.Partner.Id, judged.Destination.Code, judged.Points, judged.Worth, judged.Rate, judged.ExpiresOn,
            LinkOrderState.Ordered, null, null, now, now + LinkOrder.DebitMs, now + BrokenOffMs, 0);
    }

    /// <summary>The same number at each try, so that it is debited once; after that, silence is asked about, not tried again.</summary>
    private async Task<PartnerAnswer> Debit(LinkOrder order, Partner partner, PartnerSite site)
    {
        var answer = PartnerAnswer.Silent;
        for (var tried = 0; tried < Tries && answer.Verdict is PartnerVerdict.Silent or PartnerVerdict.Unknown; tried++)
        {
            var debit = new PartnerDebit(order.Id.Value, order.Points, order.NotAfterMs);
            var said = await link.With(order.Citizen, partner, site, access => calls.Debit(site, access, debit, CancellationToken.None), CancellationToken.None);
            // Who is not let in has debited nothing; but a try before may have.
            if (said.Refused?.Code == "link_required" && tried == 0) return new PartnerAnswer(PartnerVerdict.No, 0, "link_required");
            answer = said.Ok ? said.Value : PartnerAnswer.Silent;
        }
        return answer;
    }

    internal async Task<Result<LinkOrder>> Again(LinkOrder known, WantedLinkOrder wanted)
    {
        var partner = await judge.PartnerOf(known);
        return partner.Key == wanted.Partner && known.Points == wanted.Points && Destination.WordOf(known.Issuer) == wanted.Municipality ? Answer(known, partner) : Refusal.Of("id_reused");
    }
}
