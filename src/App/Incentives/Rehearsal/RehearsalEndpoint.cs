using System.Globalization;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Rehearsals;

/// <param name="Assumptions">By the keys of <c>GET …/rehearsal/assumptions</c>; those left out are as there.</param>
/// <param name="Budget">Left out: what is left of the programme's.</param>
/// <param name="Seed">Another one makes up other people.</param>
public sealed record RehearsalRequest(IReadOnlyDictionary<string, int>? Assumptions = null, long? Budget = null, int? Seed = null);

/// <param name="Most">The largest value; 1: yes or no.</param>
public sealed record AssumptionReply(string Key, int Value, int Most, string Words);

public sealed record ForecastDayReply(DateOnly Day, int Applied, int Granted, long Cost);

/// <param name="BudgetEnds">null: the budget lasts.</param>
/// <param name="Lapsing">How many never receive what they were granted.</param>
/// <param name="Out">How many get nothing, by reason.</param>
public sealed record ForecastReply(int People, int Applied, int Granted, long Cost, long Budget, DateOnly? BudgetEnds, int Lapsing, long LapsingPoints, IReadOnlyDictionary<string, int> Out, IReadOnlyList<ForecastDayReply> Days)
{
    public static ForecastReply Of(Forecast f) => new(f.People, f.Applied, f.Granted, f.Cost.Value, f.Offer.Budget.Value, f.BudgetEnds, f.Lapsing, f.LapsingPoints.Value,
        f.Out.ToDictionary(o => Words<LeftOut>.Of(o.Key), o => o.Value), [.. f.Days.Select(d => new ForecastDayReply(d.Day, d.Applied, d.Granted, d.Cost))]);
}

/// <summary><c>/api/v1/office/offers/{id}/rehearsal</c>: what would come of an offer. Changes nothing.</summary>
public static class RehearsalEndpoint
{
    public static void AddRehearsals(this WebApplicationBuilder builder) => builder.Services.AddSingleton<RehearseOffer>();

    public static void MapRehearsals(this WebApplication app)
    {
        app.MapGet("/api/v1/office/offers/rehearsal/assumptions", All);
        app.MapPost("/api/v1/office/offers/{id:guid}/rehearsal", Run);
    }

    private static async Task<Answer<List<AssumptionReply>>> All(HttpContext context, TimeProvider clock) =>
        await context.InOffice<List<AssumptionReply>>(_ => Task.FromResult<Result<List<AssumptionReply>>>(Assumed.On(clock.Today()).Select(a => new AssumptionReply(a.Key, a.Value, a.Most, a.Words)).ToList()));

    private static async Task<Answer<ForecastReply>> Run(Guid id, RehearsalRequest request, HttpContext context, RehearseOffer rehearse, TimeProvider clock, CancellationToken stop)
    {
        var given = request.Assumptions ?? new Dictionary<string, int>();
        var known = Assumed.On(clock.Today()).Select(a => a.Key).ToHashSet(StringComparer.Ordinal);
        var wish = new RehearsalWish(key => given.TryGetValue(key, out var value) ? Text(value) : null, request.Budget is { } budget ? Text(budget) : null, request.Seed is { } seed ? Text(seed) : null);
        return (await context.InOffice<(Offers.Offer Offer, Forecast Forecast)>(async work =>
            given.Keys.FirstOrDefault(k => !known.Contains(k)) is { } strange ? Refusal.Of("field_unknown", ("field", strange)) : await rehearse.Run(work, new ProgrammeId(id), wish, stop))).Then<ForecastReply>(f => ForecastReply.Of(f.Forecast));
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
