using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.National;

/// <summary>What became of one event of a call.</summary>
/// <param name="Event">null: it was refused.</param>
/// <param name="Repeated">It had been taken before; this is its answer again.</param>
public sealed record TakenEvent(string EventId, PremiumEvent? Event, Refusal? No, bool Repeated);

/// <summary>Events that a service reports one by one or some at once (S3-02). Each is kept before the ledger is asked, so none is lost.</summary>
public sealed class TakePremiums(Database database, JudgePremiums judge, PremiumRows rows, PostPremiums post)
{
    public const int MostAtOnce = 1_000;

    /// <returns>One answer for each, in the order of the call; <c>busy</c> for one that is kept and has no answer yet. <c>too_large</c>.</returns>
    public async Task<Result<IReadOnlyList<TakenEvent>>> Run(PaymentServiceId service, IReadOnlyList<SaidEvent> said, Actor actor, CancellationToken stop = default)
    {
        if (said.Count > MostAtOnce) return Refusal.Of("too_large");
        var judged = await Known(service, await (await judge.Begin(service, stop)).Run(said, stop), stop);
        // Of one id that comes twice in a call the second is the first again, or it is refused.
        var wanted = judged.Where(j => j.Event is not null).Select(j => j.Event!).DistinctBy(e => e.Id, StringComparer.Ordinal).ToList();
        var known = await database.Write(tx => rows.Insert(tx, service, wanted, file: null), stop);
        var kept = await rows.Find(service, [.. wanted.Select(e => e.Id)], stop);
        await post.Run(service, [.. wanted.Where(e => kept[e.Id].Says(e)).Select(e => kept[e.Id])], actor, stop);
        var now = await rows.Find(service, [.. wanted.Select(e => e.Id)], stop);
        return judged.Select(j => Answer(j, now, known)).ToList();
    }

    /// <summary>What a return takes back has to be there before it, or to come along.</summary>
    private async Task<IReadOnlyList<JudgedEvent>> Known(PaymentServiceId service, IReadOnlyList<JudgedEvent> judged, CancellationToken stop)
    {
        var returns = judged.Where(j => j.Event is { Kind: PremiumKind.Return }).ToList();
        if (returns.Count == 0) return judged;
        var there = (await rows.Find(service, [.. returns.Select(r => r.Event!.Reverses!)], stop)).Values.Concat(judged.Select(j => j.Event).OfType<PremiumEvent>()).Where(e => e.Kind != PremiumKind.Return).Select(e => e.Id).ToHashSet();
        return [.. judged.Select(j => j.Event is { Reverses: { } of } && !there.Contains(of) ? j with { Event = null, No = Refusal.Of("premium_unknown") } : j)];
    }

    private static TakenEvent Answer(JudgedEvent asked, IReadOnlyDictionary<string, PremiumEvent> now, IReadOnlySet<int> known)
    {
        if (asked.Event is not { } wanted) return new(asked.EventId, null, asked.No, false);
        var kept = now[wanted.Id];
        if (!kept.Says(wanted)) return new(wanted.Id, null, Refusal.Of("id_reused"), false);
        if (kept.State == PremiumState.Open) return new(wanted.Id, null, Refusal.Of("busy"), false);
        return kept.Kind == PremiumKind.Return && kept.Code is { } code ? new(wanted.Id, null, Refusal.Of(code), false) : new(wanted.Id, kept, null, known.Contains(wanted.Line));
    }
}
