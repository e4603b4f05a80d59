using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.LinkedExchange;

/// <summary>
/// Ordered: the row stands, the partner is being asked to debit. Asking: its answer was lost, so it is asked what it has done. Debited: it has debited,
/// the points are on their way into the passbook. Posted: they are there. Refused: the partner has not debited and never will. Stuck: somebody has to
/// look. Ended: an operator has ended it.
/// </summary>
public enum LinkOrderState { Ordered, Asking, Debited, Posted, Refused, Stuck, Ended }

/// <summary>An exchange over a partner's login (S2-P11a). What is fixed when it is ordered stays, so that a late answer means the same.</summary>
/// <param name="Id">The order at the partner and the transfer here.</param>
/// <param name="AskedId">The form or request that ordered it.</param>
/// <param name="Issuer">Whose points they become; the pool where that is chosen later.</param>
/// <param name="Points">The partner's; <paramref name="Worth"/> of the issuer's at <paramref name="Rate"/>.</param>
/// <param name="Reason">Why it was refused, is stuck or was ended.</param>
/// <param name="Answered">What the partner says it has debited.</param>
/// <param name="NotAfterMs">From then on the partner does not debit any more.</param>
/// <param name="NextMs">When the job looks at it again.</param>
public sealed record LinkOrder(TransferId Id, Guid AskedId, CitizenId Citizen, PartnerId Partner, MunicipalityCode Issuer, long Points, Points Worth, ExchangeRate Rate, DateOnly LotExpiresOn,
    LinkOrderState State, string? Reason, long? Answered, long OrderedMs, long NotAfterMs, long NextMs, int Asks)
{
    /// <summary>The partner's own number of an order that began on its pages (S2-P3b); null for one that began here.</summary>
    public Guid? PartnerOrder { get; init; }

    /// <summary>How long the partner may debit.</summary>
    public const int DebitMs = 60_000;

    /// <summary>So much may its clock be behind ours. Only after it is an order that the partner does not know surely dead.</summary>
    public const int MarginMs = 60_000;

    /// <summary>An order that is not settled by then is shown to the operators.</summary>
    public const int StuckMs = 600_000;

    public bool IsOpen => State is LinkOrderState.Ordered or LinkOrderState.Asking or LinkOrderState.Debited;

    public long DeadMs => NotAfterMs + MarginMs;

    public bool IsStuckAt(long nowMs) => State == LinkOrderState.Stuck || (IsOpen && OrderedMs + StuckMs <= nowMs);

    /// <summary>
    /// One order for one form of one citizen. The citizen is part of it: whoever sends the id of somebody else's form orders something else, and a
    /// partner is never asked about another one's order.
    /// </summary>
    public static TransferId IdOf(CitizenId citizen, Guid asked) => Ids.Named<TransferId>([.. citizen.Value.Bytes(), .. asked.Bytes()]);
}

internal sealed record LinkOrderRow
{
    public const string All = """
        select id, asked_id, citizen, partner, issuer, points, worth, rate_partner, rate_municipal, lot_expires_on, state, reason, answered, ordered_ms, not_after_ms, next_ms, asks, partner_order from pts_link_order
        """;

    public TransferId Id { get; init; }
    public Guid AskedId { get; init; }
    public CitizenId Citizen { get; init; }
    public PartnerId Partner { get; init; }
    public MunicipalityCode Issuer { get; init; }
    public long Points { get; init; }
    public Points Worth { get; init; }
    public int RatePartner { get; init; }
    public int RateMunicipal { get; init; }
    public DateOnly LotExpiresOn { get; init; }
    public string State { get; init; } = "";
    public string? Reason { get; init; }
    public long? Answered { get; init; }
    public long OrderedMs { get; init; }
    public long NotAfterMs { get; init; }
    public long NextMs { get; init; }
    public int Asks { get; init; }
    public Guid? PartnerOrder { get; init; }

    public LinkOrder Read() => new(Id, AskedId, Citizen, Partner, Issuer, Points, Worth, new ExchangeRate(RatePartner, RateMunicipal), LotExpiresOn, Words<LinkOrderState>.Stored(State), Reason, Answered,
        OrderedMs, NotAfterMs, NextMs, Asks)
    {
        PartnerOrder = PartnerOrder,
    };
}
