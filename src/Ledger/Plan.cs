namespace MyKey.Ledger;

/// <summary>The postings of one transfer before it is written: which lots change by how much, and which are made.</summary>
internal sealed class Plan(CitizenId citizen)
{
    private readonly List<(Lot Lot, long Change)> changes = new(2);
    private readonly List<Lot> made = [];

    public CitizenId Citizen => citizen;

    /// <summary>How much of a premium its holder gets, below 0 where it is taken back; 0 for all other transfers.</summary>
    public long Premium { get; init; }

    /// <summary>The lots that change, each by how much; not those that are made.</summary>
    public IReadOnlyList<(Lot Lot, long Change)> Changes => changes;

    /// <summary>One lot changes, and nothing is left in it.</summary>
    public bool EmptiesOne => changes is [{ } only] && only.Lot.Remaining == -only.Change;

    public List<Leg> Legs { get; } = new(3);

    public List<LotRecord> NewLots { get; } = [];

    /// <summary>A posting on a lot; <paramref name="balanceAfter"/> is what is usable of its account afterwards.</summary>
    public void Post(Lot lot, long amount, long balanceAfter)
    {
        changes.Add((lot, amount));
        Legs.Add(new Leg(lot.Account, lot.Id, amount, balanceAfter));
    }

    /// <summary>A posting on a counter-account, which is not locked and may go negative.</summary>
    public void Post(Account counter, long amount) => Legs.Add(new Leg(counter, null, amount, null));

    public void Make(Lot lot, long balanceAfter)
    {
        made.Add(lot);
        NewLots.Add(new LotRecord(lot.Id, lot.AcquiredOn, lot.ExpiresOn, lot.Amount, lot.Source, lot.Programme, lot.Parent));
        Legs.Add(new Leg(lot.Account, lot.Id, lot.Amount, balanceAfter));
    }

    public void Apply(List<Lot> lots)
    {
        foreach (var (lot, change) in changes)
        {
            lot.Remaining += change;
            Must.Hold(lot.Remaining >= 0 && lot.Remaining <= lot.Amount, "a lot holds between nothing and what it was made with");
        }
        lots.AddRange(made);
    }

    public bool Touches(Lot lot)
    {
        foreach (var (changed, _) in changes)
            if (ReferenceEquals(changed, lot)) return true;
        return made.Contains(lot);
    }
}
