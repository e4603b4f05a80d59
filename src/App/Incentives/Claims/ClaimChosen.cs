using MyKey.App.Entitlements;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;

namespace MyKey.App.Claims;

/// <summary>
/// What was granted goes by itself where its citizen had signed for with the application (S1-35a): one claim for each grant, by the same way as any other. What does not come off waits for the citizen, who
/// may try that destination again.
/// </summary>
public sealed class ClaimChosen(FindEntitlements entitlements, PlaceClaim place, FindCitizen citizens, TimeProvider clock) : IJob
{
    private const int PerRun = 100, SoonMs = 5_000, LaterMs = 3_600_000;

    public string Name => "incentives-claim-chosen";

    public TimeSpan Every => TimeSpan.FromSeconds(5);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var due = await entitlements.Due(clock.NowMs(), PerRun, stop);
        var made = 0;
        // A silent service holds up the others no longer than its own timeout.
        foreach (var some in due.Chunk(10)) made += (await Task.WhenAll(some.Select(e => Claim(e, run.Actor, stop)))).Count(done => done);
        return new JobResult($"claimed {made} of {due.Count}", More: due.Count == PerRun);
    }

    private async Task<bool> Claim(Entitlement granted, Actor actor, CancellationToken stop)
    {
        // A stopped ID may come back; one that was given up has lost the grant, and the claim says so.
        var stopped = (await citizens.Get(granted.Citizen, stop))?.RequireActive().Refused is { Code: "id_suspended" };
        var claimed = stopped ? Refusal.Of("id_suspended") : await place.Chosen(granted, actor, stop);
        var nextMs = claimed.Refused?.Code switch
        {
            "busy" => clock.NowMs() + SoonMs,
            // The service has not started here yet, or rests: it may later.
            "id_suspended" or "not_started" or "service_not_allowed" => clock.NowMs() + LaterMs,
            _ => 0,
        };
        await entitlements.ClaimNext(granted, nextMs, stop);
        return claimed.Ok;
    }
}
