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

    private const string Reduce = """
        update lib_lookup set provider = null where provider is not null and (bucket, citizen, at_ms, id) in
          (select bucket, citizen, at_ms, id from lib_lookup where provider is not null and at_ms < @limit order by at_ms limit @AtOnce)
        """;

    private const string Take = """
        delete from lib_lookup where (bucket, citizen, at_ms, id) in (select bucket, citizen, at_ms, id from lib_lookup where at_ms < @before order by at_ms limit @most)
        returning at_ms, id, kind, device, answer
        """;

    /// <summary>And after some years they go altogether (T-D1).</summary>
    public static Retained Kept { get; } = new("lib_lookup", "retention.lookup_days", async (tx, before, most) =>
        [.. (await tx.Connection.QueryAsync<(long AtMs, Guid Id, string Kind, string Device, string Answer)>(Take, new { before, most }, tx.Handle)).OrderBy(r => r.AtMs).ThenBy(r => r.Id)
            .Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.AtMs};{r.Id};{r.Kind};{r.Device};{r.Answer}"))]);

    public string Name => "reduce-lookups";

    public TimeSpan Every => TimeSpan.FromHours(1);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var days = (await settings.View()).Number(Days, new SettingScope(), clock.NowMs());
        var limit = clock.NowMs() - days * 86_400_000;
        var rows = await database.Write(tx => tx.Connection.ExecuteAsync(Reduce, new { limit, AtOnce }, tx.Handle), stop);
        return new JobResult(string.Create(CultureInfo.InvariantCulture, $"reduced {rows}"), More: rows == AtOnce);
    }
}
