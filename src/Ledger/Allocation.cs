namespace MyKey.Ledger;

/// <summary>Which lots a transfer takes from or makes.</summary>
internal static class Allocation
{
    /// <summary>Takes from the usable lots in date order of grant, or of expiry where the issuer chose so (S0-4028a, K-06); a premium comes on top (S2-P8h).</summary>
    public static Result<Plan> Use(Transfer transfer, List<Lot> lots, DateOnly today)
    {
        var plan = new Plan(transfer.Citizen!.Value);
        if (Take(plan, transfer, lots, today) is { } no) return no;
        if (transfer.Premium > Points.Zero) plan.Post(Account.Budget(transfer.Issuer, transfer.Programme!.Value), -transfer.Premium.Value);
        plan.Post(transfer.To, (transfer.Amount + transfer.Premium).Value);
        return plan;
    }

    /// <summary>
    /// Takes in the same order and makes one lot for each it took from, so that source, rate and programme go along (S2-P12a). A ticket's lots
    /// keep their dates; a municipality's begin anew when the points come out of the pool (S0-4033b).
    /// </summary>
    public static Result<Plan> Move(Transfer transfer, int bucket, List<Lot> lots, DateOnly today, TimeProvider clock)
    {
        var balance = Usable(lots, transfer.To, today);
        if (NoRoom(transfer.NewExpiry, balance + AmountOf(transfer, lots, today), today) is { } full) return full;
        var plan = new Plan(transfer.Citizen!.Value);
        if (Take(plan, transfer, lots, today) is { } no) return no;
        foreach (var (lot, change) in plan.Changes)
            plan.Make(new Lot
            {
                Bucket = bucket, Id = Ids.New<LotId>(clock), Citizen = lot.Citizen, Account = transfer.To, AcquiredOn = transfer.NewExpiry is null ? lot.AcquiredOn : today,
                ExpiresOn = transfer.NewExpiry ?? lot.ExpiresOn, Amount = -change, Remaining = -change, Source = lot.Source, Programme = lot.Programme, Parent = lot.Id,
                Change = LotChange.Inserted,
            }, balance -= change);
        return plan;
    }

    /// <summary>A new lot out of a counter-account: a grant, or an exchange.</summary>
    public static Result<Plan> Make(Transfer transfer, int bucket, List<Lot> lots, DateOnly today, TimeProvider clock)
    {
        var wanted = Must.Have(transfer.NewLot, "a grant or an exchange makes a lot");
        var balance = Usable(lots, transfer.To, today);
        if (NoRoom(wanted.ExpiresOn, balance + transfer.Amount.Value, today) is { } full) return full;
        var plan = new Plan(transfer.Citizen!.Value);
        plan.Post(transfer.From, -transfer.Amount.Value);
        plan.Make(new Lot
        {
            Bucket = bucket, Id = Ids.New<LotId>(clock), Citizen = transfer.Citizen.Value, Account = transfer.To, AcquiredOn = today,
            ExpiresOn = wanted.ExpiresOn, Amount = transfer.Amount.Value, Remaining = transfer.Amount.Value, Source = wanted.Source,
            Programme = transfer.Programme, Change = LotChange.Inserted,
        }, balance + transfer.Amount.Value);
        return plan;
    }

    /// <summary>Empties one lot whose date has passed (S0-4033a). A lot that is empty or not yet due is left alone.</summary>
    public static Result<Plan> Expire(Transfer transfer, List<Lot> lots, DateOnly today)
    {
        var lot = lots.Find(l => l.Id == transfer.Lot);
        if (lot is null || lot.Account != transfer.From || lot.Remaining == 0) return Refusal.Of("insufficient_points", ("rest", 0L));
        if (today <= lot.ExpiresOn) return Refusal.Of("not_started", ("from", lot.ExpiresOn.AddDays(1)));
        var plan = new Plan(transfer.Citizen!.Value);
        var amount = lot.Remaining;
        plan.Post(lot, -amount, Usable(lots, transfer.From, today));
        plan.Post(transfer.To, amount);
        return plan;
    }

