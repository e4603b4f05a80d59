using MyKey.App.SignIn;
using MyKey.Identity;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Claims;

/// <summary>
/// What operators do about an order that does not come to its end by itself: have the service asked once more, or end it with a reason, with the entitlement unclaimed again or not. What the service has to
/// put right is between the two.
/// </summary>
public sealed class ResolveClaim(ClaimRows claims, SettleClaim settle, Database database, OperationLog log, TimeProvider clock)
{
    /// <returns>The claim as it stands after the service's answer; <c>role_forbidden</c>, <c>not_found</c> for what needs nobody.</returns>
    public async Task<Result<Claim>> Ask(StaffAtWork work, TransferId id, CancellationToken stop = default)
    {
        if (work.Require(Role.Operator).Refused is { } forbidden) return forbidden;
        if (await claims.Stuck(id, stop) is not { } claim) return Refusal.Of("not_found");
        await database.Write(tx => log.Write(tx, new Operation("claim.asked", work.Actor, id.Value, claim.Citizen, Before: claim.Reason)), stop);
        return await settle.Ask(claim, work.Actor, stop);
    }

    /// <param name="how">GiveBack: it is unclaimed again.</param>
    /// <returns>
    /// The claim, ended unless it has moved on meanwhile; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c>, <c>field_required</c> (field), <c>too_large</c>, and what free text is refused for.
    /// </returns>
    public async Task<Result<Claim>> End(StaffAtWork work, TransferId id, (string? Reason, bool GiveBack) how, CancellationToken stop = default)
    {
        if ((work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        var why = ReasonText.Read(how.Reason, "reason");
        if (why.Refused is { } unreadable) return unreadable;
        if (await claims.Stuck(id, stop) is not { } claim) return Refusal.Of("not_found");
        var ended = claim with { State = ClaimState.Ended, Reason = why.Value };
        return how.GiveBack ? await settle.GiveBack(claim, ended, work.Actor, stop) : await claims.Move(claim, ended, work.Actor, stop);
    }
}
