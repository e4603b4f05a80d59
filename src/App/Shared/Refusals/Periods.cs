using MyKey.App.Shared.Components;
using MyKey.Kernel;

namespace MyKey.App.Shared.Refusals;

/// <summary>How days are refused.</summary>
public static class Periods
{
    /// <returns><c>out_of_period</c>: these are the first and the last day that are good.</returns>
    public static Refusal Outside(DateOnly from, DateOnly until) => Refusal.Of("out_of_period", ("from", Words.Day(from)), ("until", Words.Day(until)));
}
