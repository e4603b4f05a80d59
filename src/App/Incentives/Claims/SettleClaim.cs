using MyKey.App.LinkedExchange;
using MyKey.App.Mail;
using MyKey.App.PaymentAccounts;
using MyKey.App.PaymentServices;
using MyKey.App.Registry;
using MyKey.App.UsePoints;
using MyKey.Identity.Mail;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.Claims;

/// <summary>
/// From an answer of a payment service to the end of a claim (S1-40, S1-43). The entitlement was taken first; a service that has not granted gets nothing, and it is unclaimed again, once. An answer that is
/// lost is asked for until there is one.
/// </summary>
public sealed class SettleClaim(ClaimRows claims, FindPaymentServices services, ServiceCalls calls, MyPaymentAccounts accounts, FindReturnRule returns, PointNotices notices, Ledger.Ledger ledger, TimeProvider clock)
{
    private const int FirstAskMs = 5_000;

    /// <summary>Asks the service what has become of an order, and acts on it.</summary>
    public async Task<Claim> Ask(Claim claim, Actor actor, CancellationToken stop)
    {
        var service = Must.Have(await services.Find(claim.To!.Value.Service, stop), "the service of an order is there");
        return await Apply(claim, await calls.Ask(service, claim.Id.Value, stop), actor, stop);
    }

    /// <summary>Acts on an answer, to the order, to a question after it, or one that the service sent by itself.</summary>
    internal async Task<Claim> Apply(Claim claim, ServiceAnswer answer, Actor actor, CancellationToken stop)
    {
        if (!claim.IsOpen && claim.State != ClaimState.Stuck) return claim;
        var next = Next(claim, answer, clock.NowMs());
        return next.State == ClaimState.Refused ? await GiveBack(claim, next, actor, stop) : await claims.Move(claim, next, actor, stop);
    }

    /// <summary>What an answer makes of a claim.</summary>
    public static Claim Next(Claim claim, ServiceAnswer answer, long nowMs) => answer.Verdict switch
    {
        OrderVerdict.Accepted or OrderVerdict.Granted when answer.Points != claim.Points.Value => claim with { State = ClaimState.Stuck, Reason = "amount_differs", Answered = answer.Points },
        OrderVerdict.Granted => claim with { State = ClaimState.Granted, Reason = null, Answered = answer.Points, AtMs = (claim.AtMs.Ordered, claim.AtMs.Accepted, nowMs) },
        OrderVerdict.Accepted => claim with
        {
            State = ClaimState.Accepted,
            Reason = null,
            Answered = answer.Points,
            AtMs = (claim.AtMs.Ordered, claim.AtMs.Accepted ?? nowMs, null),
            NextMs = nowMs + SettleLinkOrder.WaitMs(claim.Asks),
            Asks = claim.Asks + 1,
        },
        OrderVerdict.Refused => claim with { State = ClaimState.Refused, Reason = answer.Reason, DueNext = claim.Fallback != Fallback.None, NextMs = nowMs },
        // It was there and is gone: nobody knows whether it was granted.
        OrderVerdict.Unknown when claim.AtMs.Accepted is not null => claim with { State = ClaimState.Stuck, Reason = "forgotten" },
        // Before its time is over an order that was sent may still arrive there.
        OrderVerdict.Unknown when nowMs >= claim.DeadMs => claim with { State = ClaimState.Refused, Reason = "not_received", DueNext = claim.Fallback != Fallback.None, NextMs = nowMs },
        OrderVerdict.Unknown => Later(claim, Math.Max(nowMs + FirstAskMs, Math.Min(claim.DeadMs, nowMs + SettleLinkOrder.WaitMs(claim.Asks)))),
        _ => Later(claim, nowMs + SettleLinkOrder.WaitMs(claim.Asks)),
    };

    /// <summary>The points go back, the row ends, an account that is none any more is marked and the citizen is told, in one transaction; its id follows from the claim, so it may be tried again.</summary>
    internal async Task<Claim> GiveBack(Claim claim, Claim ended, Actor actor, CancellationToken stop)
    {
        var to = claim.To!.Value;
        var id = Ids.Named<TransferId>([.. "payout-return"u8, .. claim.Id.Value.Bytes()]);
        Companion[] mark = ended.Reason == "invalid_account" ? [accounts.MarkInvalid(claim.Citizen, to.Account)] : [];
        var told = await notices.For(claim.Citizen, Notice.PayoutReturned, new Purse(claim.Municipality));
        var back = Transfer.PayoutReturn(id, claims.BucketOf(claim), claim.Id, claim.Programme, await returns.Of(claim.Municipality), Actor.Job(SettleClaims.JobName));
        var posted = await ledger.Post(back with { Companions = [claims.Back(ended), .. mark, .. told] });
        if (posted.Ok)
        {
            if (!posted.Value.Repeated) await claims.Tell(claim, ended, actor, stop);
            return ended;
        }
        // Somebody else has given it back this instant, or the ledger is busy: the next run finds out.
        if (posted.Refused!.Code is "busy" or "already_cancelled") return await claims.Move(claim, Later(claim, clock.NowMs() + FirstAskMs), actor, stop);
        return await claims.Move(claim, claim with { State = ClaimState.Stuck, Reason = posted.Refused.Code }, actor, stop);
    }

    private static Claim Later(Claim claim, long nextMs) =>
        claim with { State = claim.State is ClaimState.Stuck or ClaimState.Accepted ? claim.State : ClaimState.Asking, NextMs = nextMs, Asks = claim.Asks + 1 };
}

/// <summary>Asks again about orders whose answer was lost or is still to come, and tries what the citizen has signed for where one came back. Whatever happens in between, nothing is lost and nothing comes twice.</summary>
public sealed class SettleClaims(ClaimRows claims, SettleClaim settle, JudgeClaim judge, PlaceClaim place, TimeProvider clock) : IJob
{
    public const string JobName = "incentives-settle-claims";

    private const int ClaimsPerRun = 100;

    public string Name => JobName;

    public TimeSpan Every => TimeSpan.FromSeconds(5);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var due = await claims.Due(ClaimsPerRun, stop);
        var settled = 0;
        // One service that is silent does not hold up the others for long: each question has its own timeout.
        foreach (var chunk in due.Chunk(10)) settled += (await Task.WhenAll(chunk.Select(c => c.DueNext ? Follow(c, run.Actor, stop) : Ask(c, run.Actor, stop)))).Count(ended => ended);
        return new JobResult($"settled {settled} of {due.Count}", More: settled == ClaimsPerRun && due.Any(c => c.NextMs <= clock.NowMs()));
    }

    private async Task<bool> Ask(Claim claim, Actor actor, CancellationToken stop) => !(await settle.Ask(claim, actor, stop)).IsOpen;

    private async Task<bool> Follow(Claim refused, Actor actor, CancellationToken stop)
    {
        if (await judge.After(refused, stop) is { } target && (await place.Follow(refused, target, actor, stop)).Refused?.Code == "busy") return false;
        await claims.Followed(refused, stop);
        return true;
    }
}
