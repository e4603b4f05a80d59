using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.Grants;

/// <summary>Made: being posted. Waiting: for another officer's approval. Withdrawn: will never be posted.</summary>
public enum GrantState { Made, Waiting, Posted, Withdrawn }

/// <summary>What is asked for.</summary>
/// <param name="Id">Made by the caller; it becomes the transfer's: the same again answers again.</param>
/// <param name="ExpiresOn">Null: as the programme has it.</param>
/// <param name="Occasion">What counts once per person; null or empty: as the kind of the programme has it.</param>
public sealed record GrantOrder(TransferId Id, ProgrammeId Programme, string? MyKeyId, long Amount, DateOnly? ExpiresOn = null, string? Occasion = null)
{
    /// <summary>The officer has seen what shows that this person may get it (S4-04).</summary>
    public bool Proven { get; init; }
}

/// <summary>A grant to one person.</summary>
/// <param name="ShownId">The MyKeyId as screens show it.</param>
/// <param name="Amount">What was asked for.</param>
/// <param name="Maker">Who asked for it; somebody else approves.</param>
public sealed record Grant(TransferId Id, MunicipalityCode Municipality, ProgrammeId Programme, CitizenId Citizen, string ShownId, Points Amount, DateOnly ExpiresOn,
    string Occasion, bool Alone, GrantState State, Actor Maker, DateOnly Day, long MadeMs)
{
    /// <summary>What was posted: less where the person's year left no more (S4-03). Null while nothing is.</summary>
    public Points? Credited { get; init; }

    public bool Proven { get; init; }

    /// <summary>What moved, or will.</summary>
    public Points Moves => Credited ?? Amount;

    public bool Capped => Moves < Amount;

    /// <summary>To whose day it counts.</summary>
    public GrantCount Count => new(Maker, Municipality, Programme, Day);

    /// <summary>Is it what this order asks for? An order without a day asks for whatever the rule gave.</summary>
    public bool Is(GrantOrder order, CitizenId citizen, string occasion, Granter granter) =>
        Municipality == granter.Municipality.Code && Programme == order.Programme && Citizen == citizen && Amount.Value == order.Amount
        && (order.ExpiresOn is null || order.ExpiresOn == ExpiresOn) && Occasion == occasion;
}

internal sealed record GrantRow
{
    public const string All = """
        select id, municipality, programme, citizen, shown_id, amount, expires_on, occasion, alone, state, maker_kind, maker, civil_day, made_ms, credited, proven from pts_grant
        """;

    public TransferId Id { get; init; }
    public MunicipalityCode Municipality { get; init; }
    public ProgrammeId Programme { get; init; }
    public CitizenId Citizen { get; init; }
    public string ShownId { get; init; } = "";
    public long Amount { get; init; }
    public DateOnly ExpiresOn { get; init; }
    public string Occasion { get; init; } = "";
    public int Alone { get; init; }
    public string State { get; init; } = "";
    public int MakerKind { get; init; }
    public Guid Maker { get; init; }
    public DateOnly CivilDay { get; init; }
    public long MadeMs { get; init; }
    public long? Credited { get; init; }
    public int Proven { get; init; }

    public Grant Read() => new(Id, Municipality, Programme, Citizen, ShownId, new Kernel.Points(Amount), ExpiresOn, Occasion, Alone == 1, Words<GrantState>.Stored(State),
        new Actor((ActorKind)MakerKind, Maker), CivilDay, MadeMs)
    {
        Credited = Credited is { } credited ? new Kernel.Points(credited) : null, Proven = Proven == 1,
    };
}
