using MyKey.Kernel;

namespace MyKey.App.Registry;

/// <summary>Applied, looked at by one operator, then a member or not by another (S2-P15b).</summary>
public enum JoinState { Applied, Checked, Member, Rejected }

/// <summary>A municipality that asks to become a member of the council.</summary>
/// <param name="Phone">The office's own.</param>
/// <param name="Mailbox">The office's own, empty for none.</param>
/// <param name="WishedOn">Wants to begin on this day.</param>
/// <param name="Wanted">What it wants to take part in.</param>
/// <param name="StaffNumber">Number of its first member of staff, since it was checked.</param>
/// <param name="MemberOn">Is to be, or is, a member from this day on.</param>
/// <param name="Reason">Of a no.</param>
public sealed record JoinApplication(Guid Id, MunicipalityCode Municipality, string Phone, string Mailbox, DateOnly WishedOn, IReadOnlyList<CapabilityKind> Wanted, JoinState State, long MadeMs,
    string? StaffNumber = null, DateOnly? MemberOn = null, StaffId? CheckedBy = null, long? CheckedMs = null, StaffId? DecidedBy = null, long? DecidedMs = null, string? Reason = null)
{
    public bool IsOpen => State is JoinState.Applied or JoinState.Checked;

    public static string Word(JoinState state) => state switch
    {
        JoinState.Applied => "受け付けました",
        JoinState.Checked => "たしかめました。承認を待っています",
        JoinState.Member => "会員になりました",
        _ => "断りました",
    };
}

/// <summary>What a municipality types.</summary>
/// <param name="Id">Made by the caller: the same again answers again.</param>
/// <param name="Municipality">Its code, or its name where that leaves no doubt.</param>
public sealed record WantedJoin(Guid Id, string? Municipality, string? Phone, string? Mailbox, DateOnly? WishedOn, IReadOnlyList<string>? Wanted);

/// <summary>What the operator who looked at an application found.</summary>
/// <param name="Called">The office was called back at its public number.</param>
/// <param name="StaffNumber">For the first member of staff, who is invited with it.</param>
public sealed record JoinCheck(bool Called, string? StaffNumber, DateOnly? MemberOn);

internal sealed record JoinRow
{
    public const string All = """
        select id, municipality, telephone, mailbox, wished_day, wanted, state, made_ms, staff_number, member_day, checked_by, checked_ms, decided_by, decided_ms, reason from reg_join_application
        """;

    public const string ById = All + " where id = @id";

    public Guid Id { get; init; }
    public MunicipalityCode Municipality { get; init; }
    public string Telephone { get; init; } = "";
    public string Mailbox { get; init; } = "";
    public DateOnly WishedDay { get; init; }
    public string Wanted { get; init; } = "";
    public string State { get; init; } = "";
    public long MadeMs { get; init; }
    public string? StaffNumber { get; init; }
    public DateOnly? MemberDay { get; init; }
    public StaffId? CheckedBy { get; init; }
    public long? CheckedMs { get; init; }
    public StaffId? DecidedBy { get; init; }
    public long? DecidedMs { get; init; }
    public string? Reason { get; init; }

    public JoinApplication Read() => new(Id, Municipality, Telephone, Mailbox, WishedDay, [.. Wanted.Split(' ').Select(CapabilityKind.Stored)], Words<JoinState>.Stored(State), MadeMs,
        StaffNumber, MemberDay, CheckedBy, CheckedMs, DecidedBy, DecidedMs, Reason);
}
