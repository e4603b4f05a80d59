using MyKey.App.Shared.Components;
using MyKey.Kernel;

namespace MyKey.App.Attendance;

/// <summary>Recording: by the organiser. Sent: to the office. Approved: what it gives is being granted, or is counted. Declined: it gives nothing.</summary>
public enum OccasionState { Recording, Sent, Approved, Declined }

/// <summary>How somebody was recorded: a card that was held, the one-time code of My Page, an ID that was typed, a line of a file, a facility's machine.</summary>
public enum RecordedBy { Card, Code, Id, File, Machine }

/// <summary>One day of an activity whose attendance is recorded (S2-P3d).</summary>
/// <param name="Organiser">Null: the use of facilities of that day (K-12).</param>
/// <param name="Points">What each gets, where the office said so; null: as the programme usually gives.</param>
/// <param name="Batch">Of an approved one: the SHA-256 of its file of grants; empty where it was counted; null while nobody has got that far.</param>
public sealed record Occasion(OccasionId Id, MunicipalityCode Municipality, OrganiserId? Organiser, ProgrammeId Programme, string Name, DateOnly HeldOn, OccasionState State,
    Points? Points, bool Proven, string? Batch, long MadeMs)
{
    public const int LongestName = 40;

    public const int MostLines = 2_000;

    /// <summary>What counts once per person: a paper list that the office types with the same words gives nobody anything twice.</summary>
    public string Text => $"{Words.Day(HeldOn)} {Name}";

    /// <summary>Nobody has decided, or somebody has and what follows was not reached.</summary>
    public bool Waits(DateOnly today) => State switch
    {
        OccasionState.Sent => true,
        OccasionState.Recording => Organiser is null && HeldOn < today,
        OccasionState.Approved => Batch is null,
        _ => false,
    };
}

/// <summary>Somebody who was there.</summary>
/// <param name="ShownId">Masked.</param>
/// <param name="Counted">Stamps or hours, for a yearly programme; else 1.</param>
/// <param name="Struck">The office took the line out.</param>
public sealed record AttendanceLine(int Line, Guid Id, CitizenId Citizen, PersonKey Person, string ShownId, RecordedBy By, bool Leads, long Counted, bool Struck);

/// <summary>How many are in it.</summary>
public sealed record OccasionShown(Occasion Occasion, string? Organiser, int Lines);
