using MyKey.App.Mail;
using MyKey.App.PartnerLinks;
using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.Identity.Mail;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.LinkedExchange;

/// <summary>
/// From an answer of the partner to the end of an order. The partner debits first; only what it says it has debited, all of it and no more, becomes
/// points, once, under the id of the order. An answer that is lost is asked for until there is one.
/// </summary>
public sealed class SettleLinkOrder(LinkOrders orders, PartnerCache partners, PartnerCalls calls, Ledger.Ledger ledger, ReserveRule reserve, PointNotices notices, TimeProvider clock)
{
    private const string Posted = "update pts_link_order set state = 'posted' where bucket = @OrderBucket and id = @OrderId and state = 'debited'";

    private const int FirstAskMs = 5_000, LongestWaitMs = 3_600_000;

    /// <summary>Asks the partner what has become of an order, and acts on it.</summary>
    public async Task<LinkOrder> Ask(LinkOrder order, Actor actor, CancellationToken stop)
    {
        if (order.State == LinkOrderState.Debited) return await Post(order, stop);
        var partner = Must.Have((await partners.View()).Find(order.Partner), "the partner of an order is there");
        var answer = partner.SiteOn(clock.Today()) is { } site ? await calls.Ask(partner, site, order.Id.Value, stop) : PartnerAnswer.Silent;
        return await Apply(order, answer, actor, stop);
    }

    /// <summary>Acts on an answer, to the debit or to a question after it.</summary>
    internal async Task<LinkOrder> Apply(LinkOrder order, PartnerAnswer answer, Actor actor, CancellationToken stop)
    {
        var next = Next(order, answer, clock.NowMs());
        var now = await orders.Move(order, next, actor, stop);
        return now.State == LinkOrderState.Debited ? await Post(now, stop) : now;
    }

    /// <summary>What an answer makes of an order.</summary>
    public static LinkOrder Next(LinkOrder order, PartnerAnswer answer, long nowMs) => answer.Verdict switch
    {
        PartnerVerdict.Yes when answer.Points == order.Points => order with { State = LinkOrderState.Debited, Reason = null, Answered = answer.Points, NextMs = nowMs },
        PartnerVerdict.Yes => order with { State = LinkOrderState.Stuck, Reason = "amount_differs", Answered = answer.Points },
        PartnerVerdict.No => order with { State = LinkOrderState.Refused, Reason = Known(answer.Reason) },
        // Before its time is over a debit that was sent may still arrive there.
        PartnerVerdict.Unknown when nowMs >= order.DeadMs => order with { State = LinkOrderState.Refused, Reason = "not_received" },
        PartnerVerdict.Unknown => Later(order, Math.Max(nowMs + FirstAskMs, Math.Min(order.DeadMs, nowMs + WaitMs(order.Asks)))),
        _ => Later(order, nowMs + WaitMs(order.Asks)),
    };

    /// <summary>Posts what the partner has debited. A crash before or after leaves it to the job: the same id, so once.</summary>
    internal async Task<LinkOrder> Post(LinkOrder order, CancellationToken stop)
    {
        var lot = new ExchangedLot(order.LotExpiresOn, order.Partner, (order.Rate.Partner, order.Rate.Municipal));
        var posted = await ledger.Post(Transfer.Exchange(order.Id, order.Citizen, order.Issuer, order.Worth, lot, Actor.Of(order.Citizen)) with
        {
            Settings = await reserve.InForce(order.Issuer, order.OrderedMs),
            Companions = [new Companion(Posted, [("OrderBucket", orders.BucketOf(order)), ("OrderId", order.Id)], 1, Refusal.Of("busy")), .. await notices.For(order.Citizen, Notice.Exchanged, new Purse(order.Issuer))],
        });
        if (posted.Ok) return order with { State = LinkOrderState.Posted };
        if (posted.Refused!.Code == "busy") return order;
        return await orders.Move(order, order with { State = LinkOrderState.Stuck, Reason = posted.Refused.Code }, Actor.Of(order.Citizen), stop);
    }

    private static LinkOrder Later(LinkOrder order, long nextMs) =>
        order with { State = order.State == LinkOrderState.Stuck ? LinkOrderState.Stuck : LinkOrderState.Asking, NextMs = nextMs, Asks = order.Asks + 1 };

    /// <summary>5 seconds, then twice as long each time, up to an hour: it is asked for as long as it takes.</summary>
    internal static long WaitMs(int asks) => Backoff.WaitMs(asks, FirstAskMs, LongestWaitMs);

    /// <summary>Whatever a partner writes, one of these words is kept.</summary>
    private static string Known(string? reason) => reason is "insufficient_points" or "expired" or "limit" or "link_required" ? reason : "refused";
}
