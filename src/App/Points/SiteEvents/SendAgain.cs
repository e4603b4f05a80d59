using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.SiteEvents;

/// <summary>An operator has a message that its site did not hear sent once more, at once.</summary>
public sealed class SendAgain(Database database, SiteEventRows rows, OperationLog log, TimeProvider clock)
{
    /// <returns>The message as it waits then; <c>role_forbidden</c>, <c>not_found</c>, also when it was heard meanwhile.</returns>
    public async Task<Result<SiteEvent>> Run(StaffAtWork work, Guid id, CancellationToken stop = default)
    {
        if (work.Require(Role.Operator).Refused is { } forbidden) return forbidden;
        if (await rows.Find(id, stop) is not { State: not SiteEventState.Sent } message) return Refusal.Of("not_found");
        var again = await database.Write(async tx =>
        {
            if (await SiteEventRows.Again(tx, id, clock.NowMs()) == 0) return false;
            await log.Write(tx, new Operation("site_event.sent_again", work.Actor, id, Before: message.Answer));
            return true;
        }, stop);
        return again && await rows.Find(id, stop) is { } now ? now : Refusal.Of("not_found");
    }
}
