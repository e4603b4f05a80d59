using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Registry;

/// <summary>What becomes of an event's points after its last day (H-D2): they lapse, or become points of the municipality that is paid for them.</summary>
public enum LeftOver { Lapse, Keep }

/// <summary>Called off: published, but it does not take place.</summary>
public enum EventState { Draft, Published, CalledOff }

/// <summary>A support event: disaster recovery, a big festival (S0-5010a).</summary>
/// <param name="Municipality">It is paid for the points (H-D1).</param>
/// <param name="Organiser">A body, never a person; null only in a draft.</param>
/// <param name="LeadDays">So many days before the first one its points pay already (S0-5010b).</param>
/// <param name="TailDays">And so many after the last one.</param>
/// <param name="Rule">Null only in a draft.</param>
public sealed record SupportEvent(SupportEventId Id, MunicipalityCode Municipality, string Name, string? Organiser, DateOnly FirstDay, DateOnly LastDay, int LeadDays, int TailDays, LeftOver? Rule, EventState State)
{
    /// <summary>First and last day on which its points pay.</summary>
    public DateOnly From => FirstDay.AddDays(-LeadDays);

    public DateOnly Until => LastDay.AddDays(TailDays);

    public Purse Purse => new(Municipality, Id);

    /// <summary>Where citizens' points for it lie.</summary>
    public Account Account => Ledger.Account.Event(Municipality, Id);

    /// <summary>What becomes of the rest: nobody loses points to an event that did not take place, whatever its rule.</summary>
    public LeftOver? EndsBy => State == EventState.CalledOff ? LeftOver.Keep : Rule;

    public string PointName => $"{Name}のポイント";

    /// <returns>Null while its points pay; else <c>event_closed</c> (from, until).</returns>
    public Refusal? PaysOn(DateOnly day) => State == EventState.Published && day >= From && day <= Until ? null : Closed();

    /// <returns>Null while points may be moved to it: from its publication to its last day of use; else <c>event_closed</c> (from, until).</returns>
    public Refusal? TakesOn(DateOnly day) => State == EventState.Published && day <= Until ? null : Closed();

    private Refusal Closed() => Refusal.Of("event_closed", ("from", Shared.Components.Words.Day(From)), ("until", Shared.Components.Words.Day(Until)));
}

internal sealed record EventRow
{
    private const string All = "select id, municipality, name, organiser, first_day, last_day, lead_days, tail_days, left_over, state, called_off from reg_event";

    public const string ById = All + " where id = @id";

    public const string ChangedAfter = All + " where changed_no > @No";

    public SupportEventId Id { get; init; }
    public MunicipalityCode Municipality { get; init; }
    public string Name { get; init; } = "";
    public string? Organiser { get; init; }
    public DateOnly FirstDay { get; init; }
    public DateOnly LastDay { get; init; }
    public int LeadDays { get; init; }
    public int TailDays { get; init; }
    public string? LeftOver { get; init; }
    public string State { get; init; } = "";
    public int CalledOff { get; init; }

    public SupportEvent Read() => new(Id, Municipality, Name, Organiser, FirstDay, LastDay, LeadDays, TailDays, LeftOver is null ? null : Words<LeftOver>.Stored(LeftOver),
        CalledOff == 1 ? EventState.CalledOff : Words<EventState>.Stored(State));
}
