using MyKey.Identity.Certificates;
using MyKey.Identity.Citizens;
using MyKey.Kernel;

namespace MyKey.Identity.Sessions;

/// <summary>The shell a session belongs to; each has a cookie of its own.</summary>
public enum SessionKind { Citizen = 1, Office = 2, Operator = 3, Terminal = 4 }

/// <summary>
/// How sure we are of the person (identity.md): A1 card present (tap), A2 MyKey ID + password, A3 card + PIN. A4, a fresh A3 bound to one
/// action, never opens a session; staff hold A1 between password and one-time password, then A2.
/// </summary>
public enum Assurance { A1 = 1, A2 = 2, A3 = 3, A4 = 4 }

/// <summary>Somebody who is signed in.</summary>
/// <param name="Citizen">null in a card session before the first MyKeyId.</param>
/// <param name="Certificate">Set in card sessions.</param>
/// <param name="ConfirmedMs">When a staff member last gave a one-time password; 0 = never.</param>
/// <param name="EndsMs">Absolute end.</param>
public sealed record Session(SessionKind Kind, Assurance Assurance, CitizenId? Citizen, StaffId? Staff, TerminalId? Terminal,
    AuthCertificate? Certificate, long CreatedMs, long ConfirmedMs, long EndsMs)
{
    internal byte[] Hash { get; init; } = [];

    /// <summary>The citizen as he was when the session was looked up; null where it is nobody's.</summary>
    public Citizen? Holder { get; init; }

    /// <summary>The passkey that opened it, of staff; null after password and one-time password.</summary>
    public PasskeyId? Passkey { get; init; }

    /// <summary>A citizen's at a support desk, which <see cref="Terminal"/> names.</summary>
    public bool IsSitting => Kind == SessionKind.Citizen && Terminal is not null;

    /// <summary>The citizen, or <c>mykey_missing</c>.</summary>
    public Result<CitizenId> RequireCitizen() => Citizen is { } citizen ? citizen : Refusal.Of(Certificate is null ? "login_required" : "mykey_missing");

    /// <summary>This session, or <c>card_login_required</c> when it was not opened with card and PIN.</summary>
    public Result<Session> RequireCard() => Kind == SessionKind.Citizen && Assurance == Assurance.A3 && Certificate is not null ? this : Refusal.Of("card_login_required");

    /// <summary>This session, or <c>step_up_required</c>.</summary>
    public Result<Session> Require(Assurance least) => Assurance >= least ? this : Refusal.Of("step_up_required");
}

/// <summary>What a new session is opened for.</summary>
internal sealed record NewSession(SessionKind Kind, Assurance Assurance)
{
    public CitizenId? Citizen { get; init; }

    public StaffId? Staff { get; init; }

    public TerminalId? Terminal { get; init; }

    public AuthCertificate? Certificate { get; init; }

    public bool Confirmed { get; init; }

    public bool IsSitting => Kind == SessionKind.Citizen && Terminal is not null;

    public PasskeyId? Passkey { get; init; }
}
