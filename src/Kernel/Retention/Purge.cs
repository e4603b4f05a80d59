using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.OperationLog;
using MyKey.Kernel.Settings;

namespace MyKey.Kernel.Retention;

/// <summary>A kind of record that is kept for some time only (T-D1).</summary>
/// <param name="Table">Whose rows go.</param>
/// <param name="Setting">Days that it is kept for; a dated setting of the platform.</param>
/// <param name="Take">Takes out at most so many that are older than an instant; gives their text, a row each, in an order of their own.</param>
public sealed record Retained(string Table, string Setting, Func<Transaction, long, int, Task<IReadOnlyList<string>>> Take);

/// <summary>
/// Deletes what is older than its kind is kept for, a piece per run. What goes is counted, and its hash stands in the operation log: afterwards nobody can say that
/// something else was there, or that less was deleted (T-D1).
/// </summary>
public sealed class Purge(Database database, Settings.Settings settings, OperationLog.OperationLog log, IEnumerable<Retained> kinds, TimeProvider clock) : IJob
{
    public const int AtOnce = 5_000;

    private const long DayMs = 86_400_000;

    public string Name => "kernel-purge";

    public TimeSpan Every => TimeSpan.FromHours(1);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var (all, more) = (0, false);
        foreach (var kind in kinds)
        {
            var days = (await settings.View()).Number(kind.Setting, new SettingScope(), clock.NowMs());
            var before = clock.NowMs() - days * DayMs;
            var rows = await database.Write(async tx =>
            {
                await run.Hold(tx);
                var taken = await kind.Take(tx, before, AtOnce);
                if (taken.Count > 0) await log.Write(tx, new Operation("log.purged", run.Actor, After: $"{kind.Table} {taken.Count} before {Jst.Day(before).ToNumber()} sha256 {HashOf(taken)}"));
                return taken.Count;
            }, stop);
            (all, more) = (all + rows, more || rows == AtOnce);
        }
        return new JobResult(string.Create(CultureInfo.InvariantCulture, $"purged {all}"), more);
    }

    /// <summary>SHA-256 over the rows' texts, each ended by a line feed.</summary>
    public static string HashOf(IEnumerable<string> rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in rows) hash.AppendData(Encoding.UTF8.GetBytes($"{row}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>The refusals (<c>log_refusal</c>): no link of a chain, and who was refused what is of use for some years only.</summary>
public static class RetainedRefusals
{
    private const string Sqlite = """
        delete from log_refusal where (month, id) in (select month, id from log_refusal where time_ms < @before order by month, id limit @most)
        returning month, id, time_ms, civil_day, code, actor_kind, actor, terminal, client, method, route, inquiry, count
        """;

    private const string Postgres = "select month, id, time_ms, civil_day, code, actor_kind, actor, terminal, client, method, route, inquiry, count from krn_purge_refusal(@before, @most)";

    public static Retained Kind { get; } = new("log_refusal", "retention.refusal_days", async (tx, before, most) =>
        [.. (await tx.Connection.QueryAsync<Row>(tx.Engine == Engine.Postgres ? Postgres : Sqlite, new { before, most }, tx.Handle)).OrderBy(r => r.Month).ThenBy(r => r.Id).Select(r => r.Text)]);

    private sealed class Row
    {
        public int Month { get; init; }
        public Guid Id { get; init; }
        public long TimeMs { get; init; }
        public int CivilDay { get; init; }
        public string Code { get; init; } = "";
        public int? ActorKind { get; init; }
        public Guid? Actor { get; init; }
        public Guid? Terminal { get; init; }
        public byte[]? Client { get; init; }
        public string Method { get; init; } = "";
        public string Route { get; init; } = "";
        public string? Inquiry { get; init; }
        public int Count { get; init; }

        public string Text => string.Create(CultureInfo.InvariantCulture,
            $"{Month};{Id};{TimeMs};{CivilDay};{Code};{ActorKind};{Actor};{Terminal};{(Client is null ? "" : Convert.ToHexStringLower(Client))};{Method};{Route};{Inquiry};{Count}");
    }
}
