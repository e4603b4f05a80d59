using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Activities;
using MyKey.App.Offers;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.App.Applications;
using MyKey.Tests.App.Grants;
using MyKey.Tests.App.Offers;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Activities;

/// <summary>Goal: an office invites to activities, everybody finds them, and a citizen registers with one press while there is a place.</summary>
public class ActivitiesTests
{
    private static Task<string> Code(HttpResponseMessage answer) => GrantOffice.Code(answer);

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_34b_an_offer_gives_for_taking_part_and_its_activities_have_rules(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var today = office.Town.Get<TimeProvider>().Today();
        var plain = await Offering.Publish(office, Offering.Full(today));
        Assert.Equal("given_by_application", await Code(await office.Officer.PutAsJsonAsync($"{Activating.Activities}/{Guid.CreateVersion7()}", Activating.Today(plain, today))));
        Assert.Equal("offer_fixed", await Code(await office.Officer.PutAsJsonAsync($"{Offering.Offices}/{plain}/given-by", new GivenBy("activity"))));

        var (offer, activity) = await Activating.Begin(office);
        var request = Activating.Today(offer, today);
        Assert.Equal("given_by_activity", (await office.Apply(office.Town.Citizen, 1, offer)).Refused?.Code);
        Assert.Equal("activity_exists", await Code(await office.Officer.PutAsJsonAsync($"{Activating.Activities}/{Guid.CreateVersion7()}", request)));
        Assert.Equal("out_of_period", await Code(await Save(request with { Day = today.AddDays(21), Title = "ほかの日" })));
        Assert.Equal("out_of_period", await Code(await Save(request with { Title = "ほかの報告", ReportUntil = today.AddDays(26) })));
        Assert.Equal("field_unknown", await Code(await Save(request with { Title = "ほかの時刻", From = "13:00", Until = "12:00" })));
        Assert.Equal("my_number_refused", await Code(await Save(request with { Title = "場所", Place = "123456789018" })));
        await Activating.Ok(office.Officer.PutAsJsonAsync($"{Activating.Activities}/{activity.Value}", request with { Places = 1, Place = "北公園", ReportUntil = today.AddDays(2) }));

        // What people have come for stays.
        Assert.True((await Activating.Report(office, office.Town.Citizen, await Activating.Digits(office, activity))).Ok);
        var other = (await office.Town.Issue("MY654321", 2)).Id;
        Assert.Equal("activity_full", (await Activating.Report(office, other, await Activating.Digits(office, activity))).Refused?.Code);
        Assert.Equal("activity_fixed", await Code(await office.Officer.PutAsJsonAsync($"{Activating.Activities}/{activity.Value}", request with { Points = 600 })));
        using var neighbour = await office.Desk.Officer("OF-009", Town.B, Role.Officer);
        Assert.Equal("not_found", await Code(await neighbour.PutAsJsonAsync($"{Activating.Activities}/{activity.Value}", request)));
        Assert.Equal("not_found", await Code(await neighbour.PostAsync($"{Activating.Activities}/{activity.Value}/call-off", null)));

        await Activating.Ok(office.Officer.PostAsync($"{Activating.Activities}/{activity.Value}/call-off", null));
        Assert.Equal("activity_called_off", (await Activating.Register(office, other, activity)).Refused?.Code);
        Assert.Equal("activity_called_off", (await Activating.Report(office, other, $"/a/{activity.Value:N}{await Activating.Digits(office, activity)}")).Refused?.Code);

        Task<HttpResponseMessage> Save(ActivityRequest asked) => office.Officer.PutAsJsonAsync($"{Activating.Activities}/{Guid.CreateVersion7()}", asked);
    }

