using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Shared.Components;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.Vouchers;

/// <summary>What the paper is good for: shopping (お買物券, S4-08a), or parking (駐車券, S4-08b).</summary>
public enum VoucherKind { Shopping, Parking }

public enum VoucherProductState { On, Off }

/// <summary>Existing paper of one value that a municipality's points can be exchanged into (S4-08d).</summary>
/// <param name="Denomination">Of one sheet; one point is one yen.</param>
/// <param name="Where">Where it is good, as printed on it.</param>
/// <param name="From">First and last day on which desks hand it out.</param>
/// <param name="PremiumPercent">What the municipality adds to the citizen's points, paid out of the budget of <paramref name="Programme"/> (S2-P8h).</param>
public sealed record VoucherProduct(Guid Id, MunicipalityCode Municipality, string Name, VoucherKind Kind, Kernel.Points Denomination, string Where, DateOnly From, DateOnly Until,
    int PremiumPercent, ProgrammeId? Programme, VoucherProductState State)
{
    /// <summary>The smallest number of points, all of the citizen's, that come out in whole sheets with the premium; every exchange is a multiple of it.</summary>
    public long Unit => Denomination.Value * 100 / Shared(PremiumPercent, 100);

    /// <summary>Why nobody gets it on that day, or null: <c>voucher_off</c>, <c>not_started</c> (from), <c>out_of_period</c> (from, until).</summary>
    public Refusal? Against(DateOnly today) =>
        State == VoucherProductState.Off ? Refusal.Of("voucher_off")
        : today < From ? Refusal.Of("not_started", ("from", Words.Day(From)))
        : today > Until ? Periods.Outside(From, Until)
        : null;

    /// <returns>What so many points become; or <c>amount_unit</c> (unit).</returns>
    public Result<VoucherAmount> For(Kernel.Points points)
    {
        if (points.Value % Unit != 0) return Refusal.Of("amount_unit", ("unit", Unit));
        var premium = new Kernel.Points(points.Value * PremiumPercent / 100);
        return new VoucherAmount(points, premium, (points + premium).Value / Denomination.Value);
    }

    private static long Shared(long a, long b) => a == 0 ? b : Shared(b % a, a);
}

/// <summary>An exchange in numbers.</summary>
/// <param name="Points">The citizen's.</param>
/// <param name="Count">Sheets.</param>
public sealed record VoucherAmount(Kernel.Points Points, Kernel.Points Premium, long Count);

internal sealed record StoredProduct
{
    public const string Columns = "p.id, p.municipality, p.name, p.kind, p.denomination, p.good_where, p.from_day, p.until_day, p.premium_percent, p.programme, p.state";

    public Guid Id { get; init; }
    public MunicipalityCode Municipality { get; init; }
    public string Name { get; init; } = "";
    public string Kind { get; init; } = "";
    public long Denomination { get; init; }
    public string GoodWhere { get; init; } = "";
    public DateOnly FromDay { get; init; }
    public DateOnly UntilDay { get; init; }
    public int PremiumPercent { get; init; }
    public ProgrammeId? Programme { get; init; }
    public string State { get; init; } = "";

    /// <summary>Where it was counted: the sheets in stock.</summary>
    public long Stock { get; init; }

    public VoucherProduct Read() => new(Id, Municipality, Name, Words<VoucherKind>.Stored(Kind), new Kernel.Points(Denomination), GoodWhere, FromDay, UntilDay, PremiumPercent, Programme,
        Words<VoucherProductState>.Stored(State));
}
