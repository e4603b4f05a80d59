using System.Threading.Channels;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Tests.Support;

namespace MyKey.Tests.Kernel.Jobs;

/// <summary>Goal: of any number of processes one runs a job, at its interval, whatever died or paused before.</summary>
public class JobRunnerTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Of_two_processes_one_runs_and_the_interval_counts_for_both(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var clock = new TestClock();
        var job = new Counting();
        var runners = new[] { Runner(test.Database, clock), Runner(test.Database, clock) };

        for (var hour = 1; hour <= 5; hour++)
        {
            await Task.WhenAll(runners.Select(r => Task.Run(() => r.RunDue(job))));
            Assert.Equal(hour, job.Runs);
            clock.Advance(job.Every - TimeSpan.FromMilliseconds(1));
            Assert.Equal(0, await runners[hour % 2].RunDue(job));
            clock.Advance(1);
        }
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_run_that_hangs_is_taken_over_and_can_no_longer_write(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var clock = new TestClock();
        JobRun? first = null;
        var hangs = new TaskCompletionSource();
        var began = new TaskCompletionSource();
        var hanging = Runner(test.Database, clock).RunDue(new Doing(async run => { first = run; began.SetResult(); await hangs.Task; return new("late"); }));
        await began.Task;

        var second = Runner(test.Database, clock);
        clock.Advance(Lease - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await second.RunDue(new Doing(_ => Task.FromResult(new JobResult("too early")))));
        clock.Advance(1);
        var fence = 0L;
        Assert.Equal(1, await second.RunDue(new Doing(run => { fence = run.Fence; return Task.FromResult(new JobResult("taken over")); })));

        Assert.True(fence > first!.Fence);
        await Assert.ThrowsAsync<LeaseLost>(() => test.Database.Write(tx => first.Hold(tx)));
        hangs.SetResult();
        await hanging;
        Assert.Equal("taken over", await LastResult(test.Database));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_run_that_holds_its_lease_writes(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var runner = Runner(test.Database, new TestClock());
        Assert.Equal(1, await runner.RunDue(new Doing(async run => { await test.Database.Write(tx => run.Hold(tx)); return new("held"); })));
        Assert.Equal("held", await LastResult(test.Database));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task After_a_pause_of_days_it_runs_once(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var clock = new TestClock();
        var job = new Counting();
        await Runner(test.Database, clock).RunDue(job);
        clock.Advance(TimeSpan.FromDays(9));
        var runner = Runner(test.Database, clock);
        Assert.Equal(1, await runner.RunDue(job));
        Assert.Equal(0, await runner.RunDue(job));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_failure_is_told_and_tried_again_within_a_minute(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var clock = new TestClock();
        var runner = Runner(test.Database, clock);
        var job = new Doing(_ => throw new InvalidOperationException("no paper")) { Every = TimeSpan.FromHours(1) };
        Assert.Equal(1, await runner.RunDue(job));
        Assert.Equal("InvalidOperationException: no paper", await LastResult(test.Database));
        Assert.Equal(0, await runner.RunDue(job));
        clock.Advance(60_000);
        var half = new Doing(_ => Task.FromResult(new JobResult("half", Ok: false))) { Every = job.Every };
        Assert.Equal(1, await runner.RunDue(half));
        clock.Advance(60_000);
        var whole = new Doing(_ => Task.FromResult(new JobResult("whole"))) { Every = job.Every };
        Assert.Equal(1, await runner.RunDue(whole));
        clock.Advance(60_000);
        Assert.Equal(0, await runner.RunDue(whole));
    }

    [Fact]
    public async Task More_to_do_is_done_at_once()
    {
        await using var test = await TestDatabase.New(Engine.Sqlite);
        var left = 3;
        Assert.Equal(3, await Runner(test.Database, new TestClock()).RunDue(new Doing(_ => Task.FromResult(new JobResult("a piece", More: --left > 0)))));
    }

    [Fact]
    public async Task The_hosted_runner_keeps_coming_back()
    {
        await using var test = await TestDatabase.New(Engine.Sqlite);
        var clock = new TestClock();
        var ran = Channel.CreateUnbounded<long>();
        var job = new Doing(run => { ran.Writer.TryWrite(run.Fence); return Task.FromResult(new JobResult("done")); }) { Every = TimeSpan.FromSeconds(20) };
        using var runner = new JobRunner(test.Database, clock, [job], NullLogger<JobRunner>.Instance);
        await runner.StartAsync(default);
        for (var fence = 1; fence <= 3; fence++)
        {
            Assert.Equal(fence, await ran.Reader.ReadAsync());
            await clock.WaitedFor(job.Every);
            clock.Advance(job.Every);
        }
        await runner.StopAsync(default);
    }

    private static JobRunner Runner(Database database, TimeProvider clock) => new(database, clock, [], NullLogger<JobRunner>.Instance);

    private static async Task<string?> LastResult(Database database)
    {
        await using var connection = await database.Open();
        return await connection.QuerySingleAsync<string?>("select last_result from krn_job where name = 'doing'");
    }

    private sealed class Counting : IJob
    {
        private int runs;

        public int Runs => runs;

        public string Name => "counting";

        public TimeSpan Every => TimeSpan.FromHours(1);

        public Task<JobResult> Run(JobRun run, CancellationToken stop)
        {
            Interlocked.Increment(ref runs);
            return Task.FromResult(new JobResult("counted"));
        }
    }

    private sealed class Doing(Func<JobRun, Task<JobResult>> what) : IJob
    {
        public string Name => "doing";

        public TimeSpan Every { get; init; } = TimeSpan.FromHours(1);

        public Task<JobResult> Run(JobRun run, CancellationToken stop) => what(run);
    }
}
