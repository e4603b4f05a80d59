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

    private const int PiecesPerRun = 10;

    private const string NextPart = "select id from stl_sum where month = @Month and id > @After order by id limit 1 offset @Skip";

    private const string CopyPart = $"""
        insert into stl_line(id, {SettlementLineRow.Columns}) select id, {SettlementLineRow.Columns} from stl_sum where month = @Month and id > @After and (@UpTo = @After or id <= @UpTo) on conflict do nothing
        """;

    private const string Cut = "insert into stl_cut(month, bucket, height) select month, bucket, last from stl_progress where month = @Month";

    private const string Put = """
        insert into stl_month(month, until_ms, transfers, closed_ms) select @Month, @UntilMs, cast(coalesce(sum(transfers), 0) as bigint), @Now from stl_progress where month = @Month on conflict do nothing
        """;

    private readonly MonthSums sums = new(database);

    /// <summary>
    /// The largest piece, in transfers and in sums. The more is added up in memory before it is written, the less is written; but SQLite's one writer keeps payments waiting as long as it writes.
    /// </summary>
    public (int Transfers, int Sums) Largest { get; init; } = database.Engine == Engine.Sqlite ? (20_000, 200) : (500_000, 100_000);

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
        var (cuts, progress) = (await find.CutsBefore(month, stop), await sums.Progress(month, stop));
        if (progress.Count == 0) return await Begin(month, cuts, stop) ? $"{month} begun" : null;
        if (progress.All(p => p.Done == 1))
        {
            await Finish(month, by, stop);
            return $"{month} closed";
        }
        return $"{month} {await Piece(month, cuts, progress.Where(p => p.Done == 0), stop)} transfers";
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

    /// <returns>How many transfers it has.</returns>
    private async Task<long> Piece(SettlementMonth month, Cuts cuts, IEnumerable<ChainProgress> chains, CancellationToken stop)
    {
        var (piece, moves) = (new SettledSums(), new List<ChainMove>());
        foreach (var from in chains.TakeWhile(_ => !Full()))
        {
            var before = piece.Transfers;
            var part = new ChainPart(from.Bucket, new ChainPlace(from.Height, from.Position), from.Last, cuts.Of(from.Bucket));
            ChainPlace? next = part.After;
            while (next is { } place && !Full())
            {
                next = await reading.Sum(part with { After = place }, piece, (int)Math.Min(Pieces.AtOnce, Largest.Transfers - piece.Transfers), stop);
                Pieces.Rest(stop);
            }
            moves.Add(new ChainMove(from, next, piece.Transfers - before));
        }
        await sums.Keep(month, moves, piece.All.Select(s => SettlementLine.Of(month, cuts.Months, s.Key, s.Value)), stop);
        return piece.Transfers;

        bool Full() => piece.Groups >= Largest.Sums || piece.Transfers >= Largest.Transfers;
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
        return await connection.QuerySingleOrDefaultAsync<Guid?>(NextPart, new { Month = month.Number, After = from, Skip = Pieces.AtOnce - 1 });
    }

    private Task Clear(SettlementMonth month, CancellationToken stop) => database.Write(async tx =>
    {
        await tx.Connection.ExecuteAsync("delete from stl_sum where month <= @Number", new { month.Number }, tx.Handle);
        await tx.Connection.ExecuteAsync("delete from stl_progress where month <= @Number", new { month.Number }, tx.Handle);
    }, stop);
}
