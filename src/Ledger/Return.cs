namespace MyKey.Ledger;

/// <summary>Giving a use, a voucher or a charge back (S0-1014a, S4-08c, S2-P7j): to the same lots with their own dates; a lot that has lapsed meanwhile gets a successor with a grace (S0-1014c).</summary>
internal static class Return
{
    /// <summary>A private issuer's points may not live longer than this from their first issue (Payment Services Act, art. 4).</summary>
    private const int PrivateIssuerMonths = 6;

    public static Result<Plan> Plan(Transfer cancel, int bucket, IReadOnlyList<Leg> original, List<Lot> lots, DateOnly today, TimeProvider clock)
    {
        var taken = original.Where(l => l.Lot is not null).ToList();
        var given = original.Single(l => l.Lot is null && l.Amount > 0);
        var (holding, citizen) = (taken[0].Account, new CitizenId(taken[0].Account.Owner));
        if (Directions.Check(TransferKind.Cancel, given.Account, holding, citizen) is { } no) return no;
        var plan = new Plan(citizen);
        plan.Post(given.Account, -given.Amount);
        // What the issuer had added goes back to its budget.
        foreach (var premium in original.Where(l => l.Lot is null && l.Amount < 0)) plan.Post(premium.Account, -premium.Amount);
        var balance = Allocation.Usable(lots, holding, today);
        foreach (var leg in taken)
        {
            var lot = Must.Have(lots.Find(l => l.Id == leg.Lot), "the lot of a posting exists");
            balance += -leg.Amount;
            if (today <= lot.ExpiresOn)
            {
                plan.Post(lot, -leg.Amount, balance);
                continue;
            }
            var expires = Grace(lot, cancel.Return, today);
            if (expires < today) return Refusal.Of("cancel_forbidden");
            plan.Make(Successor(lot, bucket, -leg.Amount, expires, clock), balance);
        }
        return plan;
    }

    /// <summary>
    /// Gives a ticket's points back to the lots that they came from (S0-4024). Those have the same dates: what goes back after its date is not usable
    /// there and lapses with no grace, or a ticket would make points live longer (S0-4044).
    /// </summary>
    public static Result<Plan> Ticket(IReadOnlyList<Leg> issue, List<Lot> lots, DateOnly today)
    {
        var (holding, ticket) = (issue.First(l => l.Amount < 0).Account, issue.First(l => l.Amount > 0).Account);
        var citizen = new CitizenId(holding.Owner);
        if (Directions.Check(TransferKind.TicketReturn, ticket, holding, citizen) is { } no) return no;
        var back = lots.FindAll(l => l.Account == ticket && l.UsableOn(today));
        if (back.Count == 0) return Refusal.Of("insufficient_points", ("rest", 0L));
        back.Sort(Lot.ByGrantDate);
        var plan = new Plan(citizen);
        var (rest, balance) = (Allocation.Usable(lots, ticket, today), Allocation.Usable(lots, holding, today));
        foreach (var lot in back) plan.Post(lot, -lot.Remaining, rest -= lot.Remaining);
        foreach (var lot in back)
        {
            if (today <= lot.ExpiresOn) balance += lot.Remaining;
            plan.Post(Must.Have(lots.Find(l => l.Id == lot.Parent), "the lot that a ticket's points came from exists"), lot.Remaining, balance);
        }
        return plan;
    }

    private static DateOnly Grace(Lot lapsed, ReturnRule rule, DateOnly today)
    {
        var expires = today.AddDays(rule.GraceDays);
        var last = lapsed.AcquiredOn.AddMonths(PrivateIssuerMonths);
        return rule.PrivateIssuer && last < expires ? last : expires;
    }

    /// <summary>It keeps the day of acquisition, so that its age is not hidden and its place in the order of use stays.</summary>
    private static Lot Successor(Lot lapsed, int bucket, long amount, DateOnly expires, TimeProvider clock) => new()
    {
        Bucket = bucket, Id = Ids.New<LotId>(clock), Citizen = lapsed.Citizen, Account = lapsed.Account, AcquiredOn = lapsed.AcquiredOn, ExpiresOn = expires,
        Amount = amount, Remaining = amount, Source = lapsed.Source, Programme = lapsed.Programme, Parent = lapsed.Id, Change = LotChange.Inserted,
    };
}
