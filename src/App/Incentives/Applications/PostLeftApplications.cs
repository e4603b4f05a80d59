using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.Applications;

/// <summary>
/// Grants what a crash left accepted and not posted. The transfer bears the id of what it is given for, so whoever repeats the request at the same moment grants no second time; it waits until
/// the lease of the first try has run out.
/// </summary>
/// <typeparam name="T">What an offer gives for.</typeparam>
public abstract class PostLeft<T>(FindCitizen citizens, TimeProvider clock) : IJob
{
    private const int PerRun = 100;

    public abstract string Name { get; }

    public TimeSpan Every => TimeSpan.FromSeconds(30);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var (posted, refused) = (0, 0);
        foreach (var left in await Left(clock.NowMs() - Limits.LeaseMs, PerRun, stop))
        {
            var no = await Post(left, run.Actor, stop);
            if (no is null) posted++;
            else if (no.Code != "busy") refused++;
        }
        return new JobResult($"granted {posted}, refused {refused}", More: posted + refused == PerRun);
    }

    protected abstract Task<IReadOnlyList<T>> Left(long beforeMs, int count, CancellationToken stop);

    protected abstract CitizenId CitizenOf(T left);

    /// <returns>null when it is granted now; why it is not.</returns>
    protected abstract Task<Refusal?> Post(T left, Actor by);

    protected abstract Task Refuse(T left, Refusal no, Actor by);

    private async Task<Refusal?> Post(T left, Actor by, CancellationToken stop)
    {
        var citizen = (await citizens.Get(CitizenOf(left), stop))?.RequireActive() ?? Refusal.Of("mykey_unknown");
        if (citizen.Ok) return await Post(left, by);
        await Refuse(left, citizen.Refused!, by);
        return citizen.Refused;
    }
}

/// <summary>Applications that were accepted.</summary>
public sealed class PostLeftApplications(FindApplications find, FindCitizen citizens, ApplicationPosting posting, TimeProvider clock) : PostLeft<Application>(citizens, clock)
{
    public override string Name => "incentives-post-left-applications";

    protected override Task<IReadOnlyList<Application>> Left(long beforeMs, int count, CancellationToken stop) => find.Left(beforeMs, count, stop);

    protected override CitizenId CitizenOf(Application left) => left.Citizen;

    protected override async Task<Refusal?> Post(Application left, Actor by) => (await posting.PostLeft(left, by)).Refused;

    protected override Task Refuse(Application left, Refusal no, Actor by) => posting.Refuse(left, no, by);
}
