using System.Net;
using System.Net.Http.Json;
using MyKey.App.Offers;
using MyKey.App.Rehearsals;
using MyKey.App.Shared.Components;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Tests.App.Grants;
using MyKey.Tests.App.Offers;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Rehearsals;

/// <summary>Goal: an office sees before it publishes what its offer would cost and whom it would miss; the same people, the same answer, and nobody real among them.</summary>
public class RehearseTests
{
    private static readonly DateOnly Day = new(2026, 6, 1);

    private static readonly RehearsedOffer Offer = new(Day, 40, 0, new Points(500), new Points(100_000_000), Screened: true, Claimed: true);

    private static Assumptions With(params (string Key, int Value)[] other) => Read(other).Value;

    private static Result<Assumptions> Read(params (string Key, int Value)[] other) =>
        Assumptions.Read(key => other.Where(o => o.Key == key).Select(o => o.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault(), Day);

    [Fact]
    public void S1_32_everybody_gets_something_or_is_left_out_for_one_reason_and_a_seed_is_an_answer()
    {
        var (once, again, other) = (Rehearse.Run(With(), Offer, 7), Rehearse.Run(With(), Offer, 7), Rehearse.Run(With(), Offer, 8));
        Assert.Equal(50_000, once.Granted + once.Out.Values.Sum());
        Assert.Equal((once.Granted, once.Cost, once.Lapsing), (again.Granted, again.Cost, again.Lapsing));
        Assert.Equal(once.Days, again.Days);
        Assert.NotEqual(once.Days, other.Days);
        Assert.InRange(Math.Abs(once.Granted - other.Granted), 1, 500);
        Assert.Null(once.BudgetEnds);
        // 8 of 100 never receive it, 5 of 100 are rejected, half of those in time come in the first quarter.
        Assert.InRange(once.Lapsing, once.Granted * 0.07, once.Granted * 0.09);
        Assert.InRange(once.Out[LeftOut.Rejected], once.Applied * 0.04, once.Applied * 0.06);
        Assert.InRange(once.Days.Take(10).Sum(d => d.Applied), once.Applied * 0.48, once.Applied * 0.52);
        Assert.Equal(once.Granted * 500L, once.Cost.Value);
        // Screening takes five days: nobody is granted anything before.
        Assert.All(once.Days.Take(5), d => Assert.Equal(0, d.Granted));
    }

    [Fact]
    public void S1_32_the_budget_ends_on_its_day_and_never_below_nothing()
    {
        var all = Rehearse.Run(With(), Offer, 1);
        var half = Rehearse.Run(With(), Offer with { Budget = new Points(all.Cost.Value / 2 + 499) }, 1);
        Assert.Equal(half.Offer.Budget.Value / 500, half.Granted);
        Assert.Equal(all.Granted - half.Granted, half.Out[LeftOut.BudgetEnded]);
        Assert.True(half.Cost <= half.Offer.Budget);
        Assert.InRange(half.Rest.Value, 0, 499);
        var ends = half.BudgetEnds!.Value;
        Assert.Equal(0, half.Days.Where(d => d.Day > ends).Sum(d => d.Granted));
        Assert.True(half.Days.Single(d => d.Day == ends).Granted > 0);
        Assert.Equal((0, Day), (Rehearse.Run(With(), Offer with { Budget = Points.Zero }, 1).Granted, Rehearse.Run(With(), Offer with { Budget = Points.Zero }, 1).BudgetEnds));
    }

    [Fact]
    public void S1_32_each_reason_alone_leaves_people_out()
    {
        (string Key, int Value)[] nobody = [("reject", 0), ("late", 0), ("apply", 100), .. new[] { "children", "adults", "elders", "aged" }.SelectMany(b => new[] { ($"{b}.know", 100), ($"{b}.card", 100), ($"{b}.device", 100) })];
        Assert.Equal(50_000, Rehearse.Run(With(nobody), Offer, 1).Granted);
        var share = new Dictionary<LeftOut, (string, int)[]>
        {
            [LeftOut.Age] = [("children.for", 0)], [LeftOut.Unaware] = [("adults.know", 50)], [LeftOut.Unwilling] = [("apply", 80)], [LeftOut.NoCard] = [("adults.card", 50)],
            [LeftOut.NoDevice] = [("adults.device", 50), ("counter", 0)], [LeftOut.Late] = [("late", 10)], [LeftOut.Rejected] = [("reject", 10)],
        };
        foreach (var (why, change) in share)
        {
            var forecast = Rehearse.Run(With([.. nobody.Where(n => change.All(c => c.Item1 != n.Key)), .. change]), Offer, 1);
            Assert.Equal(why, Assert.Single(forecast.Out, o => o.Value > 0).Key);
            Assert.InRange(forecast.Out[why], 4_500, 16_000);
        }
        // At a counter nobody needs a device; with a late window nobody is too late.
        Assert.Equal(50_000, Rehearse.Run(With([.. nobody.Where(n => n.Key != "adults.device"), ("adults.device", 50)]), Offer, 1).Granted);
        Assert.Equal(50_000, Rehearse.Run(With([.. nobody.Where(n => n.Key != "late"), ("late", 10)]), Offer with { LateDays = 10 }, 1).Granted);
    }

    [Fact]
    public void S1_32_a_million_people_take_a_few_seconds_at_most()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var forecast = Rehearse.Run(With(("people", 1_000_000)), Offer, 1);
        Assert.Equal(1_000_000, forecast.Granted + forecast.Out.Values.Sum());
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
        TestContext.Current.TestOutputHelper?.WriteLine($"1,000,000 people in {watch.ElapsedMilliseconds} ms");
    }

