using MyKey.App.Budgets;
using MyKey.App.Offers;
using MyKey.App.Shared.Components;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Rehearsals;

/// <summary>What an office asks for.</summary>
/// <param name="Typed">Assumptions by the keys of <c>assumptions.csv</c>; what it does not have is as in the file.</param>
/// <param name="Budget">null: what is left of the programme's.</param>
public sealed record RehearsalWish(Func<string, string?> Typed, string? Budget, string? Seed);

/// <summary>An offer of the office with its forecast; for pages and API alike. Reads the offer, and no person.</summary>
public sealed class RehearseOffer(OfficeOffers offers, OfficeProgrammes programmes, TimeProvider clock)
{
    public const int FirstSeed = 1, MostSeed = 1_000_000;

    /// <returns><c>role_forbidden</c>, <c>not_found</c>, <c>amount_format</c> for the budget, <c>share_format</c> for the seed, and as <see cref="Assumptions.Read"/> and <see cref="RehearsedOffer.Of"/>.</returns>
    public async Task<Result<(Offer Offer, Forecast Forecast)>> Run(StaffAtWork work, ProgrammeId id, RehearsalWish wish, CancellationToken stop = default)
    {
        var found = await offers.One(work, id, stop);
        if (found.Refused is { } no) return no;
        var budget = string.IsNullOrWhiteSpace(wish.Budget) ? (await programmes.Budget(id)).Rest : Points.Read(wish.Budget);
        if (budget.Refused is { } noBudget) return noBudget;
        var offer = RehearsedOffer.Of(found.Value, budget.Value);
        if (offer.Refused is { } lacking) return lacking;
        var assumed = Assumptions.Read(wish.Typed, clock.Today());
        if (assumed.Refused is { } wrong) return wrong;
        if (SeedOf(wish.Seed) is not { } seed) return Refusal.Of("share_format", ("field", "seed"), ("most", MostSeed));
        return (found.Value, Rehearse.Run(assumed.Value, offer.Value, seed));
    }

    private static int? SeedOf(string? typed) => string.IsNullOrWhiteSpace(typed) ? FirstSeed : int.TryParse(Typed.HalfWidth(typed), out var seed) && seed is >= 1 and <= MostSeed ? seed : null;
}

/// <summary>What is said of a forecast.</summary>
public static class RehearsalWords
{
    public static string Of(LeftOut why) => why switch
    {
        LeftOut.Age => "対象の年齢ではない",
        LeftOut.Unaware => "施策を知らない",
        LeftOut.Unwilling => "知っていても、申しこまない",
        LeftOut.NoCard => "マイナンバーカードがない",
        LeftOut.NoDevice => "使える機器がなく、手伝う窓口もない",
        LeftOut.Late => "申しこみの期間がすぎてから来る",
        LeftOut.Rejected => "条件に合わず、断られる",
        _ => "予算がなくなってから来る",
    };

    public static string Ending(Forecast f) => f.BudgetEnds is { } day ? $"予算は、{Words.Day(day)}になくなりそうです。" : $"予算は、最後まで足りそうです。{Words.InWords(f.Rest)}が残ります。";

    /// <summary>The cost day by day; where those are too many, every so many days.</summary>
    public static Chart Cost(string id, Forecast f)
    {
        var wide = Math.Max(1, (f.Days.Count + Chart.MostBars - 1) / Chart.MostBars);
        var bars = f.Days.Where((_, i) => (i + 1) % wide == 0 || i == f.Days.Count - 1).Select(d => new ChartBar(Reports.FiguresChart.Short(d.Day), d.Cost)).ToList();
        return new Chart(id, "付与するポイントの合計", $"最後の日に{Words.InWords(f.Cost)}。{Ending(f)}", ("日", "ポイント"), bars)
        {
            // A budget far above would press the bars flat.
            Limit = f.Offer.Budget.Value <= 2 * f.Cost.Value ? ("予算", f.Offer.Budget.Value) : null,
        };
    }

    public static Chart Missed(string id, Forecast f) =>
        new(id, "付与を受けない人とそのわけ", string.Join("、", f.Out.Select(o => $"{Of(o.Key)}人が{Words.Digits(o.Value)}人")) + "。", ("わけ", "人"), [.. f.Out.Select(o => new ChartBar(Of(o.Key), o.Value))]) { Lies = true };
}
