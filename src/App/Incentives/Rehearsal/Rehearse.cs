using MyKey.App.Offers;
using MyKey.Kernel;

namespace MyKey.App.Rehearsals;

/// <summary>What a rehearsal needs to know of an offer.</summary>
/// <param name="Days">From the first day for applications to the last.</param>
/// <param name="LateDays">So long after that staff may enter somebody.</param>
/// <param name="Screened">Somebody looks at each application.</param>
/// <param name="Claimed">What is granted has to be received.</param>
public sealed record RehearsedOffer(DateOnly From, int Days, int LateDays, Points Amount, Points Budget, bool Screened, bool Claimed)
{
    /// <summary>Of one period.</summary>
    public const int MostDays = 1_100;

    /// <returns>Or <c>field_required</c> (field) without an amount, <c>too_large</c> for a period of years.</returns>
    public static Result<RehearsedOffer> Of(Offer offer, Points budget)
    {
        if (offer.Terms.Amount is not { } amount) return Refusal.Of("field_required", ("field", "points"));
        var (days, late) = (Length(offer.Days.ApplyFrom, offer.Days.ApplyUntil) + 1, offer.Days.LateUntil is { } last ? Length(offer.Days.ApplyUntil, last) : 0);
        if (days + late > MostDays) return Refusal.Of("too_large");
        return new RehearsedOffer(offer.Days.ApplyFrom, days, late, amount, budget, offer.Terms.Screening == Screening.ByHand, offer.IsClaimed);
    }

    private static int Length(DateOnly from, DateOnly until) => Math.Max(0, until.DayNumber - from.DayNumber);
}

/// <param name="Cost">Out of the budget up to and with this day.</param>
public sealed record ForecastDay(DateOnly Day, int Applied, int Granted, long Cost);

/// <summary>What would come of an offer if people were as assumed.</summary>
/// <param name="BudgetEnds">The first day on which the rest is not enough for one more; null: it lasts.</param>
/// <param name="Lapsing">How many of those granted never receive it.</param>
/// <param name="Out">How many get nothing, and why. With those granted they are all people.</param>
public sealed record Forecast(RehearsedOffer Offer, IReadOnlyList<ForecastDay> Days, int People, int Applied, int Granted, DateOnly? BudgetEnds, int Lapsing, IReadOnlyDictionary<LeftOut, int> Out)
{
    public Points Cost => new(Days.Count == 0 ? 0 : Days[^1].Cost);

    public Points Rest => Offer.Budget - Cost;

    public Points LapsingPoints => new(Lapsing * Offer.Amount.Value);
}

/// <summary>Rehearses an offer on people who are made up: in memory, without a database, the same for the same seed.</summary>
public static class Rehearse
{
    /// <param name="seed">Another one makes up other people by the same assumptions.</param>
    public static Forecast Run(Assumptions assumed, RehearsedOffer offer, int seed)
    {
        var length = offer.Days + offer.LateDays + (offer.Screened ? assumed.ScreeningDays : 0);
        var (applied, ready, lapsing) = (new int[length], new int[length], new int[length]);
        var missed = new int[Enum.GetValues<LeftOut>().Length];
        foreach (var one in MadeUp.People(assumed, offer, seed))
        {
            if (one.Out is { } why) missed[(int)why]++;
            if (one.Applies) applied[one.Day]++;
            if (one.Out is not null) continue;
            var decided = one.Day + (offer.Screened ? assumed.ScreeningDays : 0);
            ready[decided]++;
            if (one.Lapses) lapsing[decided]++;
        }
        return Spend(assumed, offer, (applied, ready, lapsing), missed);
    }

    /// <summary>Day by day out of the budget; whoever comes when it is empty gets nothing.</summary>
    private static Forecast Spend(Assumptions assumed, RehearsedOffer offer, (int[] Applied, int[] Ready, int[] Lapsing) by, int[] missed)
    {
        var (days, granted, lapses) = (new List<ForecastDay>(), 0, 0);
        DateOnly? ends = null;
        for (var i = 0; i < by.Applied.Length; i++)
        {
            var affordable = offer.Budget.Value / offer.Amount.Value - granted;
            var now = (int)Math.Min(by.Ready[i], affordable);
            missed[(int)LeftOut.BudgetEnded] += by.Ready[i] - now;
            lapses += by.Ready[i] == 0 ? 0 : (int)((long)by.Lapsing[i] * now / by.Ready[i]);
            granted += now;
            if (now == affordable) ends ??= offer.From.AddDays(i);
            days.Add(new ForecastDay(offer.From.AddDays(i), by.Applied[i], now, granted * offer.Amount.Value));
        }
        Must.Hold(granted + missed.Sum() == assumed.People, "each of those made up gets something or is left out for one reason");
        return new Forecast(offer, days, assumed.People, by.Applied.Sum(), granted, ends, lapses, Enum.GetValues<LeftOut>().ToDictionary(w => w, w => missed[(int)w]));
    }
}
