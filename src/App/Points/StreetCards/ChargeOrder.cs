using MyKey.App.LinkedExchange;
using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.StreetCards;

/// <summary>
/// Ordered: the points are taken, the centre is being asked to charge. Asking: its answer was lost, so it is asked what it has done. Charged: they are on the
/// card. Refused: the centre has not charged and never will, and the points are back. Stuck: somebody has to look. Ended: an operator has ended it.
/// </summary>
public enum ChargeState { Ordered, Asking, Charged, Refused, Stuck, Ended }

/// <summary>Points on their way to a street card (S2-P7j). What is fixed when it is ordered stays, so that a late answer means the same.</summary>
/// <param name="Id">The order at the centre and the transfer here.</param>
/// <param name="AskedId">The form or request that ordered it.</param>
/// <param name="Card">The card's number, wrapped.</param>
/// <param name="Reason">Why it was refused, is stuck or was ended.</param>
/// <param name="Answered">What the centre says it has charged.</param>
/// <param name="NotAfterMs">From then on the centre does not charge any more.</param>
/// <param name="NextMs">When the job looks at it again.</param>
public sealed record ChargeOrder(TransferId Id, Guid AskedId, CitizenId Citizen, Guid Operator, MunicipalityCode Issuer, Kernel.Points Points, byte[] Card, string Tail, ChargeState State, string? Reason,
    long? Answered, long OrderedMs, long NotAfterMs, long NextMs, int Asks)
{
    public bool IsOpen => State is ChargeState.Ordered or ChargeState.Asking;

    /// <summary>From then on a charge that the centre does not know is surely dead.</summary>
    public long DeadMs => NotAfterMs + LinkOrder.MarginMs;

    public bool IsStuckAt(long nowMs) => State == ChargeState.Stuck || (IsOpen && OrderedMs + LinkOrder.StuckMs <= nowMs);

    public static string Word(ChargeState state) => state switch
    {
        ChargeState.Charged => "カードに入れました",
        ChargeState.Refused => "カードに入れられませんでした",
        ChargeState.Stuck => "運用者がたしかめています",
        ChargeState.Ended => "終わりにしました",
        _ => "カードの会社の答えを待っています",
    };
}

internal sealed record StoredCharge
{
    public const string All = """
        select id, asked_id, citizen, operator, issuer, points, card, tail, state, reason, answered, ordered_ms, not_after_ms, next_ms, asks from pts_charge_order
        """;

    public TransferId Id { get; init; }
    public Guid AskedId { get; init; }
    public CitizenId Citizen { get; init; }
    public Guid Operator { get; init; }
    public MunicipalityCode Issuer { get; init; }
    public long Points { get; init; }
    public byte[] Card { get; init; } = [];
    public string Tail { get; init; } = "";
    public string State { get; init; } = "";
    public string? Reason { get; init; }
    public long? Answered { get; init; }
    public long OrderedMs { get; init; }
    public long NotAfterMs { get; init; }
    public long NextMs { get; init; }
    public int Asks { get; init; }

    public ChargeOrder Read() => new(Id, AskedId, Citizen, Operator, Issuer, new Kernel.Points(Points), Card, Tail, Words<ChargeState>.Stored(State), Reason, Answered, OrderedMs, NotAfterMs, NextMs, Asks);
}
