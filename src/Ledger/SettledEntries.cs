namespace MyKey.Ledger;

/// <summary>Entries that were read for settlement, with the sources of their lots and the places of what they undo; sorts their postings.</summary>
/// <param name="next">Where reading goes on; null: nowhere.</param>
internal sealed class SettledEntries(ChainPart part, List<(TransferRecord Record, ChainPlace Place)> records, ChainPlace? next)
{
    private readonly Dictionary<Guid, (FundedBy By, Guid Partner, Guid Programme)> sources = [];
    private readonly Dictionary<Guid, ChainPlace> places = [];

    public delegate void Sorted(SettledAs group, long count, long amount);

    public List<(TransferRecord Record, ChainPlace Place)> Records => records;

    public ChainPlace? Next => next;

    /// <summary>Lots that settlement has to ask for; those that the entries made say themselves whose they are.</summary>
    public (Guid[] Citizens, Guid[] Lots) UnknownLots()
    {
        foreach (var (record, _) in records)
            foreach (var lot in record.NewLots) Know(lot.Id.Value, lot.Source.Kind, lot.Source.Partner?.Value, lot.Programme?.Value);
        var wanted = new Dictionary<Guid, Guid>();
        foreach (var (record, _) in records)
            if (record.Citizen is { } citizen && Sorts(record.Kind))
                foreach (var leg in record.Legs)
                    if (leg.Lot is { } lot && !sources.ContainsKey(lot.Value)) wanted[lot.Value] = citizen.Value;
        return ([.. wanted.Values], [.. wanted.Keys]);
    }

    public Guid[] UndoneIds()
    {
        foreach (var (record, place) in records) places[record.Id.Value] = place;
        return [.. records.Where(r => Undoes(r.Record) && !places.ContainsKey(r.Record.Cancels!.Value.Value)).Select(r => r.Record.Cancels!.Value.Value).Distinct()];
    }

    public void Know(Guid lot, SourceKind kind, Guid? partner, Guid? programme) =>
        sources[lot] = kind == SourceKind.Exchange ? (FundedBy.Partner, partner ?? Guid.Empty, Guid.Empty) : (FundedBy.Budget, Guid.Empty, programme ?? Guid.Empty);

    public void KnowPlace(Guid transfer, ChainPlace place) => places[transfer] = place;

    public ReceiptNumber? Undone(TransferRecord record) =>
        Undoes(record) && places.TryGetValue(record.Cancels!.Value.Value, out var place) ? new ReceiptNumber(part.Bucket, place.Height, place.Position) : null;

    /// <summary>Every posting on a counter-account goes into exactly one group for each source; what stays among lots goes into none.</summary>
    public void Sort(TransferRecord record, Sorted to)
    {
        if (!Sorts(record.Kind)) return;
        var group = new SettledAs(record.Kind, Undoes(record), default, default, default, default, Period(record));
        if (record.Kind == TransferKind.Move) Moved(record, group, to);
        else if (record.Kind is TransferKind.Exchange) OfLots(record.Legs[0].Account, -1, record, group, to);
        else if (record.Kind is TransferKind.Grant or TransferKind.Recall) OfBudget(record.Legs.Single(l => l.Lot is null), FundedBy.Budget, 1, group, to);
        else if (record.Legs.All(l => l.Lot is null)) OfState(record, group, to);
        else Spent(record, group, to);
    }

    /// <summary>Of tickets and pledges only the end is settled: who was paid with them.</summary>
    private static bool Sorts(TransferKind kind) => kind is not (TransferKind.TicketIssue or TransferKind.TicketReturn or TransferKind.Pledge or TransferKind.Release);

    private static bool Undoes(TransferRecord record) => record.Kind is TransferKind.Cancel or TransferKind.Refund;

    private int Period(TransferRecord record)
    {
        if (!Undoes(record)) return part.Cuts.Count;
        Must.Hold(places.TryGetValue(record.Cancels!.Value.Value, out var place), "what is undone stands in the same chain");
        return part.PeriodOf(place.Height);
    }

    /// <summary>Reserved points leave the pool: from now on their partner owes this municipality for them (S2-Q1).</summary>
    private void Moved(TransferRecord record, SettledAs group, Sorted to)
    {
        var first = 1;
        foreach (var leg in record.Legs.Where(l => l.Account.Kind == AccountKind.Reserved))
        {
            var source = sources[leg.Lot!.Value.Value];
            to(group with { Account = new Account(AccountKind.Partner, record.Issuer, source.Partner), Source = source.By, Partner = source.Partner }, first, -leg.Amount);
            first = 0;
        }
    }

    private static void OfBudget(Leg leg, FundedBy by, long count, SettledAs group, Sorted to) =>
        to(group with { Account = leg.Account, Source = by, Programme = leg.Account.Owner }, count, -leg.Amount);

    /// <summary>The State's premiums make no lots: its budget and the service that is paid for them.</summary>
    private static void OfState(TransferRecord record, SettledAs group, Sorted to)
    {
        var (budget, service) = (record.Legs.Single(l => l.Account.Kind == AccountKind.Budget), record.Legs.Single(l => l.Account.Kind != AccountKind.Budget));
        var premium = group with { Kind = TransferKind.Premium };
        OfBudget(budget, FundedBy.State, 1, premium, to);
        to(premium with { Account = service.Account, Source = FundedBy.State, Programme = budget.Account.Owner }, 1, service.Amount);
    }

    /// <summary>What somebody was paid with, by source; a voucher's premium comes out of its own budget (S2-P8g).</summary>
    private void Spent(TransferRecord record, SettledAs group, Sorted to)
    {
        var paid = record.Legs.Single(l => l.Lot is null && l.Account.Kind != AccountKind.Budget);
        var of = group with { Kind = Undoes(record) ? UndoneKind(record.Kind, paid.Account.Kind) : record.Kind };
        OfLots(paid.Account, 1, record, of, to);
        foreach (var premium in record.Legs.Where(l => l.Lot is null && l.Account.Kind == AccountKind.Budget))
        {
            OfBudget(premium, FundedBy.Premium, 1, of, to);
            to(of with { Account = paid.Account, Source = FundedBy.Premium, Programme = premium.Account.Owner }, 0, -premium.Amount);
        }
    }

    /// <param name="sign">1: the account gets what the lots lose; -1: it pays for what they get.</param>
    private void OfLots(Account account, int sign, TransferRecord record, SettledAs group, Sorted to)
    {
        var first = 1;
        foreach (var leg in record.Legs)
        {
            if (leg.Lot is not { } lot) continue;
            var source = sources[lot.Value];
            to(group with { Account = account, Source = source.By, Partner = source.Partner, Programme = source.Programme }, first, -sign * leg.Amount);
            first = 0;
        }
    }

    private static TransferKind UndoneKind(TransferKind kind, AccountKind paid) => kind == TransferKind.Refund ? TransferKind.Capture : paid switch
    {
        AccountKind.VoucherDesk => TransferKind.Voucher,
        AccountKind.CardCentre => TransferKind.Charge,
        AccountKind.PaymentService => TransferKind.Payout,
        _ => TransferKind.Use,
    };
}
