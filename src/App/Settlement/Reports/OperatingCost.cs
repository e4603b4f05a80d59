using MyKey.Kernel;

namespace MyKey.App.Settlement;

/// <param name="Id">Made by the caller: the same again answers again.</param>
/// <param name="FiscalYear">Begins in April of this year.</param>
/// <param name="Amount">Yen.</param>
/// <param name="Note">What is in it; no name of a person.</param>
public sealed record WantedCost(Guid Id, int FiscalYear, long Amount, string? Note);

/// <summary>What running its points cost a municipality in a fiscal year, as its office says.</summary>
public sealed record OperatingCost(Guid Id, MunicipalityCode Municipality, int FiscalYear, long Amount, string Note, StaffId Maker, long MadeMs);

/// <summary>A year's cost beside its points (S2-P6f).</summary>
/// <param name="Months">Closed months of that year.</param>
/// <param name="IsOver">Its March is closed: nothing changes any more.</param>
public sealed record CostOfYear(OperatingCost Cost, long Given, long Spent, int Months, bool IsOver)
{
    /// <summary>Yen, to the hundredth; null where nothing was given.</summary>
    public decimal? PerGiven => Per(Given);

    public decimal? PerSpent => Per(Spent);

    private decimal? Per(long points) => points <= 0 ? null : Math.Round((decimal)Cost.Amount / points, 2, MidpointRounding.AwayFromZero);
}
