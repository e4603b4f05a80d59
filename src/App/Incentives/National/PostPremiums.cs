using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.National;

/// <summary>
/// Orders premiums in the ledger and keeps what it answered. An event's transfer follows from service and event, so whoever goes on after a crash, or at the same time, posts nothing twice. The ledger holds the cap
/// and the budget; what it does not give is written beside the event and stays so.
/// </summary>
public sealed class PostPremiums(Database database, FindRounds rounds, PremiumRows rows, Ledger.Ledger ledger, Buckets buckets, TimeProvider clock)
{
    /// <summary>Of one service.</summary>
    /// <returns>Those that the ledger has answered, as they are then; what it is too busy for stays open.</returns>
    public async Task<IReadOnlyList<PremiumEvent>> Run(PaymentServiceId service, IReadOnlyList<PremiumEvent> events, Actor actor, CancellationToken stop = default)
    {
        var open = events.Where(e => e.State == PremiumState.Open).ToList();
        if (open.Count == 0) return [];
        var caps = (await rounds.All(stop)).ToDictionary(r => r.Id, r => r.Cap);
        var answered = new List<PremiumEvent>(open.Count);
        answered.AddRange((await Task.WhenAll(open.Where(e => e.Kind != PremiumKind.Return).Select(e => Pay(e, caps, actor)))).OfType<PremiumEvent>());
        await database.Write(tx => rows.Settle(tx, service, answered), stop);
        // After them: the same file may bring a purchase and its return.
        var returns = await Returns(service, [.. open.Where(e => e.Kind == PremiumKind.Return)], actor, stop);
        return [.. answered, .. returns];
    }

    private async Task<PremiumEvent?> Pay(PremiumEvent e, Dictionary<ProgrammeId, Points> caps, Actor actor)
    {
        if (e.Earned == 0) return Done(e, 0, null);
        var posted = await ledger.Post(Transfer.PayPremium(e.Transfer, new CitizenId(e.Choice!.Value), e.Round!.Value, e.Service, (new Points(e.Earned), caps[e.Round.Value]), actor));
        if (posted.Refused is { } no) return no.Code == "busy" ? null : Done(e, 0, no.Code);
        return Done(e, posted.Value.Amount.Value, posted.Value.Amount.Value < e.Earned ? "cap_reached" : null, posted.Value.TimeMs);
    }

    private async Task<IReadOnlyList<PremiumEvent>> Returns(PaymentServiceId service, List<PremiumEvent> returns, Actor actor, CancellationToken stop)
    {
        if (returns.Count == 0) return [];
        var originals = await rows.Find(service, [.. returns.Select(r => r.Reverses!)], stop);
        var answered = (await Task.WhenAll(returns.Select(r => TakeBack(r, originals.GetValueOrDefault(r.Reverses!), actor)))).OfType<PremiumEvent>().ToList();
        await database.Write(tx => rows.Settle(tx, service, answered), stop);
        return answered;
    }

    private async Task<PremiumEvent?> TakeBack(PremiumEvent back, PremiumEvent? original, Actor actor)
    {
        if (original is null || original.Kind == PremiumKind.Return) return Done(back, 0, "premium_unknown");
        if (original.State == PremiumState.Open) return back.InFile ? Done(back, 0, "premium_open") : null;
        var of = back with { Round = original.Round, Choice = original.Choice };
        if (original.Given == 0) return Done(of, 0, original.State == PremiumState.Back ? "already_cancelled" : null);
        var posted = await ledger.Post(Transfer.PremiumReturn(back.Transfer, buckets.Of(original.Choice!.Value), original.Transfer, original.Round!.Value, actor));
        if (posted.Refused is { } no) return no.Code == "busy" ? null : Done(of, 0, no.Code);
        return Done(of, -posted.Value.Amount.Value, null, posted.Value.TimeMs);
    }

    private PremiumEvent Done(PremiumEvent e, long given, string? code, long? timeMs = null) =>
        e with { State = PremiumState.Done, Given = given, Code = code, PostedDay = timeMs is { } at ? Jst.Day(at) : clock.Today() };
}