    [Fact]
    public void S1_32_assumptions_that_cannot_be_are_refused()
    {
        Assert.Equal("share_format", Read(("apply", 101)).Refused?.Code);
        Assert.Equal("share_format", Read(("adults.know", -1)).Refused?.Code);
        Assert.Equal("share_format", Read(("people", 4_000_001)).Refused?.Code);
        Assert.Equal("share_format", Read(("counter", 2)).Refused?.Code);
        Assert.Equal("share_sum", Read(("adults.share", 61)).Refused?.Code);
        Assert.Equal("share_order", Read(("half", 40)).Refused?.Code);
        Assert.All(Assumed.On(new DateOnly(2020, 1, 1)), a => Assert.InRange(a.Value, 0, a.Most));
    }

    [Fact]
    public async Task S1_32_an_office_rehearses_its_draft_on_the_page_and_over_the_API_and_changes_nothing()
    {
        await using var office = await GrantOffice.Open();
        var (draft, path) = (Guid.CreateVersion7(), Offering.Offices);
        await office.Officer.PutAsJsonAsync($"{path}/{draft}", Offering.Full(office.Town.Get<TimeProvider>().Today(), "下書き") with { Points = null });
        Assert.Equal("field_required", await GrantOffice.Code(await office.Officer.PostAsJsonAsync($"{path}/{draft}/rehearsal", new RehearsalRequest())));
        await office.Officer.PutAsJsonAsync($"{path}/{draft}", Offering.Full(office.Town.Get<TimeProvider>().Today(), "下書き"));
        var answer = await office.Officer.PostAsJsonAsync($"{path}/{draft}/rehearsal", new RehearsalRequest(new Dictionary<string, int> { ["people"] = 2_000 }, 50_000, 3));
        var forecast = (await answer.Content.ReadFromJsonAsync<ForecastReply>())!;
        Assert.Equal((2_000, 100, 50_000L), (forecast.People, forecast.Granted, forecast.Cost));
        Assert.Equal("field_unknown", await GrantOffice.Code(await office.Officer.PostAsJsonAsync($"{path}/{draft}/rehearsal", new RehearsalRequest(new Dictionary<string, int> { ["no"] = 1 }))));
        Assert.Equal("share_format", await GrantOffice.Code(await office.Officer.PostAsJsonAsync($"{path}/{draft}/rehearsal", new RehearsalRequest(Seed: 0))));
        Assert.Equal("amount_format", await GrantOffice.Code(await office.Officer.PostAsJsonAsync($"{path}/{draft}/rehearsal", new RehearsalRequest(Budget: 0))));
        Assert.Contains((await office.Officer.GetFromJsonAsync<List<AssumptionReply>>($"{path}/rehearsal/assumptions"))!, a => a is { Key: "elders.card", Value: 80 });

        var page = $"/office/offers/{draft}/rehearsal";
        var shown = WebUtility.HtmlDecode(await office.Officer.GetStringAsync($"{page}?people=2000&budget=50000&seed=3&asked=1&counter=1&children.for=1&adults.for=1&elders.for=1&aged.for=1"));
        Assert.Contains($"予算は、{Words.Day(forecast.BudgetEnds!.Value)}になくなりそうです。", shown, StringComparison.Ordinal);
        var wrong = await office.Officer.GetAsync($"{page}?apply=200");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Contains("0から100までの整数", WebUtility.HtmlDecode(await wrong.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        // Boxes that a sent form does not name are not ticked.
        Assert.Contains("2,000人のうち、2,000人", WebUtility.HtmlDecode(await office.Officer.GetStringAsync($"{page}?people=2000&asked=1&budget=50000")), StringComparison.Ordinal);
        using var neighbour = await office.Desk.Officer("OF-009", Town.B, Role.Officer);
        Assert.Equal(HttpStatusCode.NotFound, (await neighbour.GetAsync(page)).StatusCode);
        Assert.Equal("not_found", await GrantOffice.Code(await neighbour.PostAsJsonAsync($"{path}/{draft}/rehearsal", new RehearsalRequest())));
    }
}
