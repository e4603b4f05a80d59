using MyKey.App.SignIn;
using MyKey.Identity;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.LinkedExchange;

/// <summary>
/// What operators do about an order that does not come to its end by itself: have the partner asked once more, or end it with a reason. Ending credits
/// nothing; whether the partner owes its member something back is between the two.
/// </summary>
public sealed class ResolveLinkOrder(LinkOrders orders, SettleLinkOrder settle, Database database, OperationLog log, TimeProvider clock)
{
    /// <returns>The order as it stands after the partner's answer; <c>role_forbidden</c>, <c>not_found</c> for what needs nobody.</returns>
    public async Task<Result<LinkOrder>> Ask(StaffAtWork work, TransferId id, CancellationToken stop = default)
    {
        if (work.Require(Role.Operator).Refused is { } forbidden) return forbidden;
        if (await orders.Stuck(id, stop) is not { } order) return Refusal.Of("not_found");
        await database.Write(tx => log.Write(tx, new Operation("link_order.asked", work.Actor, id.Value, order.Citizen, Before: order.Reason)), stop);
        return await settle.Ask(order, work.Actor, stop);
    }

    /// <returns>
    /// The order, ended unless it has moved on meanwhile; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c>, <c>field_required</c> (field),
    /// <c>too_large</c>, and what free text is refused for.
    /// </returns>
    public async Task<Result<LinkOrder>> End(StaffAtWork work, TransferId id, string? reason, CancellationToken stop = default)
    {
        if ((work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        var why = ReasonText.Read(reason, "reason");
        if (why.Refused is { } unreadable) return unreadable;
        // What the partner has debited in full is on its way into the passbook and not to be ended.
        if (await orders.Stuck(id, stop) is not { State: not LinkOrderState.Debited } order) return Refusal.Of("not_found");
        return await orders.Move(order, order with { State = LinkOrderState.Ended, Reason = why.Value }, work.Actor, stop);
    }
}
