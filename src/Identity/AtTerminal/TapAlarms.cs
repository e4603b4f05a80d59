using Dapper;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Kernel.Settings;

namespace MyKey.Identity.AtTerminal;

/// <summary>An hour in which more different cards were held to a terminal than is usual.</summary>
/// <param name="HourMs">Begin of the clock hour in which it was noticed.</param>
/// <param name="Cards">The most within 60 minutes.</param>
public sealed record TapAlarm(TerminalId Terminal, long HourMs, int Cards);

/// <summary>
/// A tap shows a certificate, and who has read a card once can show it again. One terminal that shows many different ones within an hour is
/// therefore told to its office (identity.md, "At terminals"); nothing is stopped, because a busy shop does the same.
/// </summary>
public sealed class TapAlarms(Database database, Settings settings, OperationLog log, TimeProvider clock)
{
    public const string Limit = "spend.tap.alarm_cards";

    internal const long HourMs = 3_600_000;

    private const string Count = """
        insert into idn_tap_card(terminal, citizen, at_ms) values (@Id, @Citizen, @Now) on conflict (terminal, citizen) do update set at_ms = excluded.at_ms;
        select count(*) from idn_tap_card where terminal = @Id and at_ms > @Now - @HourMs
        """;

    // In one order everywhere, so that two processes with the same rows never wait for one another.
    private const string RememberMany = """
        insert into idn_tap_card(terminal, citizen, at_ms) select k.terminal, k.citizen, @Now from unnest(@terminals, @citizens) k(terminal, citizen)
        order by k.terminal, k.citizen on conflict (terminal, citizen) do update set at_ms = excluded.at_ms
        """;

    private const string CountMany = "select terminal, count(*)::int as cards from idn_tap_card where terminal = any(@asked) and at_ms > @Since group by terminal";

    // A higher number than the one that somebody has looked at is no news.
    private const string Raise = """
        insert into idn_tap_alarm(terminal, hour_ms, municipality, cards) values (@Id, @Hour, @Municipality, @Cards)
        on conflict (terminal, hour_ms) do update set cards = excluded.cards where excluded.cards > idn_tap_alarm.cards
        """;

    private const long TallyMs = 60_000;
    private const int MostTallies = 20_000;

    private readonly Dictionary<TerminalId, Tally> tallies = new();

    /// <summary>A card was held to a terminal.</summary>
    internal async Task Tapped(Transaction tx, Terminal terminal, CitizenId citizen)
    {
        var now = clock.NowMs();
        var row = new { terminal.Id, Citizen = citizen, Now = now, HourMs };
        var cards = await tx.Connection.ExecuteScalarAsync<int>(Count, row, tx.Handle);
        var usual = (await settings.View()).Number(Limit, new SettingScope(Place: terminal.Municipality, Terminal: terminal.Id), now);
        if (cards > usual) await tx.Connection.ExecuteAsync(Raise, new { row.Id, Hour = now - now % HourMs, terminal.Municipality, Cards = cards }, tx.Handle);
    }

    /// <summary>Many at once: each terminal counts its cards one time.</summary>
    internal async Task Tapped(Transaction tx, IReadOnlyList<(Terminal Terminal, CitizenId Citizen)> cards)
    {
        if (database.Engine == Engine.Postgres)
        {
            await TappedOnPostgres(tx, cards);
            return;
        }
        foreach (var (terminal, citizen) in cards.Distinct()) await Tapped(tx, terminal, citizen);
    }

