using MyKey.App.OnlineSites;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.App.SiteEvents;
using MyKey.App.UsePoints;
using MyKey.Identity;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.Pledges;

/// <summary>A part of a pledge or of its capture.</summary>
/// <param name="Id">Made by the caller: the same again answers again.</param>
public sealed record WantedPart(Guid Id, long Amount);

/// <summary>
/// What a pledge comes to: captured, wholly or in part, or released; what was captured goes back in parts. Row and points move in one transaction, so of a capture,
/// a release and the end of its days exactly one counts (S4-12a, S4-13a, M-D1).
/// </summary>
public sealed class EndPledge(PledgeRows rows, OnlineSiteCache sites, SiteEventRows events, FindReturnRule returns, PasswordSum sum, OperationLog log, Ledger.Ledger ledger, TimeProvider clock)
{
    /// <returns>The pledge, captured; what is left over has gone back. <c>not_found</c>, <c>amount_format</c>, <c>insufficient_points</c> (rest), <c>pledge_over</c>, <c>pledge_captured</c>, <c>id_reused</c>.</returns>
    public async Task<Result<Pledge>> Capture(SiteCall call, Guid asked, WantedPart part, CancellationToken stop = default)
    {
        if (await rows.Find(Pledge.IdOf(call.Site.Id, asked), stop) is not { } pledge) return Refusal.Of("not_found");
        var amount = Points.From(part.Amount);
        if (amount.Refused is { } unreadable) return unreadable;
        var id = Named("pledge-capture", pledge, part.Id);
        if (Taken(pledge, id, part.Amount) is { } answer) return answer.Refused is { } no ? no : await WithoutRest(answer.Value, call.By, stop);
        if (part.Amount > pledge.Amount.Value) return Refusal.Of("insufficient_points", ("rest", pledge.Amount.Value));
        if (!pledge.IsOpenAt(clock.NowMs())) return Refusal.Of("pledge_over");
        var posted = await ledger.Post(Transfer.Capture(id, pledge.Citizen, Account.Pledge(pledge.Issuer, pledge.Id), amount.Value, pledge.Acceptor, call.By) with { Companions = [rows.Captured(pledge, id, part.Amount)] });
        pledge = await Now(pledge, stop);
        if (Taken(pledge, id, part.Amount) is { } outcome) return outcome.Refused is { } late ? late : await WithoutRest(outcome.Value, call.By, stop);
        return posted.Refused ?? Refusal.Of("busy");
    }

    /// <returns>The pledge, released, whoever did it; <c>not_found</c>, <c>pledge_captured</c>.</returns>
    public async Task<Result<Pledge>> Release(SiteCall call, Guid asked, CancellationToken stop = default) =>
        await rows.Find(Pledge.IdOf(call.Site.Id, asked), stop) is { } pledge ? await Release(pledge, "site", call.By, [], stop) : Refusal.Of("not_found");

    /// <returns>The pledge; <c>not_found</c>, <c>amount_format</c>, <c>refund_exceeds</c> (rest), <c>id_reused</c>, <c>cancel_forbidden</c> when the points would be over at once.</returns>
    public async Task<Result<Pledge>> Refund(SiteCall call, Guid asked, WantedPart part, CancellationToken stop = default) =>
        await rows.Find(Pledge.IdOf(call.Site.Id, asked), stop) is { } pledge ? await Refund(pledge, part, call.By, [], stop) : Refusal.Of("not_found");

