using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.Grants;

/// <summary>
/// Posts grants to one person that a crash left stored but not posted. Their transfer bears their id, so whoever repeats the request at the same
/// moment grants no second time. It waits until the lease of the first try has run out: nothing of that try can be posted after it.
/// </summary>
public sealed class PostLeftGrants(FindGrants find, FindCitizen citizens, GrantPosting posting, TimeProvider clock) : IJob
{
    private const int GrantsPerRun = 100;

    public string Name => "points-post-left-grants";

    public TimeSpan Every => TimeSpan.FromSeconds(30);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var (posted, refused) = (0, 0);
        foreach (var grant in await find.Left(clock.NowMs() - Limits.LeaseMs, GrantsPerRun, stop))
        {
            var answer = await Post(grant, run.Actor, stop);
            if (answer.Ok) posted++;
            else if (answer.Refused!.Code != "busy") refused++;
        }
        return new JobResult($"posted {posted}, refused {refused}", More: posted + refused == GrantsPerRun);
    }

    private async Task<Result<Grant>> Post(Grant grant, Actor by, CancellationToken stop)
    {
        var citizen = (await citizens.Get(grant.Citizen, stop))?.RequireActive() ?? Refusal.Of("mykey_unknown");
        if (citizen.Ok && await citizens.PersonKeyOf(grant.Citizen, stop) is { } person) return await posting.PostLeft(grant, person, by);
        var no = citizen.Refused ?? Refusal.Of("mykey_unknown");
        await posting.Refuse(grant, no, by);
        return no;
    }
}
