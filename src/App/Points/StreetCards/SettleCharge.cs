using MyKey.App.LinkedExchange;
using MyKey.App.PartnerLinks;
using MyKey.App.UsePoints;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.StreetCards;

/// <summary>
/// From an answer of a card centre to the end of a charge (S2-P7j). The points were taken first; a centre that has not charged gets nothing, and they go back to
/// the same lots, once. An answer that is lost is asked for until there is one.
/// </summary>
public sealed class SettleCharge(ChargeOrders orders, StreetCardOperators operators, CardCentreCalls calls, FindReturnRule returns, PasswordSum sum, Ledger.Ledger ledger, TimeProvider clock)
{
    private const int FirstAskMs = 5_000;

    /// <summary>Asks the centre what has become of a charge, and acts on it.</summary>
    public async Task<ChargeOrder> Ask(ChargeOrder order, Actor actor, CancellationToken stop)
    {
        var centre = Must.Have(await operators.Find(order.Operator, stop), "the operator of a charge is there");
        return await Apply(order, await calls.Ask(centre, order.Id.Value, stop), actor, stop);
    }

    /// <summary>Acts on an answer, to the charge or to a question after it.</summary>
    internal async Task<ChargeOrder> Apply(ChargeOrder order, PartnerAnswer answer, Actor actor, CancellationToken stop)
    {
        var next = Next(order, answer, clock.NowMs());
        return next.State == ChargeState.Refused ? await GiveBack(order, next, actor, stop) : await orders.Move(order, next, actor, stop);
    }

    /// <summary>What an answer makes of a charge.</summary>
    public static ChargeOrder Next(ChargeOrder order, PartnerAnswer answer, long nowMs) => answer.Verdict switch
    {
        PartnerVerdict.Yes when answer.Points == order.Points.Value => order with { State = ChargeState.Charged, Reason = null, Answered = answer.Points },
        PartnerVerdict.Yes => order with { State = ChargeState.Stuck, Reason = "amount_differs", Answered = answer.Points },
        PartnerVerdict.No => order with { State = ChargeState.Refused, Reason = answer.Reason is "card_unknown" or "limit" or "expired" ? answer.Reason : "refused" },
        // Before its time is over a charge that was sent may still arrive there.
        PartnerVerdict.Unknown when nowMs >= order.DeadMs => order with { State = ChargeState.Refused, Reason = "not_received" },
        PartnerVerdict.Unknown => Later(order, Math.Max(nowMs + FirstAskMs, Math.Min(order.DeadMs, nowMs + SettleLinkOrder.WaitMs(order.Asks)))),
        _ => Later(order, nowMs + SettleLinkOrder.WaitMs(order.Asks)),
    };

    /// <summary>The points go back and the row ends, in one transaction; its id follows from the charge, so it may be tried again.</summary>
    internal async Task<ChargeOrder> GiveBack(ChargeOrder order, ChargeOrder ended, Actor actor, CancellationToken stop)
    {
        var rule = await returns.Of(order.Issuer);
        var id = Ids.Named<TransferId>([.. "charge-return"u8, .. order.Id.Value.Bytes()]);
        var posted = await ledger.Post(Transfer.ChargeReturn(id, orders.BucketOf(order), order.Id, rule, Actor.Job("points-settle-charges")) with
        {
            Companions = [orders.Back(ended), .. await sum.Free(orders.BucketOf(order), order.Id, order.Points.Value)],
        });
        if (posted.Ok)
        {
            if (!posted.Value.Repeated) await orders.Tell(order, ended, actor, stop);
            return ended;
        }
        // Somebody else has given it back this instant, or the ledger is busy: the next run finds out.
        if (posted.Refused!.Code is "busy" or "already_cancelled") return await orders.Move(order, Later(order, clock.NowMs() + FirstAskMs), actor, stop);
        return await orders.Move(order, order with { State = ChargeState.Stuck, Reason = posted.Refused.Code }, actor, stop);
    }

    private static ChargeOrder Later(ChargeOrder order, long nextMs) =>
        order with { State = order.State == ChargeState.Stuck ? ChargeState.Stuck : ChargeState.Asking, NextMs = nextMs, Asks = order.Asks + 1 };
}

/// <summary>Asks again about charges whose answer was lost: whatever happens in between, no point is lost and none comes twice.</summary>
public sealed class SettleCharges(ChargeOrders orders, SettleCharge settle) : IJob
{
    private const int OrdersPerRun = 50;

    public string Name => "points-settle-charges";

    public TimeSpan Every => TimeSpan.FromSeconds(5);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var due = await orders.Due(OrdersPerRun, stop);
        var settled = 0;
        // One centre that is silent does not hold up the others for long: each question has its own timeout.
        foreach (var chunk in due.Chunk(10))
            settled += (await Task.WhenAll(chunk.Select(o => settle.Ask(o, run.Actor, stop)))).Count(o => !o.IsOpen);
        return new JobResult($"settled {settled} of {due.Count}", More: settled == OrdersPerRun);
    }
}
