using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MyKey.Kernel.Db;

namespace MyKey.Kernel.Jobs;

/// <summary>Runs the jobs of this process, each in a loop of its own; processes agree through the lease rows.</summary>
public sealed partial class JobRunner(Database database, TimeProvider clock, IEnumerable<IJob> jobs, ILogger<JobRunner> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    private readonly JobLease lease = new(database, clock, Ids.NewV7(clock));

    /// <summary>Runs the job if it is due and nobody else has it, again and again while it has more to do.</summary>
    /// <returns>How many runs there were.</returns>
    public async Task<int> RunDue(IJob job, CancellationToken stop = default)
    {
        for (var runs = 0; ; runs++)
        {
            if (await lease.TryTake(job, again: runs > 0, stop) is not { } run) return runs;
            if (!await RunOnce(job, run, stop)) return runs + 1;
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var all = jobs.ToList();
        var twice = all.GroupBy(j => j.Name).FirstOrDefault(g => g.Count() > 1);
        Must.Hold(twice is null, $"the job name {twice?.Key} is used once");
        return Task.WhenAll(all.Select(job => Loop(job, stoppingToken)));
    }

    private async Task Loop(IJob job, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await RunDue(job, stop);
            }
            catch (Exception e) when (!stop.IsCancellationRequested && e is DbException or TimeoutException)
            {
                // The database is away: the loop must still be there when it is back.
                LogNoLease(log, e, job.Name);
            }
            // Another process may die with a lease, or start the day before: so look more often than a daily job runs.
            await Task.Delay(job.Every < Look ? job.Every : Look, clock, stop);
        }
    }

    /// <returns>True when there is more to do.</returns>
    private async Task<bool> RunOnce(IJob job, JobRun run, CancellationToken stop)
    {
        using var ends = new CancellationTokenSource(job.Lasts, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ends.Token);
        try
        {
            var result = await job.Run(run, either.Token);
            await lease.GiveBack(run, result.Ok, result.Text);
            return result.More;
        }
        catch (Exception e)
        {
            // A failed run is told and tried again within a minute; nothing is hidden, and the other jobs go on.
            if (!stop.IsCancellationRequested) LogFailed(log, e, job.Name);
            await lease.GiveBack(run, ok: false, stop.IsCancellationRequested ? "stopped" : $"{e.GetType().Name}: {e.Message}");
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Job {Job} failed")]
    private static partial void LogFailed(ILogger log, Exception exception, string job);

    [LoggerMessage(2, LogLevel.Warning, "Job {Job} can't ask for its lease")]
    private static partial void LogNoLease(ILogger log, Exception exception, string job);
}

public static class JobsModule
{
    /// <summary>The runner; each module adds its own with <see cref="AddJob{T}"/>.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services) => services.AddHostedService<JobRunner>();

    public static IServiceCollection AddJob<T>(this IServiceCollection services) where T : class, IJob => services.AddSingleton<IJob, T>();
}
