using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Kernel.Jobs;

/// <summary>The lease rows of krn_job: taken by a conditional update, so that of two processes exactly one gets it.</summary>
internal sealed class JobLease(Database database, TimeProvider clock, Guid owner)
{
    /// <summary>How long a run may take that says nothing else.</summary>
    public const int HeldMs = 60_000;

    /// <summary>After a run that failed, where the interval is longer.</summary>
    public const int RetryMs = 60_000;

    // until_ms = 0: given back. A lease that ran out instead means that its process died, and the work is due at once.
    private const string NotDue = """
        select count(*) from krn_job where name = @Name
          and (until_ms > @Now or until_ms = 0 and last_start_ms > @Now - case when last_ok = 0 then @RetryMs else @EveryMs end)
        """;

    private const string Know = "insert into krn_job(name, until_ms, fence) values (@Name, 0, 0) on conflict do nothing";

    private const string Take = """
        update krn_job set owner = @Owner, until_ms = @Until, fence = fence + 1, last_start_ms = @Now
        where name = @Name and until_ms <= @Now and (until_ms > 0 or last_start_ms is null or last_start_ms <= @Now - case when last_ok = 0 then @RetryMs else @EveryMs end)
        """;

    private const string Fence = "select fence from krn_job where name = @Name and owner = @Owner";

    private const string Free = """
        update krn_job set until_ms = 0, last_end_ms = @Now, last_ok = @Ok, last_result = @Text
        where name = @Name and owner = @Owner and fence = @Fence
        """;

    /// <param name="again">The run before left more to do, so the interval does not count.</param>
    /// <returns>The run, or null when it is not due or another process has it.</returns>
    public async Task<JobRun?> TryTake(IJob job, bool again, CancellationToken stop)
    {
        var now = clock.NowMs();
        var everyMs = again ? 0 : (long)job.Every.TotalMilliseconds;
        var row = new { job.Name, Owner = owner, Now = now, Until = now + (long)job.Lasts.TotalMilliseconds, EveryMs = everyMs, RetryMs = Math.Min(everyMs, RetryMs) };
        await using (var connection = await database.Open(stop))
            if (await connection.ExecuteScalarAsync<long>(NotDue, row) > 0) return null;
        return await database.Write(async tx =>
        {
            await tx.Connection.ExecuteAsync(Know, row, tx.Handle);
            if (await tx.Connection.ExecuteAsync(Take, row, tx.Handle) == 0) return null;
            return new JobRun(job.Name, owner, await tx.Connection.ExecuteScalarAsync<long>(Fence, row, tx.Handle), row.Until);
        }, stop);
    }

    public Task GiveBack(JobRun run, bool ok, string text) => database.Write(tx => tx.Connection.ExecuteAsync(Free,
        new { run.Name, run.Owner, run.Fence, Ok = ok ? 1 : 0, Text = text.Length <= 500 ? text : text[..500], Now = clock.NowMs() }, tx.Handle));
}
