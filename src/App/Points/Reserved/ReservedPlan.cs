using MyKey.App.Registry;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Reserved;

/// <summary>Why reserved points that are past their last day can't go by themselves (S0-1010f).</summary>
public enum HoldReason { NoBase, BaseClosed, Suspended, Revoked }

/// <summary>What happens on a day if nothing is done before it.</summary>
/// <param name="To">Null: they stay reserved until a municipality is chosen.</param>
/// <param name="ExpiresOn">Their last day there.</param>
public sealed record PlannedMove(DateOnly On, Points Amount, Municipality? To, DateOnly? ExpiresOn);

/// <summary>A citizen's reserved points and where they go if nothing is done (S0-1010d).</summary>
/// <param name="Base">The base municipality, if it gives points today.</param>
/// <param name="Held">Why they don't go by themselves, or null.</param>
public sealed record ReservedPlan(IReadOnlyList<ReservedLot> Lots, DateOnly Today, Municipality? Base, HoldReason? Held)
{
    public Points Sum => new(Lots.Sum(l => l.Remaining.Value));

    /// <summary>The last day of the choice for those that come first; null without any.</summary>
    public DateOnly? First => Lots.Count > 0 ? Lots[0].LastDay : null;

    /// <summary>Some of them are past their last day and wait.</summary>
    public bool Waits => Held is not null && First < Today;

    public IReadOnlyList<PlannedMove> Moves => [.. Lots.GroupBy(l => l.LastDay < Today ? Today : l.LastDay.AddDays(1)).Select(day =>
        new PlannedMove(day.Key, new Points(day.Sum(l => l.Remaining.Value)), Base, Base?.Expiry?.ExpiresOn(day.Key)))];

    /// <summary>How long there is to choose, in words.</summary>
    public string Left(DateOnly lastDay) => lastDay < Today ? "期限がすぎました" : lastDay == Today ? "きょうまで" : $"あと{lastDay.DayNumber - Today.DayNumber}日";

    /// <summary>Where a citizen's reserved points go by themselves, or why nowhere: the rule of the plan and of the job.</summary>
    public static (Municipality? To, HoldReason? Held) HomeOf(RegistryView view, CitizenState? state, MunicipalityCode? home) => state switch
    {
        CitizenState.Suspended => (null, HoldReason.Suspended),
        CitizenState.Active => home is not { } code ? (null, HoldReason.NoBase) : view.Find(code) is { Issues: true } town ? (town, null) : (null, HoldReason.BaseClosed),
        _ => (null, HoldReason.Revoked),
    };
}
