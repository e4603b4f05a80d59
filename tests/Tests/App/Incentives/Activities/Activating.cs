using System.Net.Http.Json;
using MyKey.App.Activities;
using MyKey.App.Offers;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.Grants;
using MyKey.Tests.App.Offers;

namespace MyKey.Tests.App.Activities;

/// <summary>An offer that gives for taking part, its activities, and reports as a citizen makes them.</summary>
internal static class Activating
{
    public const string Activities = "/api/v1/office/activities";

    public static OfferRequest Offer(DateOnly today, long points = 500) => Offering.Full(today, "公園をきれいにする活動", points) with { Screening = "none", LateUntil = today.AddDays(25) };

    /// <summary>All day, so that it goes on now.</summary>
    public static ActivityRequest Today(Guid offer, DateOnly today, string title = "公園の清掃") => new(offer, title, today, "00:00", "24:00", "中央公園の広場");

    public static async Task<Guid> Publish(HttpClient officer, OfferRequest offer)
    {
        var id = Guid.CreateVersion7();
        await Ok(officer.PutAsJsonAsync($"{Offering.Offices}/{id}", offer));
        await Ok(officer.PutAsJsonAsync($"{Offering.Offices}/{id}/given-by", new GivenBy("activity")));
        await Ok(officer.PostAsync($"{Offering.Offices}/{id}/publish", null));
        return id;
    }

    public static async Task<ActivityId> Open(HttpClient officer, ActivityRequest activity)
    {
        var id = Guid.CreateVersion7();
        await Ok(officer.PutAsJsonAsync($"{Activities}/{id}", activity));
        return new ActivityId(id);
    }

    /// <summary>A published offer with a budget, and an activity that goes on now.</summary>
    public static async Task<(Guid Offer, ActivityId Activity)> Begin(GrantOffice office, long budget = 10_000, Func<ActivityRequest, ActivityRequest>? change = null, Func<OfferRequest, OfferRequest>? offered = null)
    {
        var today = office.Town.Get<TimeProvider>().Today();
        var offer = await Publish(office.Officer, offered?.Invoke(Offer(today)) ?? Offer(today));
        await Budget(office, offer, budget);
        var activity = Today(offer, today);
        return (offer, await Open(office.Officer, change?.Invoke(activity) ?? activity));
    }

    public static Task Budget(GrantOffice office, Guid offer, long points) =>
        office.App.Database.WriteOrRefuse(tx => office.Town.Get<Limits>().SetTotal(tx, LimitId.Budget(new ProgrammeId(offer)), new Points(points)));

    /// <summary>What the screen shows so many half minutes from now.</summary>
    public static async Task<string> Digits(GrantOffice office, ActivityId activity, int steps = 0) =>
        ActivityCodes.DigitsOf(await office.Town.Get<ActivityCodes>().KeyOf(activity), ActivityCodes.StepOf(office.Town.Get<TimeProvider>().NowMs()) + steps);

    public static async Task<Citizen> Citizen(GrantOffice office, CitizenId id) => (await office.Town.Get<FindCitizen>().Get(id))!;

    public static async Task<Result<Report>> Report(GrantOffice office, CitizenId citizen, string code, Guid? id = null) =>
        await office.Town.Get<ReportAttendance>().Run(await Citizen(office, citizen), new TransferId(id ?? Guid.CreateVersion7()), code);

    public static async Task<Result<Registration>> Register(GrantOffice office, CitizenId citizen, ActivityId activity) =>
        await office.Town.Get<RegisterForActivity>().Run(await Citizen(office, citizen), activity);

    public static async Task<HttpResponseMessage> Ok(Task<HttpResponseMessage> asked)
    {
        var answer = await asked;
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return answer;
    }
}
