using MyKey.Kernel;

namespace MyKey.App.Settlement;

/// <summary>What went one way in a month.</summary>
/// <param name="Made">Transfers that move something there.</param>
/// <param name="Undone">Those that give such back: cancels, refunds, recalls.</param>
/// <param name="Amount">Of both: what is left of it.</param>
public readonly record struct Flow(long Made, long Undone, long Amount)
{
    public bool IsEmpty => Made == 0 && Undone == 0;

    public static Flow operator +(Flow a, Flow b) => new(a.Made + b.Made, a.Undone + b.Undone, checked(a.Amount + b.Amount));
}

/// <summary>A closed month of one municipality's points, as a sum of its lines and of nothing else, so that it can be added up again at any time.</summary>
/// <param name="Given">Grants, exchanges, what came out of the pool, and premiums of vouchers, which are spent at once.</param>
/// <param name="Void">Of people who gave up their ID.</param>
/// <param name="Circulation">What citizens have at its end: given less spent, lapsed and void of all closed months so far.</param>
/// <param name="Acceptors">Shops and sites that took any.</param>
public sealed record MonthTotal(SettlementMonth Month, MunicipalityCode Municipality, Flow Given, Flow Spent, Flow Lapsed, Flow Void, long Circulation, int Acceptors);

/// <summary>All closed months, oldest first.</summary>
public sealed class TotalsView
{
    internal TotalsView(IReadOnlyList<SettlementMonth> months, IReadOnlyList<MonthTotal> all) => (Months, All) = (months, all);

    public IReadOnlyList<SettlementMonth> Months { get; }

    /// <summary>By month, then by code; a municipality is there from its first line on, also in months without any.</summary>
    public IReadOnlyList<MonthTotal> All { get; }

    public IEnumerable<MonthTotal> Of(MunicipalityCode municipality) => All.Where(t => t.Municipality == municipality);
}
