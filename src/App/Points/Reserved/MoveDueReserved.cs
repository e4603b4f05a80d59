using MyKey.App.Mail;
using MyKey.App.Registry;
using MyKey.Identity.Citizens;
using MyKey.Identity.Mail;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.Reserved;

/// <summary>
/// On the day after their last one, reserved points go to the base municipality (S0-1010d). One transfer for a citizen and a day, whose id follows from
/// both, so whatever restarts, they go once; few at a time, so that payments go on. Who has no municipality to go to keeps them reserved, and the
/// operators see it (S0-1010f).
/// </summary>
public sealed class MoveDueReserved(Ledger.Ledger ledger, ReservedReading reading, FindHomes homes, HeldReserved held, RegistryCache registry, PointNotices notices, TimeProvider clock) : IJob
{
    /// <summary>So many stand in the queue of the ledger at once; a payment waits no longer than for these.</summary>
    public const int AtOnce = 200;

    /// <summary>So many citizens are looked up at once.</summary>
    private const int LookedUp = 4_000;

    public const int CitizensPerRun = 20_000;

    public string Name => "points-move-due-reserved";

    public TimeSpan Every => TimeSpan.FromMinutes(5);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var (moved, waiting) = (0, 0);
        var known = await held.All(stop);
        for (var bucket = 0; bucket < ledger.Buckets.Count && moved < CitizensPerRun; bucket++)
        {
            var stay = new Dictionary<CitizenId, HoldReason>();
            moved += await RunBucket(bucket, new Work(CitizensPerRun - moved, known, stay, run.Actor), stop);
            // A bucket that was left half way says nothing about those who were not looked at.
            if (moved < CitizensPerRun) await held.Keep([.. known.Values.Where(h => ledger.Buckets.Of(h.Citizen.Value) == bucket)], stay, run.Actor, stop);
            waiting += stay.Count;
        }
        return new JobResult($"moved of {moved} citizens, held of {waiting}", More: moved >= CitizensPerRun);
    }

    private async Task<int> RunBucket(int bucket, Work work, CancellationToken stop)
    {
        var (moved, last, today) = (0, (CitizenId?)null, clock.Today());
        while (moved < work.Most)
        {
            var due = await reading.Due(bucket, today, last, LookedUp);
            if (due.Count == 0) break;
            foreach (var some in due.Chunk(AtOnce))
            {
                if (moved >= work.Most) return moved;
                stop.ThrowIfCancellationRequested();
                moved += await Move(some, work, today, stop);
            }
            last = due[^1];
        }
        return moved;
    }

    private async Task<int> Move(CitizenId[] citizens, Work work, DateOnly today, CancellationToken stop)
    {
        var (found, view, hearers) = (await homes.Of(citizens, stop), await registry.View(), await notices.Hearers(Notice.Moved, citizens, stop));
        var posts = new List<Task<bool>>(citizens.Length);
        foreach (var citizen in citizens)
        {
            var home = found.GetValueOrDefault(citizen);
            var (to, why) = ReservedPlan.HomeOf(view, home?.State, home?.BaseMunicipality);
            if (to is null) work.Stay.Add(citizen, why!.Value);
            else posts.Add(Post(Transfer.MoveDue(IdOf(citizen, today), citizen, to.Code, to.Expiry!.Value.ExpiresOn(today), work.By), work.Known.ContainsKey(citizen),
                hearers.Contains(citizen) ? notices.Companion(citizen, Notice.Moved, new Purse(to.Code)) : null));
        }
        return (await Task.WhenAll(posts)).Count(p => p);
    }

    private async Task<bool> Post(Transfer transfer, bool wasHeld, Companion? told)
    {
        Companion? released = wasHeld ? HeldReserved.Released(transfer.Citizen!.Value, ledger.Buckets) : null;
        var posted = await ledger.Post(transfer with { Companions = [.. new[] { released, told }.OfType<Companion>()] });
        return posted.Ok && !posted.Value.Repeated;
    }

    private static TransferId IdOf(CitizenId citizen, DateOnly day) => Ids.Named<TransferId>([.. "reserved-due"u8, .. day.Bytes(), .. citizen.Value.Bytes()]);

    /// <summary>What one bucket is worked with.</summary>
    /// <param name="Most">Citizens to be moved at most.</param>
    /// <param name="Stay">Gets those who can't be moved.</param>
    private sealed record Work(int Most, IReadOnlyDictionary<CitizenId, HeldPoints> Known, Dictionary<CitizenId, HoldReason> Stay, Actor By);
}
