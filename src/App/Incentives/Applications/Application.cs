using MyKey.App.Entitlements;
using MyKey.App.Grants;
using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.Applications;

/// <summary>Waiting: for screening. Approving: for another officer. Accepted: being posted. Granted. Rejected: with a reason that the citizen reads (S1-S2).</summary>
public enum ApplicationState { Waiting, Approving, Accepted, Granted, Rejected }

/// <summary>Who said yes, and what follows from the day on which it was said.</summary>
/// <param name="By">Null: nobody looks at applications to this programme.</param>
/// <param name="Alone">It counts to what this officer may grant alone; else another one approved it.</param>
/// <param name="ExpiresOn">The last day of the points, or to receive them.</param>
public sealed record Decision(StaffId? By, DateOnly Day, long AtMs, DateOnly ExpiresOn, bool Alone);

/// <summary>Staff entered it for somebody who came late (S1-33).</summary>
public sealed record LateEntry(StaffId By, string Reason);

/// <summary>申請: a citizen applies to a programme (S1-25).</summary>
/// <param name="Id">Made by the caller; it becomes the transfer's: the same again answers again.</param>
/// <param name="Period">0: once for ever; else the fiscal year.</param>
/// <param name="ShownId">The MyKeyId as screens show it.</param>
/// <param name="Declared">The citizen said that the conditions hold.</param>
public sealed record Application(TransferId Id, ProgrammeId Programme, MunicipalityCode Municipality, CitizenId Citizen, PersonKey Person, int Period, string ShownId, Points Amount, bool Declared,
    ApplicationState State, long MadeMs)
{
    public LateEntry? Late { get; init; }

    public Decision? Decision { get; init; }

    /// <summary>Why it was rejected.</summary>
    public string? Reason { get; init; }

    /// <summary>Where what is granted goes; null: chosen with the claim.</summary>
    public ChosenDestination? Destination { get; init; }

    /// <summary>What was posted: less where the person's year left no more (S4-03).</summary>
    public Points? Credited { get; init; }

    public string Path => $"/my/applications/{Id.Value}";

    /// <summary>What it counts to of the day of who decided; null where nobody did.</summary>
    public GrantCount? Count => Decision is { By: { } by } decided ? new GrantCount(Actor.Of(by), Municipality, Programme, decided.Day) : null;
}

internal sealed record ApplicationRow
{
    public const string All = """
        select id, programme, municipality, citizen, person, period, shown_id, points, declared, state, made_ms, entered_by, entered_reason, reason, decided_by, decided_day, decided_ms, expires_on,
          alone, credited, destination from inc_application
        """;

    public TransferId Id { get; init; }
    public ProgrammeId Programme { get; init; }
    public MunicipalityCode Municipality { get; init; }
    public CitizenId Citizen { get; init; }
    public PersonKey Person { get; init; }
    public int Period { get; init; }
    public string ShownId { get; init; } = "";
    public long Points { get; init; }
    public int Declared { get; init; }
    public string State { get; init; } = "";
    public long MadeMs { get; init; }
    public StaffId? EnteredBy { get; init; }
    public string? EnteredReason { get; init; }
    public string? Reason { get; init; }
    public StaffId? DecidedBy { get; init; }
    public DateOnly? DecidedDay { get; init; }
    public long? DecidedMs { get; init; }
    public DateOnly? ExpiresOn { get; init; }
    public int Alone { get; init; }
    public long? Credited { get; init; }
    public string Destination { get; init; } = "";

    public Application Read() => new(Id, Programme, Municipality, Citizen, Person, Period, ShownId, new Kernel.Points(Points), Declared == 1, Words<ApplicationState>.Stored(State), MadeMs)
    {
        Late = EnteredBy is { } by ? new LateEntry(by, EnteredReason ?? "") : null, Reason = Reason,
        Decision = DecidedDay is { } day && DecidedMs is { } at && ExpiresOn is { } last ? new Decision(DecidedBy, day, at, last, Alone == 1) : null,
        Credited = Credited is { } credited ? new Kernel.Points(credited) : null, Destination = ChosenDestination.Read(Destination),
    };
}
