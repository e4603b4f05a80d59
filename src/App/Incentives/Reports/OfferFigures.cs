using MyKey.App.Applications;
using MyKey.App.Offers;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Reports;

/// <summary>Persons and their points.</summary>
public readonly record struct Sum(long Count, long Points)
{
    public static Sum operator +(Sum a, Sum b) => new(a.Count + b.Count, a.Points + b.Points);
}

/// <summary>How an offer stands (S1-S1): what was applied for, what was granted out of which budget, and what became of it. Numbers only, no person in them (K-16).</summary>
/// <param name="ByDay">Applications by the day on which they were made.</param>
/// <param name="Granted">Out of applications, as points that arrived.</param>
/// <param name="Entitled">What was granted to be received, as our rows have it.</param>
/// <param name="Parts">The same as the ledger has it, by what became of it.</param>
public sealed record OfferFigures(Offer Offer, IReadOnlyList<(DateOnly Day, long Count)> ByDay, IReadOnlyDictionary<ApplicationState, long> States, Sum Granted, Sum Entitled, IReadOnlyList<EntitledPart> Parts, LimitState Budget)
{
    /// <summary>What can be received within so many days only is told apart.</summary>
    public const int SoonDays = 30;

    public long Applied => States.Values.Sum();

    public Sum ToReceive => Of(EntitlementEnd.Open) + Of(EntitlementEnd.Soon);

    public Sum Soon => Of(EntitlementEnd.Soon);

    public Sum Lapsed => Of(EntitlementEnd.Lapsed);

    public Sum InLedger => Sums(Parts);

    /// <summary>Rows and ledger of one moment say the same; else somebody has to look, and the page says so.</summary>
    public bool AddsUp => InLedger == Entitled;

    public Sum Of(EntitlementEnd end) => Sums(Parts.Where(p => p.End == end));

    public IEnumerable<(PaymentServiceId Service, Sum Sum)> Services => Parts.Where(p => p.Service is not null).Select(p => (p.Service!.Value, new Sum(p.Count, p.Points))).OrderByDescending(s => s.Item2.Points);

    private static Sum Sums(IEnumerable<EntitledPart> parts) => parts.Aggregate(default(Sum), (sum, p) => sum + new Sum(p.Count, p.Points));
}
