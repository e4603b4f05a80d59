using MyKey.App.Entitlements;
using MyKey.App.PaymentServices;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Claims;

/// <summary>Open: can be received. Claimed: its last claim says how far. Gone: lapsed, or recalled.</summary>
public enum EntitlementState { Open, Claimed, Gone }

/// <summary>A grant as its citizen sees it (S1-24).</summary>
/// <param name="Open">What can be received of it now.</param>
/// <param name="Last">The last claim, or null.</param>
/// <param name="Where">Where that went.</param>
public sealed record MyEntitlement(Entitlement Granted, string Programme, string Place, OpenEntitlement? Open, Claim? Last, string? Where)
{
    public EntitlementState State => Open is not null ? EntitlementState.Open : Last is { State: not ClaimState.Refused } ? EntitlementState.Claimed : EntitlementState.Gone;

    /// <summary>The last claim came back, and it can be claimed again (S1-43).</summary>
    public bool CameBack => Open is not null && Last is { State: ClaimState.Refused or ClaimState.Ended };
}

/// <summary>What a citizen was granted and receives by a claim, with its state (S1-24).</summary>
public sealed class MyEntitlements(FindEntitlements entitlements, EntitlementReading reading, ClaimRows claims, FindPaymentServices services, ProgrammeList programmes, RegistryCache registry, TimeProvider clock)
{
    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<MyEntitlement>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        var granted = await entitlements.Of(citizen, stop);
        if (granted.Count == 0) return [];
        var (made, all, view) = (await claims.Of(citizen, stop), await services.All(stop), await registry.View());
        var mine = new List<MyEntitlement>();
        foreach (var one in granted)
        {
            var last = made.FirstOrDefault(c => c.Entitlement == one.Id);
            var where = last is null ? null : last.To is { } to ? all.FirstOrDefault(s => s.Id == to.Service)?.Name : view.NameOfPoints(one.Municipality);
            mine.Add(new MyEntitlement(one, (await programmes.Find(one.Programme, stop))?.Name ?? "", view.Find(one.Municipality)?.Name ?? one.Municipality.Value,
                await reading.OfGrant(citizen, one.Id, clock.Today(), stop), last, where));
        }
        return mine;
    }

    /// <summary>How many can be received, and until when the first of them.</summary>
    public async Task<(int Count, DateOnly? Until)> Waiting(CitizenId citizen, CancellationToken stop = default)
    {
        var open = await reading.Of(citizen, clock.Today(), stop);
        return (open.Count, open.Count == 0 ? null : open.Min(o => o.LastDay));
    }
}
