using MyKey.Kernel.Jobs;

namespace MyKey.App.Pledges;

/// <summary>Gives back what no site has captured in time, and what a capture left over when its process broke off: once, after any pause. Forgets confirmations of long ago.</summary>
public sealed class ReleasePledges(PledgeRows rows, EndPledge end, ConfirmOnline confirmations) : IJob
{
    private const int PledgesPerRun = 500;

    public string Name => "points-release-pledges";

    public TimeSpan Every => TimeSpan.FromSeconds(30);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var (due, done) = (await rows.Due(PledgesPerRun, stop), 0);
        foreach (var pledge in due)
            if (await end.End(pledge, run.Actor, stop)) done++;
        await confirmations.ForgetOld(stop);
        return new JobResult($"released {done}", More: done > 0 && due.Count == PledgesPerRun);
    }
}
