using System.Text;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Kernel.Settings;
using MyKey.Ledger;

namespace MyKey.App.Pledges;

/// <summary>A pledge above the limits that its citizen may confirm, or has confirmed.</summary>
/// <param name="Municipality">Whose goods or project it is.</param>
/// <param name="UntilMs">From then on it can't be confirmed or, once confirmed, used any more.</param>
public sealed record OnlineConfirmation(Guid Id, TransferId Pledge, OnlineSiteId Site, CitizenId Citizen, MunicipalityCode Municipality, MunicipalityCode Issuer, string Order, Points Amount, long UntilMs)
{
    public long? ConfirmedMs { get; init; }

    public long? UsedMs { get; init; }

    public string Path => PathOf(Id);

    public static string PathOf(Guid id) => $"/my/online/confirm/{id}";
}

/// <summary>
/// More than the limits of a use and a day (S0-4010b): the refusal leads to a page of MyKey, where the citizen confirms with the card exactly what the site
/// asks for. The same pledge then succeeds once. Another amount, order, site or citizen is another confirmation. A limit of 0 closes the way: nothing is confirmed above it.
/// </summary>
public sealed class ConfirmOnline(Database database, Buckets buckets, LedgerReading reading, Settings settings, OperationLog log, TimeProvider clock)
{
    private const long KeptMs = 30L * Jst.DayMs;

    private const string Columns = "select id, pledge, site, citizen, municipality, issuer, order_no, amount, until_ms, confirmed_ms, used_ms from pts_online_confirmation where bucket = @Bucket and id = @id";

    private const string Put = """
        insert into pts_online_confirmation(bucket, id, pledge, site, citizen, municipality, issuer, order_no, amount, until_ms)
        values (@Bucket, @Id, @Pledge, @Site, @Citizen, @Municipality, @Issuer, @Order, @Amount, @Until)
        on conflict (bucket, id) do update set until_ms = excluded.until_ms, confirmed_ms = null where pts_online_confirmation.used_ms is null
        """;

    private const string Mark = """
        update pts_online_confirmation set confirmed_ms = @Now, until_ms = @Until where bucket = @Bucket and id = @id and citizen = @citizen and confirmed_ms is null and until_ms > @Now
        """;

    private const string UseOnce = """
        update pts_online_confirmation set used_ms = @ConfirmMs where bucket = @ConfirmBucket and id = @ConfirmId and confirmed_ms is not null and used_ms is null and until_ms > @ConfirmMs
        """;

    private const string Forget = "delete from pts_online_confirmation where until_ms < @Before";

    /// <summary>A citizen's own; null for somebody else's as for one that does not exist.</summary>
    public async Task<OnlineConfirmation?> Find(CitizenId citizen, Guid id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(Columns, new { Bucket = buckets.Of(citizen.Value), id });
        return row is not null && row.Citizen == citizen ? row.Read() : null;
    }

    public bool IsOver(OnlineConfirmation confirmation) => clock.NowMs() >= confirmation.UntilMs;

    /// <param name="byCard">The session was opened with card and PIN.</param>
    /// <returns>The confirmation, confirmed; <c>not_found</c>, <c>step_up_required</c>, <c>confirmation_over</c>. Twice is as once.</returns>
    public async Task<Result<OnlineConfirmation>> Confirm(CitizenId citizen, bool byCard, Guid id, CancellationToken stop = default)
    {
        if (await Find(citizen, id, stop) is not { } asked) return Refusal.Of("not_found");
        if (!byCard) return Refusal.Of("step_up_required");
        if (asked.UsedMs is not null) return asked;
        var done = await database.Write(async tx =>
        {
            var now = clock.NowMs();
            var rows = await tx.Connection.ExecuteAsync(Mark, new { Bucket = buckets.Of(citizen.Value), id, citizen, Now = now, Until = await Until(now) }, tx.Handle);
            if (rows == 1) await log.Write(tx, new Operation("pledge.confirmed", Actor.Of(citizen), asked.Pledge.Value, citizen, After: $"{asked.Issuer} {asked.Amount}"));
            return rows == 1;
        }, stop);
        var now = Must.Have(await Find(citizen, id, stop), "a confirmation that was found stays for days");
        return done || (now.ConfirmedMs is not null && !IsOver(now)) ? now : Refusal.Of("confirmation_over");
    }

