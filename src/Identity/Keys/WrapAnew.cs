using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;

namespace MyKey.Identity.Keys;

/// <summary>
/// Wraps by the key that writes what lies under older ones, a bounded piece per run, and notes since when nothing lies under an older key: then it can be taken away. Each
/// row is replaced by itself, so a run may end anywhere.
/// </summary>
public sealed class WrapAnew(Database database, Kek kek, IEnumerable<WrappedPlace> places, TimeProvider clock) : IJob
{
    public const int RowsAtOnce = 200, RowsPerRun = 4_000;

    private readonly KekRows rows = new(database, clock);
    private readonly IReadOnlyList<WrappedPlace> places = [.. places];

    public string Name => "wrap-anew";

    public TimeSpan Every => TimeSpan.FromMinutes(1);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var known = await rows.All(stop);
        if (known.Count(k => k.EndedMs is null) < 2) return new JobResult("one key");
        var (anew, unreadable) = (0, new List<string>());
        foreach (var place in places)
        {
            var some = await All(place, RowsPerRun - anew, stop);
            anew += some.Rows;
            if (some.Unreadable > 0) unreadable.Add($"{place.Name} ({some.Unreadable})");
            if (anew >= RowsPerRun) return new JobResult($"wrapped {anew} anew", More: true);
        }
        await Note(known, stop);
        return unreadable.Count == 0 ? new JobResult($"wrapped {anew} anew") : new JobResult($"wrapped {anew} anew; opens with no key: {string.Join(", ", unreadable)}", Ok: false);
    }

    /// <returns>How much lies under each key, by its id.</returns>
    internal async Task<IReadOnlyDictionary<string, long>> Count(CancellationToken stop)
    {
        var first = (await kek.Look(stop)).First;
        var sums = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var connection = await database.Open(stop);
        foreach (var place in places)
            foreach (var under in await place.Count(connection, stop))
                sums[under.Key ?? first] = sums.GetValueOrDefault(under.Key ?? first) + under.Rows;
        return sums;
    }

    private async Task<WrappedAnew> All(WrappedPlace place, int most, CancellationToken stop)
    {
        var (rows, unreadable) = (0, 0);
        while (rows < most)
        {
            var some = await place.Some(database, kek, Math.Min(RowsAtOnce, most - rows), stop);
            (rows, unreadable) = (rows + some.Rows, some.Unreadable);
            if (some.Rows == 0) break;
        }
        return new WrappedAnew(rows, unreadable);
    }

    private async Task Note(IReadOnlyList<KekRow> known, CancellationToken stop)
    {
        var sums = await Count(stop);
        var writing = known.Max(k => k.No);
        foreach (var old in known.Where(k => k.EndedMs is null && k.No < writing)) await rows.Seen(old.KekId, sums.GetValueOrDefault(old.KekId) == 0, stop);
    }
}
