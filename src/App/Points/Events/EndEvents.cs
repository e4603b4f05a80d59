using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.Events;

/// <summary>
/// After an event's last day its rule has what nobody used (H-D2): it lapses, or becomes points of the municipality. Each transfer's id follows from
/// what it takes and the day, so whatever restarts, it happens once; few at a time, so that payments go on.
/// </summary>
public sealed class EndEvents(Ledger.Ledger ledger, EventReading reading, RegistryCache registry, TimeProvider clock) : IJob
{
    /// <summary>So many stand in the queue of the ledger at once.</summary>
    private const int AtOnce = 200;

    public const int LotsPerRun = 10_000;

    public string Name => "points-end-events";

    public TimeSpan Every => TimeSpan.FromMinutes(10);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var (view, today, ended) = (await registry.View(), clock.Today(), 0);
        foreach (var supported in view.Events.Where(e => e.State != EventState.Draft && e.Until < today))
            for (var bucket = 0; bucket < ledger.Buckets.Count && ended < LotsPerRun; bucket++)
                ended += await End(supported, view, bucket, run.Actor, stop);
        return new JobResult($"ended {ended} lots", More: ended >= LotsPerRun);
    }

    private async Task<int> End(SupportEvent supported, RegistryView view, int bucket, Actor by, CancellationToken stop)
    {
        var (today, ended) = (clock.Today(), 0);
        while (ended < LotsPerRun && await reading.Due(bucket, supported.Account, today, AtOnce) is { Count: > 0 } due)
        {
            stop.ThrowIfCancellationRequested();
            var posts = Endings(supported, view, due, by).Select(t => ledger.Post(t).AsTask()).ToList();
            var answers = await Task.WhenAll(posts);
            // A queue that is full is tried again in the next run; the same lots would come back at once.
            if (answers.Any(a => !a.Ok)) break;
            ended += due.Count;
        }
        return ended;
    }

    private IEnumerable<Transfer> Endings(SupportEvent supported, RegistryView view, IReadOnlyList<LeftOverLot> due, Actor by)
    {
        var today = clock.Today();
        // A municipality that left has no rule of its own any more for how long points live; then they lapse a year from now.
        var expires = view.Find(supported.Municipality)?.Expiry?.ExpiresOn(today) ?? today.AddYears(1);
        return supported.EndsBy == LeftOver.Keep
            ? due.Select(l => l.Citizen).Distinct().Select(c => Transfer.MoveLeftOver(IdOf(supported.Id, c, today), c, supported.Account, expires, by))
            : due.Select(l => Transfer.Expire(l.Citizen, supported.Account, l.Lot, today));
    }

    private static TransferId IdOf(SupportEventId supported, CitizenId citizen, DateOnly day) =>
        Ids.Named<TransferId>([.. "event-end"u8, .. day.Bytes(), .. supported.Value.Bytes(), .. citizen.Value.Bytes()]);
}