    [Fact]
    public async Task S1_14c_everybody_finds_activities_before_a_login_and_no_draft()
    {
        await using var office = await GrantOffice.Open();
        var today = office.Town.Get<TimeProvider>().Today();
        var (offer, activity) = await Activating.Begin(office);
        var draft = Guid.CreateVersion7();
        await Activating.Ok(office.Officer.PutAsJsonAsync($"{Offering.Offices}/{draft}", Activating.Offer(today)));
        await Activating.Ok(office.Officer.PutAsJsonAsync($"{Offering.Offices}/{draft}/given-by", new GivenBy("activity")));
        var hidden = await Activating.Open(office.Officer, Activating.Today(draft, today, "まだ知らせない"));
        await Activating.Open(office.Officer, Activating.Today(offer, today, "あすの清掃") with { Day = today.AddDays(1) });

        using var stranger = office.App.Client();
        var all = (await stranger.GetFromJsonAsync<ActivitiesReply>($"/api/v1/activities?municipality={Town.A.Value}"))!;
        Assert.Equal(["公園の清掃", "あすの清掃"], all.Activities.Select(a => a.Title));
        Assert.Equal(["あすの清掃"], (await stranger.GetFromJsonAsync<ActivitiesReply>($"/api/v1/activities?day={today.AddDays(1):yyyy-MM-dd}"))!.Activities.Select(a => a.Title));
        Assert.Empty((await stranger.GetFromJsonAsync<ActivitiesReply>($"/api/v1/activities?municipality={Town.B.Value}"))!.Activities);
        Assert.Equal("number_format", await Code(await stranger.GetAsync("/api/v1/activities?municipality=1")));
        Assert.Equal("field_unknown", await Code(await stranger.GetAsync("/api/v1/activities?page=0")));
        Assert.Equal("not_found", await Code(await stranger.GetAsync($"/api/v1/activities/{hidden.Value}")));
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/activities/{hidden.Value}")).StatusCode);
        foreach (var (path, words) in new[] { ("/activities", "公園の清掃"), ($"/activities/{activity.Value}", "中央公園の広場"), ($"/programmes/{offer}", "イベントへの参加で付与されます"), ($"/programmes/{offer}", $"/activities/{activity.Value}") })
            Assert.Contains(words, WebUtility.HtmlDecode(await stranger.GetStringAsync(path)), StringComparison.Ordinal);
        Assert.DoesNotContain($"/my/applications/new/{offer}", await stranger.GetStringAsync($"/programmes/{offer}"), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_34b_a_citizen_registers_once_while_there_is_a_place_and_gives_it_back_until_it_begins(Engine engine)
    {
        var clock = new TestClock();
        await using var office = await GrantOffice.Open(await TestApp.Start(change: b => b.Services.AddSingleton<TimeProvider>(clock), engine: engine), 10_000);
        var people = new List<CitizenId> { office.Town.Citizen };
        for (var serial = 2; serial <= 4; serial++) people.Add((await office.Town.Issue($"MY65432{serial}", serial)).Id);
        var (_, activity) = await Activating.Begin(office, change: a => a with { Day = clock.Today(), From = "12:05", Until = "13:00", Places = 2, Registration = "before" });

        // Four at the same moment, two places.
        var made = await Task.WhenAll(people.Select(p => Activating.Register(office, p, activity)));
        Assert.Equal(2, made.Count(m => m.Ok));
        Assert.All(made.Where(m => !m.Ok), m => Assert.Equal("activity_full", m.Refused!.Code));
        var (mine, late) = (made.First(m => m.Ok).Value, people[made.ToList().FindIndex(m => !m.Ok)]);
        Assert.Equal(mine, (await Activating.Register(office, mine.Citizen, activity)).Value);
        Assert.True(CheckedNumber.IsGood(mine.Number));

        var rule = office.Town.Get<RegisterForActivity>();
        Assert.True((await rule.GiveBack(await Activating.Citizen(office, mine.Citizen), activity)).Value);
        Assert.False((await rule.GiveBack(await Activating.Citizen(office, mine.Citizen), activity)).Value);
        Assert.True((await Activating.Register(office, late, activity)).Ok);

        clock.Jump(TimeSpan.FromMinutes(6));
        Assert.Equal("registration_fixed", (await rule.GiveBack(await Activating.Citizen(office, late), activity)).Refused?.Code);
        Assert.Equal("not_registered", (await Activating.Report(office, mine.Citizen, await Activating.Digits(office, activity))).Refused?.Code);
        Assert.Equal(ReportState.Granted, (await Activating.Report(office, late, await Activating.Digits(office, activity))).Value.State);
        clock.Jump(TimeSpan.FromHours(1));
        Assert.Equal("activity_over", (await Activating.Register(office, mine.Citizen, activity)).Refused?.Code);
    }

    [Fact]
    public void A_number_with_a_wrong_digit_or_two_that_changed_places_is_none()
    {
        for (var i = 0; i < 50; i++)
        {
            var number = CheckedNumber.New(CheckedNumber.SlipDigits);
            Assert.Equal(CheckedNumber.SlipDigits, number.Length);
            Assert.True(CheckedNumber.IsGood(number));
            var wrong = number.ToCharArray();
            wrong[i % 14] = (char)('0' + (wrong[i % 14] - '0' + 1 + i % 9) % 10);
            Assert.False(CheckedNumber.IsGood(new string(wrong)));
            var swapped = number.ToCharArray();
            (swapped[3], swapped[4]) = (swapped[4], swapped[3]);
            Assert.Equal(swapped[3] == swapped[4], CheckedNumber.IsGood(new string(swapped)));
        }
        Assert.Equal("12345678901234", CheckedNumber.Bare("１２３４ 5678-9012 34"));
    }
}
