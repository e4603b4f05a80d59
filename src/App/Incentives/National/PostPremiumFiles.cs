using Dapper;
using MyKey.App.PaymentServices;
using MyKey.Identity.Machines;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.National;

/// <summary>A line that is no event, and why.</summary>
public sealed record RefusedLine(int Line, string Event, string Code);

/// <summary>Reading files of events.</summary>
public sealed class FindPremiumFiles(Database database)
{
    public const int LinesAtOnce = 1_000;

    public async Task<PremiumFile?> One(PaymentServiceId service, string sha256, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<PremiumFileRow>($"{PremiumFileRow.All} where service = @service and sha256 = @sha256", new { service, sha256 }))?.Read();
    }

    /// <summary>The oldest that is being posted.</summary>
    public async Task<PremiumFile?> Posting(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryFirstOrDefaultAsync<PremiumFileRow>($"{PremiumFileRow.All} where state = 'posting' order by made_ms, id limit 1"))?.Read();
    }

    /// <summary>What was refused, from after a line on.</summary>
    public async Task<IReadOnlyList<RefusedLine>> Refused(PremiumFile file, int after, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(int Line, string Event, string Code)>("select line, event, code from inc_premium_refused where file = @Id and line > @after order by line limit @LinesAtOnce",
            new { file.Id, after, LinesAtOnce })).Select(r => new RefusedLine(r.Line, r.Event, r.Code))];
    }
}

/// <summary>Posts the files that their services want posted, part by part; a process that dies leaves a file with which the next one goes on. And what came alone when a process died.</summary>
public sealed class PostPremiumFiles(Database database, FindPremiumFiles find, PremiumRows rows, PostPremiums post, OperationLog log, TimeProvider clock) : IJob
{
    public const int LinesAtOnce = 1_000;

    private const int PartsPerRun = 10;

    private const long LeftAfterMs = 60_000;

    private const string Move = "update inc_premium_file set posted_line = @To where id = @Id and state = 'posting' and posted_line = @From";

    public string Name => "incentives-post-premiums";

    public TimeSpan Every => TimeSpan.FromSeconds(2);

    /// <summary>What was looked at is to be posted. The same again changes nothing.</summary>
    /// <returns><c>not_found</c>; <c>file_not_looked</c> while it is not wholly here.</returns>
    public async Task<Result<PremiumFile>> Begin((Machine Machine, PaymentService Service) by, string sha256, CancellationToken stop = default)
    {
        if (await find.One(by.Service.Id, sha256, stop) is not { } file) return Refusal.Of("not_found");
        if (file.State is PremiumFileState.Receiving or PremiumFileState.Refused) return Refusal.Of("file_not_looked");
        await database.Write(async tx =>
        {
            if (await tx.Connection.ExecuteAsync("update inc_premium_file set state = 'posting' where id = @Id and state = 'looked'", new { file.Id }, tx.Handle) == 1)
                await log.Write(tx, new Operation("premium_file.posting", Actor.Of(by.Machine.Id), file.Id, After: $"{file.Service.Value} {file.Good} lines"));
        }, stop);
        return Must.Have(await find.One(by.Service.Id, sha256, stop), "a file stays");
    }

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var left = await rows.LeftAlone(clock.NowMs() - LeftAfterMs, LinesAtOnce, stop);
        foreach (var of in left.GroupBy(e => e.Service)) await post.Run(of.Key, [.. of], run.Actor, stop);
        var posted = 0;
        for (var part = 0; part < PartsPerRun && await find.Posting(stop) is { } file; part++) posted += await Some(file, stop);
        return new JobResult($"posted {posted + left.Count}", More: posted > 0);
    }

    /// <summary>The next lines of a file; with none left it is done.</summary>
    /// <returns>How many lines have an answer now.</returns>
    public async Task<int> Some(PremiumFile file, CancellationToken stop = default)
    {
        var some = await rows.OfFile(file, file.PostedLine, LinesAtOnce, stop);
        if (some.Count == 0)
        {
            await database.Write(async tx =>
            {
                if (await tx.Connection.ExecuteAsync("update inc_premium_file set state = 'done' where id = @Id and state = 'posting' and posted_line = @PostedLine", new { file.Id, file.PostedLine }, tx.Handle) == 1)
                    await log.Write(tx, new Operation("premium_file.posted", Actor.Of(file.Machine), file.Id, After: $"{file.Service.Value} {file.Good} lines"));
            }, stop);
            return 0;
        }
        var answered = (await post.Run(file.Service, some, Actor.Of(file.Machine), stop)).Select(e => e.Line).ToHashSet();
        // Busy says nothing about a line: the next run begins with it.
        var open = some.FirstOrDefault(e => e.State == PremiumState.Open && !answered.Contains(e.Line));
        var to = open is null ? some[^1].Line : open.Line - 1;
        if (to > file.PostedLine) await database.Write(tx => tx.Connection.ExecuteAsync(Move, new { file.Id, From = file.PostedLine, To = to }, tx.Handle), stop);
        return answered.Count;
    }
}
