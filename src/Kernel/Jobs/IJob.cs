using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Kernel.Jobs;

/// <summary>
/// Work that comes round by itself, in one process at a time. A run is bounded, may be repeated without harm, and may come after a pause
/// of days; so it asks the database what is to be done, never "what happened since the last run".
/// </summary>
public interface IJob
{
    /// <summary>Lower case with hyphens, unique for ever: it names the row of krn_job and the actor in the logs.</summary>
    string Name { get; }

    /// <summary>From the start of one run to the start of the next.</summary>
    TimeSpan Every { get; }

    /// <summary>How long a run may take. A process that dies holds up its job for no longer.</summary>
    TimeSpan Lasts => TimeSpan.FromMilliseconds(JobLease.HeldMs);

    /// <summary>Does a bounded piece of work; <paramref name="stop"/> falls when the process ends or the lease runs out.</summary>
    Task<JobResult> Run(JobRun run, CancellationToken stop);
}

/// <param name="Text">What was done, short and without personal data, e.g. <c>sealed 12</c>.</param>
/// <param name="More">There is more to do: run again at once.</param>
/// <param name="Ok">False when something could not be had now: as after an exception, the next run comes within a minute.</param>
public sealed record JobResult(string Text, bool More = false, bool Ok = true);

/// <summary>One run: the lease under which it stands.</summary>
/// <param name="Owner">The process, a random id of each start.</param>
/// <param name="Fence">Rises with every run of this job, whoever runs it.</param>
/// <param name="UntilMs">Then another process may take over.</param>
public sealed record JobRun(string Name, Guid Owner, long Fence, long UntilMs)
{
    private const string Keep = "update krn_job set fence = fence where name = @Name and owner = @Owner and fence = @Fence";

    public Actor Actor => Actor.Job(Name);

    /// <summary>
    /// Makes the transaction one of this run's: it commits before anyone else takes the job over, or not at all. For jobs whose second
    /// run at the same time could do harm; others are safe through their own conditional updates.
    /// </summary>
    /// <exception cref="LeaseLost">Another process has taken over.</exception>
    public async Task Hold(Transaction tx)
    {
        var held = await tx.Connection.ExecuteAsync(Keep, new { Name, Owner, Fence }, tx.Handle);
        if (held == 0) throw new LeaseLost(Name);
    }
}

/// <summary>A run went on after its lease; it wrote nothing and another process does the work.</summary>
public sealed class LeaseLost(string name) : Exception($"the lease of job {name} was taken over");
