using System.Globalization;

namespace MyKey.Ledger;

/// <summary>The cap of a premium as its record tells it: <c>premium.cap=5000</c>.</summary>
internal static class PremiumCap
{
    private const string Name = "premium.cap=";

    public static string Text(Points cap) => Name + cap.Value.ToString(CultureInfo.InvariantCulture);

    /// <returns>null where the text names none.</returns>
    public static long? Read(string settings) =>
        settings.StartsWith(Name, StringComparison.Ordinal) && long.TryParse(settings.AsSpan(Name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var cap) ? cap : null;
}

/// <summary>
/// What one holder has got out of one round, and the end of its own chain of entries: premiums make no lot that could carry it. Like the lots of a bucket it is held by the lock of the bucket's head,
/// so a cap is reached exactly and never passed.
/// </summary>
internal sealed class PremiumHolder
{
    public required int Bucket { get; init; }
    public required CitizenId Holder { get; init; }
    public required ProgrammeId Programme { get; init; }
    public required PaymentServiceId Service { get; init; }
    public long Given { get; set; }
    public long EntryNo { get; set; }
    public byte[] Commit { get; set; } = [];
    public TransferId LastTransfer { get; set; }
    public LotChange Change { get; set; }
}

/// <summary>Postings of premiums, which touch two counter-accounts and no lot.</summary>
internal static class PremiumPlan
{
    /// <summary>What was earned, or the rest to the cap; <c>cap_reached</c> when nothing is left, <c>service_already_chosen</c> for another service or round than the holder's (S3-05).</summary>
    public static Result<Plan> Pay(Transfer transfer, PremiumHolder? known)
    {
        if (known is not null && (known.Programme != transfer.Programme || known.Service.Value != transfer.To.Owner)) return Refusal.Of("service_already_chosen");
        var amount = Math.Min(transfer.Amount.Value, transfer.Cap.Value - (known?.Given ?? 0));
        if (amount < 1) return Refusal.Of("cap_reached");
        var plan = new Plan(transfer.Citizen!.Value) { Premium = amount };
        plan.Post(transfer.From, -amount);
        plan.Post(transfer.To, amount);
        return plan;
    }

    /// <summary>All of one premium, the way back.</summary>
    public static Result<Plan> TakeBack(Transfer transfer, IReadOnlyList<Leg> original, CitizenId holder)
    {
        var (budget, service) = (original.Single(l => l.Amount < 0), original.Single(l => l.Amount > 0));
        if (Directions.Check(transfer.Kind, service.Account, budget.Account, holder) is { } no) return no;
        var plan = new Plan(holder) { Premium = -service.Amount };
        plan.Post(service.Account, -service.Amount);
        plan.Post(budget.Account, service.Amount);
        return plan;
    }
}
