using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.Applications;

/// <summary>
/// Grants what a crash left accepted and not posted. The transfer bears the application's id, so whoever repeats the request at the same moment grants no second time; it waits until
/// the lease of the first try has run out.
/// </summary>
public sealed class PostLeftApplications(FindApplications find, FindCitizen citizens, ApplicationPosting posting, TimeProvider clock) : IJob
{
    private const int PerRun = 100;

    public string Name => "incentives-post-left-applications";

    public TimeSpan Every => TimeSpan.FromSeconds(30);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var (posted, refused) = (0, 0);
        foreach (var left in await find.Left(clock.NowMs() - Limits.LeaseMs, PerRun, stop))
        {
            var answer = await Post(left, run.Actor, stop);
            if (answer.Ok) posted++;
            else if (answer.Refused!.Code != "busy") refused++;
        }
        return new JobResult($"granted {posted}, refused {refused}", More: posted + refused == PerRun);
    }

    private async Task<Result<Application>> Post(Application left, Actor by, CancellationToken stop)
    {
        var citizen = (await citizens.Get(left.Citizen, stop))?.RequireActive() ?? Refusal.Of("mykey_unknown");
        if (citizen.Ok) return await posting.PostLeft(left, by);
        await posting.Refuse(left, citizen.Refused!, by);
        return citizen.Refused!;
    }
}
