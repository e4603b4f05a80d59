using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>
/// Closes one calendar month after the other (docs/adr/0014): fixes where it ends in every chain, adds up the chains piece by piece, writes the lines and claims, and then the month, from when on it never
/// changes. It may be killed anywhere and goes on where it was; payments wait for nothing.
/// </summary>
public sealed class CloseMonths(Database database, FindMonths find, SettlementReading reading, MakeClaims claims, OperationLog log, Buckets buckets, TimeProvider clock) : IJob
{
    /// <summary>So long after its end a chain in which nothing has happened since belongs to it as it is.</summary>
    public const long QuietMs = 3_600_000;

    private const int PiecesPerRun = 200;

    // What is read, kept in memory and written at once is short, or payments wait for it: for the processor, for the collection of garbage, on SQLite for its one writer (docs/performance.md).
    private const int EntriesAtOnce = 200, MostGroups = 200, LinesAtOnce = 500;

    private const int MostEntries = 100_000, MostEntriesOnSqlite = 20_000;

    private const string NextPart = "select id from stl_sum where month = @Month and id > @After order by id limit 1 offset @Skip";

    private const string CopyPart = $"""
        insert into stl_line(id, {SettlementLineRow.Columns}) select id, {SettlementLineRow.Columns} from stl_sum where month = @Month and id > @After and (@UpTo = @After or id <= @UpTo) on conflict do nothing
        """;

    private const string Cut = "insert into stl_cut(month, bucket, height) select month, bucket, last from stl_progress where month = @Month";

    private const string Put = """
        insert into stl_month(month, until_ms, transfers, closed_ms) select @Month, @UntilMs, cast(coalesce(sum(transfers), 0) as bigint), @Now from stl_progress where month = @Month on conflict do nothing
        """;

    private readonly MonthSums sums = new(database);
    private Before? before;

    public string Name => "settle-months";

    public TimeSpan Every => TimeSpan.FromMinutes(10);

    public TimeSpan Lasts => TimeSpan.FromMinutes(10);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var done = "nothing to close";
        for (var piece = 0; piece < PiecesPerRun; piece++)
        {
            if (await Step(run.Actor, stop) is not { } step) return new JobResult(done);
            done = step;
        }
        return new JobResult(done, More: true);
    }

    /// <summary>One piece of work.</summary>
    /// <returns>What was done; null when nothing is to be done now.</returns>
    public async Task<string?> Step(Actor by, CancellationToken stop = default)
    {
        if (await find.Next(stop) is not { } month || clock.NowMs() < month.UntilMs) return null;
        // Closed months never change, so what lies before this one is read once and not for each of its pieces.
        var cuts = (before is { } kept && kept.Month == month ? kept : before = new(month, await find.CutsBefore(month, stop))).Cuts;
        var progress = await sums.Progress(month, stop);
        if (progress.Count == 0) return await Begin(month, cuts, stop) ? $"{month} begun" : null;
        if (progress.FirstOrDefault(p => p.Done == 0) is not { } chain)
        {
            await Finish(month, by, stop);
            return $"{month} closed";
        }
        await Piece(month, cuts, chain, stop);
        return $"{month} chain {chain.Bucket}";
    }

    /// <summary>Where the month ends: before the first block that is of a later time, and never before an earlier month's end. So every transfer lies in exactly one month, whatever clocks did.</summary>
    private async Task<bool> Begin(SettlementMonth month, Cuts cuts, CancellationToken stop)
    {
        var parts = new List<(int, long, long)>();
        var quiet = clock.NowMs() >= month.UntilMs + QuietMs;
        for (var bucket = 0; bucket < buckets.Count; bucket++)
        {
            var (after, head) = (cuts.Last(bucket), await reading.Head(bucket, stop));
            var beyond = await reading.FirstFrom(bucket, after, month.UntilMs, stop);
            if (beyond is null && !quiet) return false;
            parts.Add((bucket, after, beyond is { } first ? first - 1 : head));
        }
        await sums.Start(month, parts, stop);
        return true;
    }

    private async Task Piece(SettlementMonth month, Cuts cuts, ChainProgress from, CancellationToken stop)
    {
        var most = database.Engine == Engine.Sqlite ? MostEntriesOnSqlite : MostEntries;
        var piece = new SettledSums();
        var part = new ChainPart(from.Bucket, new ChainPlace(from.Height, from.Position), from.Last, cuts.Of(from.Bucket));
        ChainPlace? next = part.After;
        while (next is { } place && piece.Groups < MostGroups && piece.Transfers < most) next = await reading.Sum(part with { After = place }, piece, EntriesAtOnce, stop);
        await sums.Keep(from, next, [.. piece.All.Select(s => SettlementLine.Of(month, cuts.Months, s.Key, s.Value))], (month, piece.Transfers), stop);
    }

    /// <summary>Lines and claims, in parts that may be made twice; then, at once, the month.</summary>
    private async Task Finish(SettlementMonth month, Actor by, CancellationToken stop)
    {
        for (Guid? after = Guid.Empty; after is { } from;)
        {
            after = await NextAfter(month, from, stop);
            var row = new { Month = month.Number, After = from, UpTo = after ?? from };
            await database.WritePiece(tx => tx.Connection.ExecuteAsync(CopyPart, row, tx.Handle), stop);
        }
        await claims.Make(month, stop);
        await database.Write(async tx =>
        {
            var row = new { Month = month.Number, month.UntilMs, Now = clock.NowMs() };
            if (await tx.Connection.ExecuteAsync(Put, row, tx.Handle) == 0) return;
            await tx.Connection.ExecuteAsync(Cut, row, tx.Handle);
            await Books.Close(tx, month);
            await log.Write(tx, new Operation("settlement.month_closed", by, After: $"{month}"));
        }, stop);
        await Clear(month, stop);
    }

    private async Task<Guid?> NextAfter(SettlementMonth month, Guid from, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return await connection.QuerySingleOrDefaultAsync<Guid?>(NextPart, new { Month = month.Number, After = from, Skip = LinesAtOnce - 1 });
    }

    private Task Clear(SettlementMonth month, CancellationToken stop) => database.Write(async tx =>
    {
        await tx.Connection.ExecuteAsync("delete from stl_sum where month <= @Number", new { month.Number }, tx.Handle);
        await tx.Connection.ExecuteAsync("delete from stl_progress where month <= @Number", new { month.Number }, tx.Handle);
    }, stop);

    private sealed record Before(SettlementMonth Month, Cuts Cuts);
}
