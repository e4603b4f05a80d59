using System.Text;
using MyKey.Kernel;

namespace MyKey.App.GrantBatches;

/// <summary>Stored: read and shown, nothing has happened. Waiting: for another officer. Running: being posted. Done: every line is posted or refused.</summary>
public enum BatchStage { Stored, Waiting, Running, Done }

public enum BatchRowState { Open, Posted, Refused }

/// <summary>A file of grants as it was read.</summary>
/// <param name="Id">New each time that the file is read, so that nobody asks for or approves what was read differently since.</param>
/// <param name="Occasion">For lines that have none of their own.</param>
/// <param name="Maker">Who brought the file; <paramref name="AskedBy"/> who asked for its points, on that day. Neither approves.</param>
/// <param name="Good">Lines that could be granted when the file was read; <paramref name="Points"/> is their sum.</param>
public sealed record GrantBatch(Guid Id, MunicipalityCode Municipality, ProgrammeId Programme, string Sha256, string FileName, string Occasion, DateOnly ExpiresOn,
    BatchStage Stage, StaffId Maker, StaffId? AskedBy, DateOnly? AskedOn, StaffId? DecidedBy, int Lines, int Good, Points Points, long MadeMs)
{
    /// <summary>The transfer of a line: file and line, so that no repetition credits twice (S2-P6b).</summary>
    public TransferId TransferOf(int line) => Ids.Named<TransferId>(Encoding.UTF8.GetBytes($"grant {Municipality} {Sha256} {line}"));

    public bool MadeBy(StaffId staff) => Maker == staff || AskedBy == staff;
}

/// <summary>One line of the file.</summary>
/// <param name="ShownId">Masked.</param>
/// <param name="ShownPoints">As typed.</param>
/// <param name="Points">What it gives, or would.</param>
/// <param name="Code">Why it is not granted, or empty; <c>cap_reached</c> also where it gives only what the year leaves.</param>
/// <param name="SameLine">For <c>already_granted</c> within the file: the line that has the same person; else 0.</param>
public sealed record GrantBatchRow(int Line, CitizenId? Citizen, PersonKey? Person, string ShownId, string ShownPoints, long Points, string Occasion, BatchRowState State, string Code, int SameLine)
{
    /// <summary>The office's own number of the line, or empty.</summary>
    public string Reference { get; init; } = "";

    /// <summary>It gives less than it says: the person's year leaves no more (S4-03).</summary>
    public bool Capped => State != BatchRowState.Refused && Code == "cap_reached";
}

/// <summary>How far a batch is, in lines.</summary>
public sealed record BatchProgress(int Posted, int Refused, int Open);

/// <summary>Which lines are looked at.</summary>
public enum RowsShown { All, Refused, Open }
