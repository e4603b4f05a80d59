using Dapper;
using MyKey.App.Registry;
using MyKey.App.UsePoints;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.UseNotices;

/// <summary>Points that left a holding at a terminal, and how the citizen had shown himself there.</summary>
/// <param name="Points">As they are called, e.g. A市ポイント.</param>
/// <param name="Place">The shop or office, where it is one.</param>
public sealed record UseNotice(HistoryLine Line, Way Way, string Points, string? Place);

/// <summary>
/// Tells a citizen what was paid with nothing but his card or his password (identity.md, "At terminals"): whoever finds the one or overhears the
/// other could have done it. It stands on My Page until the citizen has looked, for 30 days at most.
/// </summary>
public sealed class UseNotices(Database database, LedgerReading reading, RegistryCache registry, OperationLog log, TimeProvider clock)
{
    public const int Days = 30;

    private const int LinesLookedAt = 200;

    private const string Move = """
        insert into pts_use_seen(citizen, until_ms) values (@citizen, @until)
        on conflict (citizen) do update set until_ms = excluded.until_ms where excluded.until_ms > pts_use_seen.until_ms
        """;

    /// <summary>What the citizen has not looked at yet, newest first. What was given back is no matter any more.</summary>
    public async Task<IReadOnlyList<UseNotice>> Unseen(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var seen = await connection.ExecuteScalarAsync<long?>("select until_ms from pts_use_seen where citizen = @citizen", new { citizen }) ?? 0;
        var since = Math.Max(seen, clock.NowMs() - Days * Jst.DayMs);
        var view = await registry.View();
        return [.. (await reading.Everything(citizen, LinesLookedAt)).TakeWhile(l => l.TimeMs > since).Where(l => !l.Cancelled)
            .Select(l => (Line: l, Way: Spending.WayOf(l))).Where(l => l.Way is Way.Tap or Way.Password)
            .Select(l => new UseNotice(l.Line, l.Way!.Value, view.NameOfPoints(new Purse(l.Line.Issuer, l.Line.Event)), l.Line.Acceptor is { } acceptor ? view.Find(acceptor)?.Name : null))];
    }

    /// <summary>The citizen has looked at everything until an instant, which the page had shown: what came since is still told.</summary>
    /// <returns>true when something is now taken as seen; <c>out_of_period</c> for an instant that has not come.</returns>
    public Task<Result<bool>> See(CitizenId citizen, long untilMs, CancellationToken stop = default) => database.WriteOrRefuse<bool>(async tx =>
    {
        if (untilMs > clock.NowMs()) return Refusal.Of("out_of_period", ("until", clock.Today()));
        if (await tx.Connection.ExecuteAsync(Move, new { citizen, until = untilMs }, tx.Handle) == 0) return false;
        await log.Write(tx, new Operation("use_notice.seen", Actor.Of(citizen), Citizen: citizen));
        return true;
    }, stop);
}
