using MyKey.Kernel;

namespace MyKey.App.Settlement;

/// <summary>What a partner owes a municipality at the end of a month (S2-P8a): one point is one yen (S2-P12c).</summary>
/// <param name="Opening">Due and unpaid before.</param>
/// <param name="Exchanged">Straight into points of the municipality.</param>
/// <param name="Moved">Out of the pool, bound to the municipality in this month (S2-Q1).</param>
/// <param name="Corrected">What was wrong with an exchange.</param>
/// <param name="Paid">Booked in this month.</param>
/// <param name="Transfers">Exchanges and moves of the month.</param>
public sealed record Statement(SettlementMonth Month, PartnerId Partner, MunicipalityCode Municipality, long Opening, long Exchanged, long Moved, long Corrected, long Paid, long Transfers)
{
    public long Due => Opening + Exchanged + Moved + Corrected - Paid;

    /// <summary>What the partner says of it; null: nothing yet.</summary>
    public StatementAnswer? Answer { get; init; }
}

/// <param name="Note">Why it is disputed.</param>
public sealed record StatementAnswer(bool Confirmed, string Note, long MadeMs);

/// <summary>What a month cost a municipality, by who pays for it in the end (S2-P8f, S2-P8g).</summary>
/// <param name="Partners">Points that partners paid for.</param>
/// <param name="Budget">Points that the municipality granted.</param>
/// <param name="Premium">What it added to vouchers.</param>
public sealed record CostSplit(Ledger.AccountKind PaidTo, long Partners, long Budget, long Premium)
{
    public long All => Partners + Budget + Premium;
}