    private async Task TappedOnPostgres(Transaction tx, IReadOnlyList<(Terminal Terminal, CitizenId Citizen)> cards)
    {
        var now = clock.NowMs();
        var pairs = cards.Select(c => (Terminal: c.Terminal.Id.Value, Citizen: c.Citizen.Value)).Distinct().ToList();
        var (terminals, citizens) = (pairs.Select(p => p.Terminal).ToArray(), pairs.Select(p => p.Citizen).ToArray());
        await tx.Connection.ExecuteAsync(RememberMany, new { terminals, citizens, Now = now }, tx.Handle);
        var (view, uncertain) = (await settings.View(), new List<(Terminal Terminal, long Usual)>());
        foreach (var at in cards.DistinctBy(c => c.Terminal.Id))
        {
            var usual = view.Number(Limit, new SettingScope(Place: at.Terminal.Municipality, Terminal: at.Terminal.Id), now);
            if (IsUncertain(at.Terminal.Id, terminals.Count(t => t == at.Terminal.Id.Value), usual, now)) uncertain.Add((at.Terminal, usual));
        }
        if (uncertain.Count == 0) return;
        var asked = uncertain.Select(u => u.Terminal.Id.Value).ToArray();
        var counts = (await tx.Connection.QueryAsync<(Guid Terminal, int Cards)>(CountMany, new { asked, Since = now - HourMs }, tx.Handle)).ToDictionary(c => c.Terminal, c => c.Cards);
        foreach (var (terminal, usual) in uncertain.OrderBy(u => u.Terminal.Id.Value))
        {
            var counted = counts[terminal.Id.Value];
            lock (tallies) tallies[terminal.Id] = new Tally(now, counted, 0);
            if (counted > usual) await tx.Connection.ExecuteAsync(Raise, new { terminal.Id, Hour = now - now % HourMs, terminal.Municipality, Cards = counted }, tx.Handle);
        }
    }

    /// <summary>
    /// Whether this terminal's cards have to be counted now. At most as many can be there as at the last count and came since; while that is usual nobody counts, and an alarm that
    /// stands is counted again when a tenth more came. Of what comes through another process each minute tells.
    /// </summary>
    private bool IsUncertain(TerminalId terminal, int came, long usual, long now)
    {
        lock (tallies)
        {
            if (tallies.Count >= MostTallies) tallies.Clear();
            if (!tallies.TryGetValue(terminal, out var tally) || now - tally.AtMs is < 0 or > TallyMs) return true;
            tallies[terminal] = tally with { Since = tally.Since + came };
            var most = tally.Counted + tally.Since + came;
            return most > usual && (tally.Counted <= usual || 10 * (tally.Since + came) >= tally.Counted);
        }
    }

    private readonly record struct Tally(long AtMs, int Counted, int Since);

    /// <summary>What nobody of the office has looked at yet, the newest first.</summary>
    /// <returns>Or <c>role_forbidden</c>.</returns>
    public async Task<Result<TapAlarm[]>> Open(StaffMember by, MunicipalityCode municipality, CancellationToken stop = default)
    {
        if (by.Require(Role.TerminalAdmin, municipality).Refused is { } no) return no;
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<(TerminalId Terminal, long HourMs, int Cards)>(
            "select terminal, hour_ms, cards from idn_tap_alarm where municipality = @municipality and seen_by is null order by hour_ms desc, terminal limit 200", new { municipality });
        return rows.Select(r => new TapAlarm(r.Terminal, r.HourMs, r.Cards)).ToArray();
    }

    /// <summary>Somebody has looked.</summary>
    /// <returns>false when somebody had before; <c>role_forbidden</c>, <c>not_found</c>.</returns>
    public Task<Result<bool>> See(StaffMember by, MunicipalityCode municipality, TerminalId terminal, long hourMs, CancellationToken stop = default) => database.WriteOrRefuse<bool>(async tx =>
    {
        if (by.Require(Role.TerminalAdmin, municipality).Refused is { } no) return no;
        var row = new { terminal, hourMs, municipality, By = by.Id };
        if (await tx.Connection.ExecuteAsync("""
            update idn_tap_alarm set seen_by = @By where terminal = @terminal and hour_ms = @hourMs and municipality = @municipality and seen_by is null
            """, row, tx.Handle) == 0)
            return await tx.Connection.ExecuteScalarAsync<long>("select count(*) from idn_tap_alarm where terminal = @terminal and hour_ms = @hourMs and municipality = @municipality", row, tx.Handle) > 0
                ? false : Refusal.Of("not_found");
        await log.Write(tx, new Operation("tap_alarm.seen", Actor.Of(by.Id), terminal.Value, Terminal: terminal));
        return true;
    }, stop);
}
