using MyKey.App.LinkedExchange;
using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.Claims;

/// <summary>
/// Ordered: the entitlement is taken, the service is being asked to grant. Asking: its answer was lost, so it is asked what it has done. Accepted: it will grant (S1-40). Granted: the points are there. Refused:
/// it has not granted and never will, and the entitlement is unclaimed again (S1-43). Stuck: somebody has to look. Ended: an operator has ended it.
/// </summary>
public enum ClaimState { Ordered, Asking, Accepted, Granted, Refused, Stuck, Ended }

/// <summary>What the citizen has signed for where a service does not grant: nothing, the other accounts in their order, points of the municipality, or those after these.</summary>
public enum Fallback { None, Accounts, Municipal, AccountsMunicipal }

/// <summary>A claim (S1-42a). What is fixed when it is made stays, so that a late answer means the same.</summary>
/// <param name="Id">The order at the service and the transfer here.</param>
/// <param name="Entitlement">The grant that is received.</param>
/// <param name="To">The service and the account there; null: points of the municipality.</param>
/// <param name="Follows">The claim before it, in whose place this one was made.</param>
/// <param name="Reason">Why it was refused, is stuck or was ended.</param>
/// <param name="Answered">What the service says it has accepted or granted.</param>
/// <param name="NotAfterMs">From then on the service does not take it any more.</param>
/// <param name="NextMs">When the job looks at it again.</param>
/// <param name="DueNext">What the citizen has signed for is still to be tried.</param>
public sealed record Claim(TransferId Id, CitizenId Citizen, TransferId Entitlement, ProgrammeId Programme, MunicipalityCode Municipality, (PaymentServiceId Service, Guid Account)? To, Kernel.Points Points,
    Fallback Fallback, TransferId? Follows, ClaimState State, string? Reason, long? Answered, (long Ordered, long? Accepted, long? Granted) AtMs, long NotAfterMs, long NextMs, int Asks, bool DueNext)
{
    /// <summary>So long a service may take to grant what it has accepted before somebody looks.</summary>
    private const long LongestGrantMs = 14 * Jst.DayMs;

    public bool IsOpen => State is ClaimState.Ordered or ClaimState.Asking or ClaimState.Accepted;

    /// <summary>From then on an order that the service does not know is surely dead.</summary>
    public long DeadMs => NotAfterMs + LinkOrder.MarginMs;

    public bool IsStuckAt(long nowMs) => State == ClaimState.Stuck || (IsOpen && AtMs.Ordered + (State == ClaimState.Accepted ? LongestGrantMs : LinkOrder.StuckMs) <= nowMs);

    public static string Word(ClaimState state) => state switch
    {
        ClaimState.Granted => "受け取りました",
        ClaimState.Accepted => "決済サービスが受け付けました",
        ClaimState.Refused => "受け取れませんでした",
        ClaimState.Stuck => "運用者がたしかめています",
        ClaimState.Ended => "終わりにしました",
        _ => "決済サービスの答えを待っています",
    };

    public static string Word(Fallback fallback) => fallback switch
    {
        Fallback.Accounts => "ほかのマイ決済サービス",
        Fallback.Municipal => "自治体ポイント",
        Fallback.AccountsMunicipal => "ほかのマイ決済サービス、それもだめなら自治体ポイント",
        _ => "自分で選び直す",
    };
}

internal sealed record StoredClaim
{
    public const string All = """
        select id, citizen, entitlement, programme, municipality, service, account, points, fallback, follows, state, reason, answered, ordered_ms, accepted_ms, granted_ms, not_after_ms, next_ms, asks, due_next
        from inc_claim
        """;

    public TransferId Id { get; init; }
    public CitizenId Citizen { get; init; }
    public TransferId Entitlement { get; init; }
    public ProgrammeId Programme { get; init; }
    public MunicipalityCode Municipality { get; init; }
    public Guid? Service { get; init; }
    public Guid? Account { get; init; }
    public long Points { get; init; }
    public string Fallback { get; init; } = "";
    public Guid? Follows { get; init; }
    public string State { get; init; } = "";
    public string? Reason { get; init; }
    public long? Answered { get; init; }
    public long OrderedMs { get; init; }
    public long? AcceptedMs { get; init; }
    public long? GrantedMs { get; init; }
    public long NotAfterMs { get; init; }
    public long NextMs { get; init; }
    public int Asks { get; init; }
    public int DueNext { get; init; }

    public Claim Read() => new(Id, Citizen, Entitlement, Programme, Municipality, Service is { } service ? (new PaymentServiceId(service), Account!.Value) : null,
        new Kernel.Points(Points), Words<Fallback>.Stored(Fallback), Follows is { } before ? new TransferId(before) : null, Words<ClaimState>.Stored(State), Reason, Answered, (OrderedMs, AcceptedMs, GrantedMs),
        NotAfterMs, NextMs, Asks, DueNext == 1);
}
