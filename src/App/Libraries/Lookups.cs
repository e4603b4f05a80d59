using System.Globalization;
using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.Retention;
using MyKey.Kernel.Settings;

namespace MyKey.App.Libraries;

/// <summary>A look-up as its citizen sees it.</summary>
/// <param name="Provider">null once the days are over for which it is kept (K-33).</param>
public sealed record Lookup(long AtMs, ServiceProviderId? Provider, string Kind, DeskKind Device, LookupAnswer Answer);

/// <summary>見られた記録: who asked for a citizen's number.</summary>
public sealed class Lookups(Database database, Buckets buckets)
{
    public const int Shown = 100;

    private const string Latest = """
        select at_ms, provider, kind, device, answer from lib_lookup where bucket = @Bucket and citizen = @citizen order by at_ms desc, id desc limit @Shown
        """;

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<Lookup>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>(Latest, new { Bucket = buckets.Of(citizen.Value), citizen, Shown })).Select(r => r.Read())];
    }

    private sealed class Row
    {
        public long AtMs { get; init; }
        public ServiceProviderId? Provider { get; init; }
        public string Kind { get; init; } = "";
        public string Device { get; init; } = "";
        public string Answer { get; init; } = "";

        public Lookup Read() => new(AtMs, Provider, Kind, Words<DeskKind>.Stored(Device), Words<LookupAnswer>.Stored(Answer));
    }
}

/// <summary>After the days of <c>link.lookup_days</c> a look-up says the kind of provider only (K-33). It says less, and never more.</summary>
public sealed class ReduceLookups(Database database, Settings settings, TimeProvider clock) : IJob
{
    public const string Days = "link.lookup_days";

    private const int AtOnce = 5_000;

    private const string Due = "from lib_lookup where provider is not null and at_ms < @limit order by at_ms limit @AtOnce";

    // Rows by their place: SQLite finds a key of several columns by its first alone, and would read all look-ups of a bucket for each.
    private const string ReduceOnSqlite = $"update lib_lookup set provider = null where rowid in (select rowid {Due})";

    private const string ReduceOnPostgres = $"update lib_lookup set provider = null where ctid in (select ctid {Due})";

    // Each half has an index of its own; together they would read every look-up there is.
    private const string TakeOnSqlite = """
        delete from lib_lookup where rowid in (select place from (
          select rowid as place, at_ms from lib_lookup where provider is null and at_ms < @before
          union all select rowid, at_ms from lib_lookup where provider is not null and at_ms < @before) old order by at_ms limit @most)
        returning at_ms, id, kind, device, answer
        """;

    private const string TakeOnPostgres = """
        delete from lib_lookup where ctid in (select place from (
          select ctid as place, at_ms from lib_lookup where provider is null and at_ms < @before
          union all select ctid, at_ms from lib_lookup where provider is not null and at_ms < @before) old order by at_ms limit @most)
        returning at_ms, id, kind, device, answer
        """;

    /// <summary>And after some years they go altogether (T-D1).</summary>
    public static Retained Kept { get; } = new("lib_lookup", "retention.lookup_days", async (tx, before, most) =>
        [.. (await tx.Connection.QueryAsync<(long AtMs, Guid Id, string Kind, string Device, string Answer)>(tx.Engine == Engine.Postgres ? TakeOnPostgres : TakeOnSqlite, new { before, most }, tx.Handle)).OrderBy(r => r.AtMs).ThenBy(r => r.Id)
            .Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.AtMs};{r.Id};{r.Kind};{r.Device};{r.Answer}"))]);

    public string Name => "reduce-lookups";

    public TimeSpan Every => TimeSpan.FromHours(1);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var days = (await settings.View()).Number(Days, new SettingScope(), clock.NowMs());
        var limit = clock.NowMs() - days * Jst.DayMs;
        var rows = await database.Write(tx => tx.Connection.ExecuteAsync(tx.Engine == Engine.Postgres ? ReduceOnPostgres : ReduceOnSqlite, new { limit, AtOnce }, tx.Handle), stop);
        return new JobResult(string.Create(CultureInfo.InvariantCulture, $"reduced {rows}"), More: rows == AtOnce);
    }
}
