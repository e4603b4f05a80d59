using MyKey.App.Shared;
using MyKey.Identity.Rights;
using MyKey.Kernel;
using MyKey.Kernel.Audits;
using MyKey.Kernel.Chain;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.OperationLog;
using MyKey.Kernel.Settings;
using MyKey.Ledger;

namespace MyKey.App.Audits;

/// <summary>What an audit has to look at.</summary>
public sealed class AuditParts(Audit points, AuditOperations operations, AuditRights rights, IEnumerable<RowAuditPart> rows, Buckets buckets)
{
    public const string Operations = "operations", Rights = "rights", Limits = "limits";

    private const string Points = "points:";

    private readonly Dictionary<string, RowAuditPart> rows = rows.ToDictionary(r => r.Name, StringComparer.Ordinal);

    /// <summary>Of every night: the blocks since the last one, rights, and the last hours at terminals. Of the whole: everything.</summary>
    public IReadOnlyList<string> Of(bool whole)
    {
        var chains = Enumerable.Range(0, buckets.Count).Select(b => $"{Points}{b:00}").Append(Operations).Append(Rights);
        return [.. whole ? chains.Append(Limits) : chains, .. rows.Values.Where(r => whole || r.Nightly).Select(r => r.Name)];
    }

    /// <param name="since">Where the chain of the part ended at the last audit; null: from the first block on.</param>
    /// <returns>And where the chain ends now, where it holds.</returns>
    public async Task<(AuditPart Part, ChainEnd? End)> Run(string part, ChainEnd? since, CancellationToken stop)
    {
        if (part.StartsWith(Points, StringComparison.Ordinal))
        {
            var (bucket, end) = await points.Bucket(int.Parse(part[Points.Length..], System.Globalization.CultureInfo.InvariantCulture), since, stop);
            return (Told(part, Span(since, bucket.Blocks), bucket.Transfers, bucket.Broken), end);
        }
        switch (part)
        {
            case Operations:
                var (log, last) = await operations.Since(since, stop);
                return (Told(part, Span(since, log.Blocks), log.Rows, log.Broken), last);
            case Rights:
                var held = await rights.Run(stop);
                return (new AuditPart(part, "all", held.Rows, held.Findings), null);
            case Limits:
                var limits = await points.Limits(stop);
                return (Told(part, "all", limits.Limits, limits.Broken), null);
            default:
                var one = await rows[part].Run(stop);
                return (Told(part, rows[part].Nightly ? "last hours" : "all", one.Rows, one.Broken), null);
        }
    }

    private static AuditPart Told(string part, string span, long rows, string? broken) => new(part, span, rows, broken is null ? [] : [broken]);

    private static string Span(ChainEnd? since, long blocks) => FormattableString.Invariant($"blocks {(since?.Height ?? 0) + 1} to {(since?.Height ?? 0) + blocks}");
}

/// <summary>
/// The audit that runs by itself: every night from the blocks on that the last one has seen, once a week from the first block on. Each part is kept as soon as it is done, so
/// a process that ends leaves the rest to the next. What is found stands on the operators' page, in the metrics and in the log, as an error.
/// </summary>
public sealed partial class RunAudits(AuditParts parts, KeepAudits keep, Settings settings, TimeProvider clock, ILogger<RunAudits> log) : IJob
{
    public const int WholeDays = 7;

    public string Name => "audit";

    public TimeSpan Every => TimeSpan.FromMinutes(10);

    /// <summary>One bucket from its first block on may take long, and is not begun twice.</summary>
    public TimeSpan Lasts => TimeSpan.FromHours(2);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var last = await keep.Last(1, stop) is [var newest, ..] ? newest : null;
        if (last is { EndedMs: null }) return await GoOn(last, run.Actor, stop);
        var night = await Night();
        AuditMeter.Told(last);
        if (last is null)
        {
            await keep.Begin(night, whole: false, ended: true, stop);
            return new JobResult("nights are counted from here");
        }
        if (last.Day >= night) return new JobResult("not due");
        var whole = await keep.LastWhole(stop) is not { } before || before.Day.AddDays(WholeDays) <= night;
        return await GoOn(await keep.Begin(night, whole, stop: stop), run.Actor, stop);
    }

    /// <summary>The night that has come last.</summary>
    private async Task<DateOnly> Night()
    {
        var hour = (await settings.View()).Number("audit.hour", default, clock.NowMs());
        return clock.TimeOfDay().Hour >= hour ? clock.Today() : clock.Today().AddDays(-1);
    }

    private async Task<JobResult> GoOn(AuditRun run, Actor by, CancellationToken stop)
    {
        var done = run.Parts.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in parts.Of(run.Whole).Where(p => !done.Contains(p)))
        {
            var since = run.Whole ? null : await keep.EndOf(name, stop);
            var (part, end) = await parts.Run(name, since, stop);
            await keep.Write(run, part, end, stop);
            foreach (var broken in part.Broken) LogBroken(log, part.Name, broken);
        }
        await keep.End(run, by, stop);
        var now = (await keep.Last(1, stop))[0];
        AuditMeter.Told(now);
        var found = now.Broken.Sum(p => p.Broken.Count);
        return new JobResult($"{(run.Whole ? "whole" : "since the last")}: {found} findings");
    }

    [LoggerMessage(1, LogLevel.Error, "The audit of {Part} has found: {Broken}")]
    private static partial void LogBroken(ILogger log, string part, string broken);
}
