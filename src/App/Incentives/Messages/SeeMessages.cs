using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Messages;

/// <summary>A citizen has read what came to him.</summary>
public sealed class SeeMessages(Database database, OperationLog log, TimeProvider clock)
{
    /// <param name="untilMs">What was sent up to then, so that one that came meanwhile stays unread.</param>
    /// <returns>How many are read now that were not.</returns>
    public Task<int> Run(CitizenId citizen, long untilMs, CancellationToken stop = default) => database.Write(async tx =>
    {
        var seen = await tx.Connection.ExecuteAsync("update inc_message_to set seen_ms = @now where citizen = @citizen and sent_ms <= @untilMs and seen_ms is null", new { citizen, untilMs, now = clock.NowMs() }, tx.Handle);
        if (seen > 0) await log.Write(tx, new Operation("message.seen", Actor.Of(citizen), Citizen: citizen));
        return seen;
    }, stop);
}
