using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Keys;

/// <summary>New: in the file, used by nothing. Old: it reads. Ended: taken away.</summary>
public enum KekState { New, Writes, Old, Ended }

/// <param name="Rows">How much lies under it.</param>
/// <param name="Here">It is in this machine's file.</param>
/// <param name="EmptySinceMs">Since when nothing was found under it.</param>
public sealed record KekSeen(string Id, KekState State, long Rows, bool Here, long? EmptySinceMs);

/// <summary>
/// The way of a new key: it comes into the file of every machine, then it writes, then everything is wrapped anew (<see cref="WrapAnew"/>), then the old one is taken away.
/// Nothing stops meanwhile.
/// </summary>
public sealed class ChangeKek(IdentityOptions options, Database database, Kek kek, WrapAnew wrap, OperationLog log, TimeProvider clock)
{
    /// <summary>So long nothing must have been found under a key before it is taken away: what was read before that has been written by then.</summary>
    public const long RestMs = 10 * 60_000;

    private static readonly Actor By = Actor.Job("keys");

    private readonly KeyFile file = new(options.KekFile);
    private readonly KekRows rows = new(database, clock);

    public async Task<IReadOnlyList<KekSeen>> List(CancellationToken stop = default)
    {
        var known = await rows.All(stop);
        var sums = known.Count == 0 ? new Dictionary<string, long>() : await wrap.Count(stop);
        var here = file.Exists ? (await file.Read(stop)).Select(k => k.Id).ToList() : [];
        var writing = known.Count == 0 ? 0 : known.Max(k => k.No);
        return [
            .. known.Select(k => new KekSeen(k.KekId, k.EndedMs is not null ? KekState.Ended : k.No == writing ? KekState.Writes : KekState.Old, sums.GetValueOrDefault(k.KekId), here.Contains(k.KekId), k.EmptyMs)),
            .. here.Where(id => !known.Any(k => k.KekId == id)).Select(id => new KekSeen(id, KekState.New, 0, true, null)),
        ];
    }

    /// <summary>Makes a key and puts it into this machine's file, where it does nothing yet.</summary>
    /// <returns>Its id; <c>kek_unknown</c> while there is no first key.</returns>
    public async Task<Result<string>> Add(CancellationToken stop = default) =>
        file.Exists && (await rows.All(stop)).Count > 0 ? await file.Add(stop) : Refusal.Of("kek_unknown", ("key", "-"));

    /// <summary>From now on this one writes.</summary>
    /// <returns><c>kek_unknown</c> when this machine's file has it not; <c>kek_used</c> when it has written before.</returns>
    public async Task<Result<bool>> Write(string id, CancellationToken stop = default)
    {
        if (!file.Exists || !(await file.Read(stop)).Any(k => k.Id == id)) return Refusal.Of("kek_unknown", ("key", id));
        return await database.WriteOrRefuse<bool>(async tx =>
        {
            var before = await rows.Next(tx, id);
            if (before.Count == 0) return Refusal.Of("kek_unknown", ("key", id));
            if (before.Any(k => k.KekId == id)) return Refusal.Of("kek_used", ("key", id));
            await log.Write(tx, new Operation("key.writes", By, Before: before.MaxBy(k => k.No)!.KekId, After: id));
            return true;
        }, stop);
    }

    /// <summary>Takes an old key away: nothing of this database needs it any more. Backups made before do.</summary>
    /// <returns><c>kek_unknown</c>; <c>kek_needed</c> (facts key, rows) while it writes, something lies under it, or it is empty for less than ten minutes.</returns>
    public async Task<Result<bool>> Remove(string id, CancellationToken stop = default)
    {
        var known = (await rows.All(stop)).FirstOrDefault(k => k.KekId == id);
        if (known is null) return Refusal.Of("kek_unknown", ("key", id));
        if (known.EndedMs is null)
        {
            // With the key in hand: what followed from it has to be written down before it goes.
            foreach (var purpose in Kek.Purposes) await kek.Derive(purpose, stop);
            var under = (await wrap.Count(stop)).GetValueOrDefault(id);
            if (under > 0) return Refusal.Of("kek_needed", ("key", id), ("rows", under));
            var done = await database.WriteOrRefuse<bool>(async tx =>
            {
                if (!await rows.End(tx, id, clock.NowMs() - RestMs)) return Refusal.Of("kek_needed", ("key", id), ("rows", under));
                await log.Write(tx, new Operation("key.removed", By, Before: id));
                return true;
            }, stop);
            if (done.Refused is { } no) return no;
        }
        if (file.Exists && (await file.Read(stop)).Any(k => k.Id == id)) await file.Remove(id, stop);
        return true;
    }
}