    /// <summary>Empties one lot of somebody who gave up the MyKeyId (S0-5017). What is past its date lapses instead.</summary>
    public static Result<Plan> Void(Transfer transfer, List<Lot> lots, DateOnly today)
    {
        var lot = lots.Find(l => l.Id == transfer.Lot);
        if (lot is null || lot.Account != transfer.From || !lot.UsableOn(today)) return Refusal.Of("insufficient_points", ("rest", 0L));
        var plan = new Plan(transfer.Citizen!.Value);
        var amount = lot.Remaining;
        plan.Post(lot, -amount, Usable(lots, transfer.From, today) - amount);
        plan.Post(transfer.To, amount);
        return plan;
    }

    /// <summary>Takes from one grant's lot and from its successors what is usable there, and from no other (Z2).</summary>
    public static Result<Plan> Recall(Transfer transfer, List<Lot> lots, DateOnly today)
    {
        var granted = lots.FindAll(l => (l.Id == transfer.Lot || l.Parent == transfer.Lot) && l.Account == transfer.From && l.Programme == transfer.Programme && l.UsableOn(today));
        var (rest, left) = (Sum(granted), transfer.Amount.Value);
        if (left < 1 || left > rest) return Refusal.Of("insufficient_points", ("rest", rest));
        granted.Sort(Lot.ByGrantDate);
        var plan = new Plan(transfer.Citizen!.Value);
        var balance = Usable(lots, transfer.From, today);
        foreach (var lot in granted)
        {
            var part = Math.Min(left, lot.Remaining);
            plan.Post(lot, -part, balance -= part);
            if ((left -= part) == 0) break;
        }
        plan.Post(transfer.To, transfer.Amount.Value);
        return plan;
    }

    public static long Usable(List<Lot> lots, Account account, DateOnly today)
    {
        long sum = 0;
        foreach (var lot in lots)
            if (lot.Account == account && lot.UsableOn(today)) sum += lot.Remaining;
        return sum;
    }

    /// <summary>Why no lot can be made of it: it would be over at once, or the account too full.</summary>
    private static Refusal? NoRoom(DateOnly? expiresOn, long balanceAfter, DateOnly today) =>
        expiresOn < today ? Refusal.Of("out_of_period", ("from", today), ("until", expiresOn.Value))
        : balanceAfter > Points.Max ? Refusal.Of("cap_reached")
        : null;

    private static long AmountOf(Transfer transfer, List<Lot> lots, DateOnly today) => transfer.DueOnly ? Sum(Takeable(transfer, lots, today)) : transfer.Amount.Value;

    private static List<Lot> Takeable(Transfer transfer, List<Lot> lots, DateOnly today) => transfer.DueOnly
        ? lots.FindAll(l => l.Account == transfer.From && l.Remaining > 0 && l.ExpiresOn < today)
        : lots.FindAll(l => l.Account == transfer.From && l.UsableOn(today) && (transfer.Lot is null || l.Id == transfer.Lot));

    private static Refusal? Take(Plan plan, Transfer transfer, List<Lot> lots, DateOnly today)
    {
        var usable = Takeable(transfer, lots, today);
        if (usable.Count > 1) usable.Sort(transfer.Order == ConsumeOrder.GrantDate ? Lot.ByGrantDate : Lot.ByExpiry);
        var balance = Usable(lots, transfer.From, today);
        var left = AmountOf(transfer, lots, today);
        if (Sum(usable) < left || left == 0) return Refusal.Of("insufficient_points", ("rest", balance));
        foreach (var lot in usable)
        {
            var part = Math.Min(left, lot.Remaining);
            if (lot.UsableOn(today)) balance -= part;
            plan.Post(lot, -part, balance);
            if ((left -= part) == 0) break;
        }
        return null;
    }

    private static long Sum(List<Lot> lots)
    {
        long sum = 0;
        foreach (var lot in lots) sum += lot.Remaining;
        return sum;
    }
}
