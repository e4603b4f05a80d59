using System.Globalization;
using System.Security.Cryptography;
using System.Text;
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

    public string Name => "kernel-purge";

    public TimeSpan Every => TimeSpan.FromHours(1);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var (all, more) = (0, false);
        foreach (var kind in kinds)
        {
            var days = (await settings.View()).Number(kind.Setting, new SettingScope(), clock.NowMs());
            var before = clock.NowMs() - days * Jst.DayMs;
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
