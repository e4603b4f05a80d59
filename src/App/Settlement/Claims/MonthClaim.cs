using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>
/// Open: the shop may claim it. Claimed: the municipality may approve it. Objected: the shop says that it is wrong, so it is not paid. Proposed: waits for another officer. Approved: a payment list takes it.
/// Paid. Carried: nothing is to be paid, what is below nothing goes into the next month. Internal: the municipality's own facility, no bank is asked (S2-P8c).
/// </summary>
public enum ClaimState { Open, Claimed, Objected, Proposed, Approved, Paid, Carried, Internal }

/// <summary>What a municipality owes somebody who took its points in a month.</summary>
/// <param name="CreditorKind">An acceptor, a voucher desk, a street card's centre or a payment service.</param>
/// <param name="Undone">0 or below: cancelled and refunded, of this month or of one before.</param>
/// <param name="Carried">0 or below: what was left over from the month before.</param>
/// <param name="FeeRate">Hundredths of a percent of what an online site captured (S2-P8e); <paramref name="Fee"/> goes off.</param>
public sealed record MonthClaim(Guid Id, SettlementMonth Month, MunicipalityCode Issuer, AccountKind CreditorKind, Guid Creditor, long Used, long Undone, long Carried, int FeeRate, long Fee, long Amount, ClaimState State)
{
    public string? Objection { get; init; }

    public string? Answer { get; init; }

    public Guid? Approval { get; init; }

    public long? ClaimedMs { get; init; }
}

internal sealed class ClaimRow
{
    /// <summary>Claims count once their month stands.</summary>
    public const string All = """
        select c.id, c.month, c.issuer, c.creditor_kind, c.creditor, c.used, c.undone, c.carried, c.fee_rate, c.fee, c.amount, c.state, c.objection, c.answer, c.approval, c.claimed_ms
        from stl_claim c join stl_month m on m.month = c.month
        """;

    public Guid Id { get; init; }
    public int Month { get; init; }
    public string Issuer { get; init; } = "";
    public int CreditorKind { get; init; }
    public Guid Creditor { get; init; }
    public long Used { get; init; }
    public long Undone { get; init; }
    public long Carried { get; init; }
    public int FeeRate { get; init; }
    public long Fee { get; init; }
    public long Amount { get; init; }
    public string State { get; init; } = "";
    public string? Objection { get; init; }
    public string? Answer { get; init; }
    public Guid? Approval { get; init; }
    public long? ClaimedMs { get; init; }

    public MonthClaim Read() => new(Id, new SettlementMonth(Month), MunicipalityCode.Trusted(Issuer), (AccountKind)CreditorKind, Creditor, Used, Undone, Carried, FeeRate, Fee, Amount, Words<ClaimState>.Stored(State))
    {
        Objection = Objection, Answer = Answer, Approval = Approval, ClaimedMs = ClaimedMs,
    };
}
