using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <param name="Month">yyyy-MM.</param>
public sealed record MonthReply(string Month, long Transfers, long ClosedMs)
{
    public static MonthReply Of(ClosedMonth m) => new(m.Month.ToString(), m.Transfers, m.ClosedMs);
}

/// <param name="Chains">Of which so many are added up.</param>
public sealed record ClosingReply(string Month, int Done, int Chains, long Transfers);

/// <param name="Next">Will be closed next.</param>
/// <param name="Closing">Is being closed now.</param>
public sealed record MonthsReply(string? Next, ClosingReply? Closing, IReadOnlyList<MonthReply> Months);

/// <summary>Yen. Due = opening + exchanged + moved + corrected − paid.</summary>
/// <param name="Partner">Key of the partner.</param>
/// <param name="Answer"><c>confirmed</c>, <c>disputed</c> or null.</param>
public sealed record StatementReply(string Month, string Partner, string Municipality, long Opening, long Exchanged, long Moved, long Corrected, long Paid, long Due, long Transfers, string? Answer, string? Note)
{
    /// <summary>Told to the partner: the account of the municipality into which it pays. Null while two officers of it have not approved one.</summary>
    public PayIntoReply? PayInto { get; init; }
}

/// <summary>An account as a bank's file has it: capitals and half-width kana.</summary>
/// <param name="Kind"><c>ordinary</c>, <c>current</c> or <c>other</c>.</param>
public sealed record PayIntoReply(string Bank, string BankName, string Branch, string BranchName, string Kind, string Number, string Holder)
{
    public static PayIntoReply Of(BankAccount a) => new(a.Bank, a.BankName, a.Branch, a.BranchName, Words<DepositKind>.Of(a.Kind), a.Number, a.Holder);
}

/// <param name="PaidTo"><c>acceptor</c>, <c>voucher_desk</c>, <c>card_centre</c>, <c>payment_service</c> or <c>donation</c>.</param>
public sealed record CostReply(string PaidTo, long Partners, long Budget, long Premium);

/// <param name="CreditorKind">As <see cref="CostReply.PaidTo"/>.</param>
/// <param name="State"><c>open</c>, <c>claimed</c>, <c>objected</c>, <c>proposed</c>, <c>approved</c>, <c>paid</c>, <c>carried</c> or <c>internal</c>.</param>
public sealed record SettlementClaimReply(Guid Id, string Month, string Issuer, string CreditorKind, Guid Creditor, long Used, long Undone, long Carried, int FeeRate, long Fee, long Amount, string State, string? Objection, string? Answer)
{
    public static SettlementClaimReply Of(MonthClaim c) => new(c.Id, c.Month.ToString(), c.Issuer.Value, Words<AccountKind>.Of(c.CreditorKind), c.Creditor, c.Used, c.Undone, c.Carried, c.FeeRate, c.Fee, c.Amount,
        Words<ClaimState>.Of(c.State), c.Objection, c.Answer);
}

public sealed record ClaimApprovalReply(Guid Id, int Claims, long Amount, Guid Maker, long MadeMs)
{
    public static ClaimApprovalReply Of(ClaimApproval a) => new(a.Id, a.Claims, a.Amount, a.Maker, a.MadeMs);
}

/// <param name="Reason">Or the answer to one.</param>
public sealed record ReasonRequest(string? Reason);

/// <param name="Kind"><c>payment</c> or <c>correction</c>.</param>
/// <param name="State"><c>waiting</c>, <c>booked</c> or <c>withdrawn</c>.</param>
/// <param name="BookMonth">Whose statement has it.</param>
public sealed record PartnerPaymentReply(Guid Id, string Kind, string Partner, string Municipality, long Amount, DateOnly Day, string Note, string State, string? BookMonth, Guid Maker);

/// <param name="Kind">Of the transfers.</param>
/// <param name="Undone">They give such back.</param>
/// <param name="AccountKind">Who is paid; of <c>partner</c> and <c>budget</c> who pays.</param>
/// <param name="Source"><c>partner</c>, <c>budget</c>, <c>premium</c> or <c>state</c>.</param>
/// <param name="OfMonth">To which month that belongs which is given back.</param>
public sealed record SettlementLineReply(Guid Id, string Kind, bool Undone, string AccountKind, string Issuer, Guid Owner, string Source, Guid Partner, Guid Programme, string OfMonth, long Count, long Amount)
{
    public static SettlementLineReply Of(SettlementLine l) => new(l.Id, Words<TransferKind>.Of(l.Kind), l.Undone, Words<MyKey.Ledger.AccountKind>.Of(l.Account.Kind), l.Account.Issuer.Value, l.Account.Owner, Words<FundedBy>.Of(l.Source),
        l.Partner, l.Programme, l.OfMonth.ToString(), l.Count, l.Amount);
}

/// <param name="Undoes">Receipt of what it gives back.</param>
public sealed record SettledPostingReply(string Receipt, string Kind, bool Undone, long TimeMs, long Amount, string? Undoes);

/// <param name="Next">Pass it as <c>after</c>; null: there is no more. A leaf may be empty and still go on.</param>
public sealed record SettledPostingsReply(IReadOnlyList<SettledPostingReply> Postings, string? Next)
{
    public static SettledPostingsReply Of(FoundPostings f) => new([.. f.Found.Select(p => new SettledPostingReply(p.Receipt.ToString(), Words<TransferKind>.Of(p.As.Kind), p.As.Undone, p.TimeMs, p.Amount, p.Undoes?.ToString()))], f.Next);
}

/// <param name="Kind"><c>holding</c>, <c>reserved</c>, <c>ticket</c> …</param>
/// <param name="Source"><c>grant</c> or <c>exchange</c>.</param>
public sealed record TracedLotReply(Guid Lot, Guid? Parent, string Kind, string Issuer, DateOnly AcquiredOn, long Amount, long Remaining, string Source, Guid? Partner, string? Rate, Guid? Programme);

public sealed record TracedChangeReply(Guid Lot, long Change);

public sealed record TraceStepReply(string Receipt, string Kind, string Issuer, long TimeMs, Guid? Acceptor, Guid? Partner, IReadOnlyList<TracedChangeReply> Changes);

public sealed record LineageReply(string Receipt, string Kind, IReadOnlyList<TracedLotReply> Lots, IReadOnlyList<TraceStepReply> Steps)
{
    public static LineageReply Of(MyKey.Ledger.Lineage l) => new(l.Receipt.ToString(), Words<TransferKind>.Of(l.Kind),
        [.. l.Lots.Select(o => new TracedLotReply(o.Id.Value, o.Parent?.Value, Words<AccountKind>.Of(o.Kind), o.Issuer.Value, o.AcquiredOn, o.Amount, o.Remaining, Words<SourceKind>.Of(o.Source.Kind), o.Source.Partner?.Value,
            o.Source.Partner is null ? null : $"{o.Source.Rate.Partner}:{o.Source.Rate.Municipal}", o.Programme?.Value))],
        [.. l.Steps.Select(s => new TraceStepReply(s.Receipt.ToString(), Words<TransferKind>.Of(s.Kind), s.Issuer.Value, s.TimeMs, s.Acceptor?.Value, s.Partner?.Value, [.. s.Changes.Select(c => new TracedChangeReply(c.Lot.Value, c.Change))]))]);
}