    /// <summary>An operator gives a pledge back, or part of what was captured, and says why (table Z2).</summary>
    /// <param name="part">Amount 0 for a pledge that is held: all of it.</param>
    /// <returns>As <see cref="Release(SiteCall, Guid, CancellationToken)"/> and <see cref="Refund(SiteCall, Guid, WantedPart, CancellationToken)"/>; <c>role_forbidden</c>, <c>confirm_required</c>, <c>field_required</c> (field), <c>too_large</c>, and what free text is refused for.</returns>
    public async Task<Result<Pledge>> ByOperator(StaffAtWork work, TransferId id, WantedPart part, string? reason, CancellationToken stop = default)
    {
        if ((work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        if (await rows.Find(id, stop) is not { } pledge) return Refusal.Of("not_found");
        var why = ReasonText.Read(reason, "reason");
        if (why.Refused is { } unreadable) return unreadable;
        var site = (await sites.View()).Find(pledge.Site);
        if (pledge.State != PledgeState.Captured)
            return await Release(pledge, "staff", work.Actor, [.. Line("pledge.released", work, pledge, null, why.Value), .. events.Companions(site, SiteNews.PledgeReleased(pledge.AskedId, pledge.Order, pledge.Amount.Value, "staff"))], stop);
        return await Refund(pledge, part, work.Actor,
            [.. Line("pledge.refunded", work, pledge, part.Amount, why.Value), .. events.Companions(site, SiteNews.PledgeRefunded((pledge.AskedId, pledge.Order), part.Amount, pledge.Refunded + part.Amount))], stop);
    }

    /// <summary>What the job finds: a pledge that has run out, or what a capture has left over.</summary>
    internal async Task<bool> End(Pledge pledge, Actor by, CancellationToken stop)
    {
        if (pledge.State == PledgeState.Captured) return (await WithoutRest(pledge, by, stop)).Rest == 0;
        var site = (await sites.View()).Find(pledge.Site);
        return (await Release(pledge, "expired", by, events.Companions(site, SiteNews.PledgeReleased(pledge.AskedId, pledge.Order, pledge.Amount.Value, "expired")), stop)).Ok;
    }

    private async Task<Result<Pledge>> Release(Pledge pledge, string why, Actor by, IReadOnlyList<Companion> besides, CancellationToken stop)
    {
        if (Gone(pledge) is { } before) return before;
        var posted = await ledger.Post(Transfer.Release(Named("pledge-release", pledge), pledge.Bucket, pledge.Id, pledge.Acceptor, by) with { Companions = [rows.Released(pledge, why), .. besides, .. await Free(pledge, pledge.Amount.Value)] });
        return Gone(await Now(pledge, stop)) ?? posted.Refused ?? Refusal.Of("busy");
    }

    private async Task<Result<Pledge>> Refund(Pledge pledge, WantedPart part, Actor by, IReadOnlyList<Companion> besides, CancellationToken stop)
    {
        var amount = Points.From(part.Amount);
        if (amount.Refused is { } unreadable) return unreadable;
        if (pledge.Capture is not { } capture) return Refusal.Of("refund_exceeds", ("rest", 0L));
        var rule = await returns.Of(pledge.Issuer);
        var posted = await ledger.Post(Transfer.Refund(Named("pledge-refund", pledge, part.Id), pledge.Bucket, capture, amount.Value, pledge.Acceptor, rule, by) with
        {
            Companions = [PledgeRows.Refunded(pledge, part.Amount), .. besides, .. await Free(pledge, part.Amount)],
        });
        return posted.Refused is { } no ? no : await Now(pledge, stop);
    }

    /// <summary>Gives back what a capture has left over. If that breaks off, the job does it.</summary>
    private async Task<Pledge> WithoutRest(Pledge pledge, Actor by, CancellationToken stop)
    {
        if (pledge.Rest == 0) return pledge;
        await ledger.Post(Transfer.Release(Named("pledge-rest", pledge), pledge.Bucket, pledge.Id, pledge.Acceptor, by) with { Companions = [PledgeRows.RestReleased(pledge), .. await Free(pledge, pledge.Rest)] });
        return await Now(pledge, stop);
    }

    private Task<IReadOnlyList<Companion>> Free(Pledge pledge, long amount) => sum.Free(pledge.Bucket, pledge.Id, amount);

    private async Task<Pledge> Now(Pledge pledge, CancellationToken stop) => Must.Have(await rows.Find(pledge.Id, stop), "a pledge that was made has its row");

    /// <summary>What the row answers to a capture; null while the pledge is held.</summary>
    private static Result<Pledge>? Taken(Pledge pledge, TransferId id, long amount) => pledge.State switch
    {
        PledgeState.Held => null,
        PledgeState.Released => Refusal.Of("pledge_over"),
        _ when pledge.Capture != id => Refusal.Of("pledge_captured"),
        _ => pledge.Captured == amount ? pledge : Refusal.Of("id_reused"),
    };

    /// <summary>What the row answers to a release; null while the pledge is held.</summary>
    private static Result<Pledge>? Gone(Pledge pledge) => pledge.State switch
    {
        PledgeState.Held => null,
        PledgeState.Released => pledge,
        _ => Refusal.Of("pledge_captured"),
    };

    private IEnumerable<Companion> Line(string action, StaffAtWork work, Pledge pledge, long? amount, string why) =>
        log.Statements(new Operation(action, work.Actor, pledge.Id.Value, pledge.Citizen, After: amount?.ToString(System.Globalization.CultureInfo.InvariantCulture), Reason: why))
            .Select(t => new Companion(t.Sql, t.Values, 1, Refusal.Of("busy")));

    private static TransferId Named(string what, Pledge pledge, Guid asked = default) => Ids.Named<TransferId>([.. System.Text.Encoding.ASCII.GetBytes(what), .. pledge.Id.Value.Bytes(), .. asked.Bytes()]);
}
