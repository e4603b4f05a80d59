using MyKey.App.SignIn;
using MyKey.Identity;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.StreetCards;

/// <summary>
/// What operators do about a charge that does not come to its end by itself: have the centre asked once more, or end it with a reason, with the points back in their
/// lots or left where they are. What the centre has to put right is between the two.
/// </summary>
public sealed class ResolveCharge(ChargeOrders orders, SettleCharge settle, Database database, OperationLog log, TimeProvider clock)
{
    /// <returns>The charge as it stands after the centre's answer; <c>role_forbidden</c>, <c>not_found</c> for what needs nobody.</returns>
    public async Task<Result<ChargeOrder>> Ask(StaffAtWork work, TransferId id, CancellationToken stop = default)
    {
        if (work.Require(Role.Operator).Refused is { } forbidden) return forbidden;
        if (await orders.Stuck(id, stop) is not { } order) return Refusal.Of("not_found");
        await database.Write(tx => log.Write(tx, new Operation("charge.asked", work.Actor, id.Value, order.Citizen, Before: order.Reason)), stop);
        return await settle.Ask(order, work.Actor, stop);
    }

    /// <param name="giveBack">The points go back to their lots.</param>
    /// <returns>
    /// The charge, ended unless it has moved on meanwhile; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c>, <c>field_required</c> (field), <c>too_large</c>, and what free text
    /// is refused for.
    /// </returns>
    public async Task<Result<ChargeOrder>> End(StaffAtWork work, TransferId id, (string? Reason, bool GiveBack) how, CancellationToken stop = default)
    {
        if ((work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        var why = ReasonText.Read(how.Reason, "reason");
        if (why.Refused is { } unreadable) return unreadable;
        if (await orders.Stuck(id, stop) is not { } order) return Refusal.Of("not_found");
        var ended = order with { State = ChargeState.Ended, Reason = why.Value };
        return how.GiveBack ? await settle.GiveBack(order, ended, work.Actor, stop) : await orders.Move(order, ended, work.Actor, stop);
    }
}
