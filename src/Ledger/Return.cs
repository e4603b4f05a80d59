namespace MyKey.Ledger;

/// <summary>Giving back what a transfer took: into the same lots with their own dates.</summary>
internal sealed class Return(Transfer transfer, int bucket, List<Lot> lots, DateOnly today, TimeProvider clock)
{
    /// <summary>A private issuer's points may not live longer than this from their first issue (Payment Services Act, art. 4).</summary>
    private const int PrivateIssuerMonths = 6;

    private long balance;

    /// <summary>
    /// Gives a use, a voucher or a charge back (S0-1014a, S4-08c, S2-P7j); a lot that has lapsed meanwhile gets a successor with a grace (S0-1014c). What the issuer had
    /// added goes back to its budget.
    /// </summary>
    public Result<Plan> Use(IReadOnlyList<Leg> original, CitizenId citizen)
    {
        var taken = original.Where(l => l.Lot is not null).ToList();
        var (given, holding) = (original.Single(l => l.Lot is null && l.Amount > 0), taken[0].Account);
        if (Directions.Check(transfer.Kind, given.Account, holding, citizen) is { } no) return no;
        var plan = new Plan(citizen);
        plan.Post(given.Account, -given.Amount);
        foreach (var premium in original.Where(l => l.Lot is null && l.Amount < 0)) plan.Post(premium.Account, -premium.Amount);
        balance = Allocation.Usable(lots, holding, today);
        foreach (var leg in taken)
            if (Give(plan, Find(leg.Lot), -leg.Amount) is { } forbidden) return forbidden;
        return plan;
    }

    /// <summary>
    /// Gives part of a capture back (M-D1), with the same grace. What was taken last goes back first, so that together with what has gone back
    /// <paramref name="before"/> it is as if less had been captured.
    /// </summary>
    public Result<Plan> Capture(IReadOnlyList<Leg> original, long before)
    {
        var (given, left) = (original.Single(l => l.Lot is null), transfer.Amount.Value);
        if (left < 1 || left > given.Amount - before) return Refusal.Of("refund_exceeds", ("rest", given.Amount - before));
        var pledged = original.Where(l => l.Lot is not null).Select(l => (Lot: Find(l.Lot), Taken: -l.Amount)).Reverse().ToList();
        var citizen = pledged[0].Lot.Citizen;
        var holding = Account.Holding(given.Account.Issuer, citizen);
        if (Directions.Check(transfer.Kind, given.Account, holding, citizen) is { } no) return no;
        var plan = new Plan(citizen);
        plan.Post(given.Account, -left);
        balance = Allocation.Usable(lots, holding, today);
        foreach (var (lot, taken) in pledged)
        {
            var gone = Math.Min(before, taken);
            var part = Math.Min(left, taken - gone);
            (before, left) = (before - gone, left - part);
            if (part > 0 && Give(plan, Find(lot.Parent), part) is { } forbidden) return forbidden;
        }
        return plan;
    }

    /// <summary>
    /// Gives what is in a ticket or pledge back to the lots that it came from (S0-4024, S4-13a). Those have the same dates: what goes back after its date
    /// is not usable there and lapses with no grace, or a ticket would make points live longer (S0-4044).
    /// </summary>
    public Result<Plan> Held(IReadOnlyList<Leg> original)
    {
        var (holding, held) = (original.First(l => l.Amount < 0).Account, original.First(l => l.Amount > 0).Account);
        var citizen = new CitizenId(holding.Owner);
        if (Directions.Check(transfer.Kind, held, holding, citizen) is { } no) return no;
        var back = lots.FindAll(l => l.Account == held && l.UsableOn(today));
        if (back.Count == 0) return Refusal.Of("insufficient_points", ("rest", 0L));
        back.Sort(Lot.ByGrantDate);
        var plan = new Plan(citizen);
        var rest = Allocation.Usable(lots, held, today);
        balance = Allocation.Usable(lots, holding, today);
        foreach (var lot in back) plan.Post(lot, -lot.Remaining, rest -= lot.Remaining);
        foreach (var lot in back)
        {
            if (today <= lot.ExpiresOn) balance += lot.Remaining;
            plan.Post(Find(lot.Parent), lot.Remaining, balance);
        }
        return plan;
    }

    /// <summary>Into the lot, or where its date has passed into a successor.</summary>
    private Refusal? Give(Plan plan, Lot lot, long amount)
    {
        balance += amount;
        if (today <= lot.ExpiresOn)
        {
            plan.Post(lot, amount, balance);
            return null;
        }
        var expires = Grace(lot);
        if (expires < today) return Refusal.Of("cancel_forbidden");
        plan.Make(Successor(lot, amount, expires), balance);
        return null;
    }

    private Lot Find(LotId? id) => Must.Have(lots.Find(l => l.Id == id), "the lot of a posting exists");

    private DateOnly Grace(Lot lapsed)
    {
        var expires = today.AddDays(transfer.Return.GraceDays);
        var last = lapsed.AcquiredOn.AddMonths(PrivateIssuerMonths);
        return transfer.Return.PrivateIssuer && last < expires ? last : expires;
    }

    /// <summary>It keeps the day of acquisition, so that its age is not hidden and its place in the order of use stays.</summary>
    private Lot Successor(Lot lapsed, long amount, DateOnly expires) => new()
    {
        Bucket = bucket, Id = Ids.New<LotId>(clock), Citizen = lapsed.Citizen, Account = lapsed.Account, AcquiredOn = lapsed.AcquiredOn, ExpiresOn = expires,
        Amount = amount, Remaining = amount, Source = lapsed.Source, Programme = lapsed.Programme, Parent = lapsed.Id, Change = LotChange.Inserted,
    };
}
