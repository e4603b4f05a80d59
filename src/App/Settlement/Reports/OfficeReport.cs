using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>Where points come from. Grants are less what was recalled.</summary>
public enum GivenAs { Grant, Exchange, Move, Premium }

/// <summary>Where points go. At a shop they are used at its terminal, in a ticket on paper, at a site online.</summary>
public enum SpentAs { Shop, Ticket, Online, VoucherDesk, CardCentre, PaymentService, Donation }

/// <summary>What the lines tell of how a use was made. Whoever pays at a terminal has held a card or told a number, and no line says which.</summary>
public enum SpentWay { Paper, Terminal, Online, Unknown }

/// <param name="Name">Of the programme or partner.</param>
public sealed record GivenSum(GivenAs As, Guid Id, string Name, Flow Flow);

/// <param name="Kind">At a shop its kind, as it is registered now; else empty.</param>
public sealed record SpentSum(SpentAs As, string Kind, string Name, Flow Flow)
{
    public SpentWay Way => As switch
    {
        SpentAs.Ticket or SpentAs.VoucherDesk => SpentWay.Paper,
        SpentAs.Shop => SpentWay.Terminal,
        SpentAs.Online => SpentWay.Online,
        _ => SpentWay.Unknown,
    };
}

/// <summary>A span of closed months of one municipality: sums of lines, so nobody and no purchase (K-16).</summary>
/// <param name="Funds">What was spent, by whose money it is (S2-P8f, S2-P8g).</param>
public sealed record OfficeReport(IReadOnlyList<MonthTotal> Months, IReadOnlyList<GivenSum> Given, IReadOnlyList<SpentSum> Spent, IReadOnlyList<(FundedBy By, long Amount)> Funds)
{
    public SettlementMonth From => Months[0].Month;

    public SettlementMonth Until => Months[^1].Month;

    public Flow AllGiven => Months.Aggregate(default(Flow), (sum, m) => sum + m.Given);

    public Flow AllSpent => Months.Aggregate(default(Flow), (sum, m) => sum + m.Spent);

    public Flow AllLapsed => Months.Aggregate(default(Flow), (sum, m) => sum + m.Lapsed);

    public Flow AllVoid => Months.Aggregate(default(Flow), (sum, m) => sum + m.Void);

    /// <summary>All ways, also those of which there is nothing.</summary>
    public IReadOnlyList<(SpentWay Way, Flow Flow)> Ways => [.. Enum.GetValues<SpentWay>().Select(w => (w, Spent.Where(s => s.Way == w).Aggregate(default(Flow), (sum, s) => sum + s.Flow)))];

    /// <summary>Hundredths of what was used that went a way, by number of uses; null where nothing was used.</summary>
    public int? ShareOf(SpentWay way)
    {
        var all = Spent.Sum(s => s.Flow.Made);
        return all == 0 ? null : (int)((Spent.Where(s => s.Way == way).Sum(s => s.Flow.Made) * 100 + all / 2) / all);
    }
}