    /// <summary>What nobody can confirm or use any more, and nobody looks at.</summary>
    internal Task<int> ForgetOld(CancellationToken stop) => database.Write(tx => tx.Connection.ExecuteAsync(Forget, new { Before = clock.NowMs() - KeptMs }, tx.Handle), stop);

    /// <summary>Whether this very pledge is confirmed and not used.</summary>
    internal async Task<bool> Given(Pledge pledge, CancellationToken stop) =>
        await Find(pledge.Citizen, IdOf(pledge), stop) is { ConfirmedMs: not null, UsedMs: null } confirmation && !IsOver(confirmation);

    /// <summary>Uses it up in the very transaction that makes the pledge.</summary>
    internal Companion Use(Pledge pledge) => new(UseOnce, [("ConfirmMs", clock.NowMs()), ("ConfirmBucket", pledge.Bucket), ("ConfirmId", IdOf(pledge))], 1, Refusal.Of("online_limit"));

    /// <summary>A pledge was refused by its limits: may the citizen confirm it?</summary>
    /// <param name="above">Above which: those of a use and a day (<c>online_limit</c>), or of what moves without card (<c>password_limit</c>).</param>
    /// <param name="limits">Of a use and of a day.</param>
    /// <returns><paramref name="above"/> with confirm: the address of the page, where there is a way; or <c>insufficient_points</c> (rest): confirming would be in vain.</returns>
    internal async Task<Refusal> Ask(Pledge pledge, Refusal above, (long PerUse, long PerDay) limits, CancellationToken stop)
    {
        if (limits.PerUse == 0 || limits.PerDay == 0) return above;
        var usable = await reading.Usable(pledge.Citizen, pledge.Issuer, clock.Today());
        if (usable < pledge.Amount) return Refusal.Of("insufficient_points", ("rest", usable));
        var id = IdOf(pledge);
        var until = await Until(clock.NowMs());
        await database.Write(tx => tx.Connection.ExecuteAsync(Put, new
        {
            pledge.Bucket, Id = id, Pledge = pledge.Id, pledge.Site, pledge.Citizen, Municipality = pledge.Municipality.Value, Issuer = pledge.Issuer.Value, pledge.Order, Amount = pledge.Amount.Value, Until = until,
        }, tx.Handle), stop);
        return above with { Facts = [.. above.Facts, ("confirm", OnlineConfirmation.PathOf(id))] };
    }

    private async Task<long> Until(long nowMs) => nowMs + (await settings.View()).Number("online.confirm_minutes", default, nowMs) * 60_000;

    /// <summary>All that the citizen is shown is part of it.</summary>
    private static Guid IdOf(Pledge p) => Ids.Named<TransferId>(
        [.. "online-confirmation"u8, .. p.Id.Value.Bytes(), .. p.Citizen.Value.Bytes(), .. Encoding.UTF8.GetBytes($"{p.Municipality.Value} {p.Issuer.Value} {p.Amount.Value} {p.Order}")]).Value;

    private sealed record Row
    {
        public Guid Id { get; init; }
        public TransferId Pledge { get; init; }
        public OnlineSiteId Site { get; init; }
        public CitizenId Citizen { get; init; }
        public MunicipalityCode Municipality { get; init; }
        public MunicipalityCode Issuer { get; init; }
        public string OrderNo { get; init; } = "";
        public long Amount { get; init; }
        public long UntilMs { get; init; }
        public long? ConfirmedMs { get; init; }
        public long? UsedMs { get; init; }

        public OnlineConfirmation Read() => new(Id, Pledge, Site, Citizen, Municipality, Issuer, OrderNo, new Points(Amount), UntilMs) { ConfirmedMs = ConfirmedMs, UsedMs = UsedMs };
    }
}
