using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Offers;
using MyKey.App.WaitingRooms;
using MyKey.Identity.Keys;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Settings;
using MyKey.Sandbox.Authority;
using MyKey.Tests.App.Applications;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Offers;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.WaitingRooms;

/// <summary>Goal: on an opening day who comes first is let in first, everybody is told when, and nobody loses or gains a place.</summary>
public class WaitingRoomTests
{
    private static readonly CitizenId[] People = [.. Enumerable.Range(0, 5).Select(_ => Ids.NewRandom<CitizenId>())];

    private sealed record Room(WaitingRoom Queue, TestClock Clock)
    {
        private readonly Dictionary<CitizenId, string> cookies = [];

        /// <returns>Seconds to wait; 0: in.</returns>
        public async Task<long> Come(CitizenId citizen, WaitingRoom? at = null, string? cookie = null)
        {
            var context = new DefaultHttpContext();
            if ((cookie ?? cookies.GetValueOrDefault(citizen)) is { } place) context.Request.Headers.Cookie = $"mykey-place={place}";
            var wait = await (at ?? Queue).Enter(context, citizen);
            if (context.Response.Headers.SetCookie.FirstOrDefault() is { } set) cookies[citizen] = Uri.UnescapeDataString(set.Split(';')[0]["mykey-place=".Length..]);
            return wait?.Fact<long>("wait") ?? 0;
        }

        public string CookieOf(CitizenId citizen) => cookies[citizen];
    }

    private static async Task<(TestApp App, Room Room)> Open(string perSecond)
    {
        var clock = new TestClock();
        var app = await TestApp.Start(change: b => b.Services.AddSingleton<TimeProvider>(clock));
        await Applying.Set(app.Services, "queue.per_second", perSecond, "platform");
        return (app, new Room(app.Services.GetRequiredService<WaitingRoom>(), clock));
    }

    [Fact]
    public async Task Who_comes_first_is_in_first_and_a_place_stays_over_reloads_and_a_restart()
    {
        var (app, room) = await Open("1");
        await using var _ = app;
        var waits = new List<long>();
        foreach (var person in People) waits.Add(await room.Come(person));
        Assert.Equal([0, 1, 2, 3, 4], waits);

        // Looking again takes no other place, also of a process that was started anew.
        var restarted = new WaitingRoom(app.Services.GetRequiredService<Settings>(), app.Services.GetRequiredService<Kek>(), room.Clock);
        room.Clock.Jump(TimeSpan.FromSeconds(2));
        Assert.Equal((0, 0, 1), (await room.Come(People[1]), await room.Come(People[2], restarted), await room.Come(People[3])));
        // Who comes now comes after all of them.
        Assert.Equal(3, await room.Come(Ids.NewRandom<CitizenId>()));
        room.Clock.Jump(TimeSpan.FromMilliseconds(1_999));
        Assert.Equal((0, 1), (await room.Come(People[3]), await room.Come(People[4])));
        room.Clock.Jump(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await room.Come(People[4]));
    }

    [Fact]
    public async Task A_place_is_one_persons_and_ends_ten_minutes_after_its_turn()
    {
        var (app, room) = await Open("1");
        await using var _ = app;
        foreach (var person in People) await room.Come(person);
        room.Clock.Jump(TimeSpan.FromSeconds(4));
        var stranger = Ids.NewRandom<CitizenId>();

        Assert.Equal(1, await room.Come(stranger, cookie: room.CookieOf(People[1])));
        Assert.Equal(2, await room.Come(Ids.NewRandom<CitizenId>(), cookie: "0.AAAA"));
        room.Clock.Jump(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await room.Come(People[4]));
        foreach (var person in Enumerable.Range(0, 3)) await room.Come(Ids.NewRandom<CitizenId>());
        room.Clock.Jump(TimeSpan.FromMilliseconds(1_001));
        Assert.Equal(2, await room.Come(People[4]));
    }

    [Fact]
    public async Task Nobody_notices_it_while_few_come()
    {
        var (app, room) = await Open("50");
        await using var _ = app;
        for (var i = 0; i < 50; i++) Assert.Equal(0, await room.Come(Ids.NewRandom<CitizenId>()));
        Assert.Equal(1, await room.Come(People[0]));
        room.Clock.Jump(TimeSpan.FromHours(1));
        Assert.Equal(0, await room.Come(People[1]));
    }

    [Fact]
    public async Task It_stands_before_the_question_to_the_card_on_the_page_and_over_the_API()
    {
        await using var town = await CardTown.Start();
        using var officer = await new StaffDesk(town.App).Officer("OF-001", Residents.A, Role.Officer);
        using var card = town.Authority.Issue(new CertificateProfile { NotBefore = TimeProvider.System.GetUtcNow().AddDays(-30) });
        await town.Resident(card, "AB12CD34");
        var offer = await Offering.Publish(officer, Offering.Full(town.App.Services.GetRequiredService<TimeProvider>().Today()));
        await Applying.Set(town.App.Services, "queue.per_second", "1", "platform");
        using var browser = town.Browser();
        await browser.Login(card);
        for (var i = 0; i < 60; i++) await town.App.Services.GetRequiredService<WaitingRoom>().Enter(new DefaultHttpContext(), Ids.NewRandom<CitizenId>());

        var path = $"/my/applications/new/{offer}/card?id={Guid.CreateVersion7()}&yes=1";
        var queue = (await browser.Client.GetAsync(path)).Headers.Location!.OriginalString;
        Assert.Equal(QueuePage.PathTo(path), queue);
        var page = await browser.Client.GetAsync(queue);
        Assert.Equal("20", page.Headers.GetValues("Refresh").Single());
        Assert.Contains("順番をお待ちください", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var api = await browser.Client.PostAsync("/api/v1/my/applications/question", System.Net.Http.Json.JsonContent.Create(new { id = Guid.CreateVersion7(), programme = offer }));
        Assert.Equal(HttpStatusCode.TooManyRequests, api.StatusCode);
        Assert.InRange(api.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 50, 60);
    }
}
