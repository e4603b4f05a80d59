using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MyKey.App.Events;
using MyKey.App.Exchange;
using MyKey.App.MyPage;
using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Reserved;
using MyKey.Tests.App.UsePoints;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Events;

/// <summary>Goal: an event is published only when nothing is missing, its points pay at its shops and in its days alone, and what is left goes where it was said (group H).</summary>
public class EventTests
{
    private static readonly Guid Festival = new("00000000-0000-7000-8000-000000000021"), Relief = new("00000000-0000-7000-8000-000000000022");

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5009b_S0_5010_S0_5013_S2_P17e_H_D2_from_reserved_points_to_the_end_of_the_event(Engine engine)
    {
        await using var town = await CouponTown.Open(engine);
        using var office = await town.Desk.Officer("OF-001", Residents.A, Role.Officer);
        await town.Bring(await town.Machine(), 500, "CARD0001XY");
        var me = await town.Town.Resident(home: Residents.A);
        var start = town.Today.AddDays(10);
        await Published(office, Festival, start, "keep", town.Town.Shop);
        await Published(office, Relief, start, "lapse", town.Town.Shop);
        using var mine = await town.Town.LoggedIn();
        await ReservedTests.Swap(mine, "CARD0001XY");

        var moved = await Move(mine, 300, Festival);
        Assert.Equal((Residents.A.Value, 300L, 300L), (moved.Municipality, moved.Points, moved.BalanceAfter));
        await Move(mine, 100, Relief);
        Assert.Equal([(Festival, 300L, "keep"), (Relief, 100L, "lapse")], (await Events(mine)).Select(e => (e.Id, e.Points, e.LeftOver)).OrderBy(e => e.Id));
        await using var till = await Till(town, town.Town.Shop);
        await using var elsewhere = await Till(town, await new Town(town.Town.App.Services).OpenShop("よその店"));
        Assert.Equal("event_closed", await Pay(till, mine, 100, Festival));

        town.Clock.Jump(TimeSpan.FromDays(8));
        using var now = await town.Town.LoggedIn();
        var token = await Token(till, now);
        var rows = (await till.Call(HttpMethod.Get, "/api/v1/holdings", citizenToken: token)).Body.GetProperty("holdings").EnumerateArray().ToList();
        Assert.Equal([("港まつりのポイント", 300L, true, false)], rows.Where(r => r.GetProperty("event").ValueKind == JsonValueKind.String && r.GetProperty("event").GetGuid() == Festival)
            .Select(r => (r.GetProperty("name").GetString()!, r.GetProperty("usable").GetInt64(), r.GetProperty("accepted").GetBoolean(), r.GetProperty("ticket").GetBoolean())));
        var id = Guid.CreateVersion7();
        var paid = await Use(till, id, token, 120, Festival);
        Assert.Equal((HttpStatusCode.Created, 180L), (paid.Status, paid.Body.GetProperty("balanceAfter").GetInt64()));
        Assert.Equal(HttpStatusCode.OK, (await Use(till, id, token, 120, Festival)).Status);
        Assert.Equal("insufficient_points", await Pay(till, now, 181, Festival));
        Assert.Equal("not_accepted_here", await Pay(elsewhere, now, 10, Festival));
        Assert.Equal("not_accepted_here", await Pay(till, now, 10, Guid.CreateVersion7()));
        var receipt = paid.Body.GetProperty("receipt").GetString()!;
        Assert.Equal(HttpStatusCode.Created, (await till.Call(HttpMethod.Post, "/api/v1/cancels", new { id = Guid.CreateVersion7(), receipt, shopCode = Town.ShopCode })).Status);
        Assert.Null(await Pay(till, now, 50, Festival));
        Assert.Equal(["", "取り消し", "", "留保ポイントから"], (await History(now)).Select(l => l.Event == "○○商店街 くらしの店" ? "" : l.Event.Split(' ')[0]));
        Assert.Contains("使わなかった分は、A市ポイントになります", await now.GetStringAsync($"/my/events/{Festival}"), StringComparison.Ordinal);
        Assert.Contains(receipt, await now.GetStringAsync($"/my/events/{Festival}/{receipt}"), StringComparison.Ordinal);
        Assert.Equal(["2017-12-23 12:00:00,○○商店街 くらしの店,,50,250,", "2017-12-23 12:00:00,取り消し ○○商店街 くらしの店,120,,300,", "2017-12-23 12:00:00,○○商店街 くらしの店,,120,180,", "2017-12-15 12:00:00,留保ポイントから,300,,300,"],
            (await now.GetStringAsync($"/my/events/{Festival}?handler=file")).Split("\r\n")[1..^1].Select(l => $"{string.Join(',', l.Split(',')[..5])},"));
        Assert.Equal(2, (await now.GetStringAsync("/my/reserved/history?handler=file")).Split("\r\n").Count(l => l.Contains("へ移した", StringComparison.Ordinal)));
        Assert.Contains("250", await now.GetStringAsync("/my"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await now.GetAsync($"/my/history/{Residents.A.Value}/{receipt}")).StatusCode);

        town.Clock.Jump(TimeSpan.FromDays(6));
        using var late = await town.Town.LoggedIn();
        await using var after = await Till(town, town.Town.Shop);
        Assert.Equal("event_closed", await Pay(after, late, 1, Festival));
        Assert.Equal("event_closed", await ReservedCode(late, 1, Festival));
        Assert.Equal("ended 2 lots", await End(town));
        Assert.Equal("ended 0 lots", await End(town));
        Assert.Equal(250, await town.Usable(me));
        Assert.Equal([-250L, -50L], (await History(late)).Take(2).Select(l => l.Change));
        Assert.Contains("港まつりのポイントの残りから", await late.GetStringAsync($"/my/history/{Residents.A.Value}"), StringComparison.Ordinal);
        Assert.Contains("港まつりのポイントへ移した", await late.GetStringAsync("/my/reserved/history"), StringComparison.Ordinal);
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5010b_an_event_that_is_called_off_pays_no_more_and_nobody_loses_points_to_it(Engine engine)
    {
        await using var town = await CouponTown.Open(engine);
        using var office = await town.Desk.Officer("OF-001", Residents.A, Role.Officer);
        using var other = await town.Desk.Officer("OF-002", Residents.B, Role.Officer);
        await town.Bring(await town.Machine(), 500, "CARD0001XY");
        var me = await town.Town.Resident(home: Residents.A);
        await Published(office, Relief, town.Today.AddDays(1), "lapse", town.Town.Shop);   // pays today: two days of lead
        using var mine = await town.Town.LoggedIn();
        await ReservedTests.Swap(mine, "CARD0001XY");
        await Move(mine, 300, Relief);
        await using var till = await Till(town, town.Town.Shop);
        Assert.Null(await Pay(till, mine, 100, Relief));

        Assert.Equal("not_found", await Code(other.PostAsync($"/api/v1/office/events/{Relief}/call-off", null)));
        Assert.Equal("not_found", await Code(office.PostAsync($"/api/v1/office/events/{Festival}/call-off", null)));
        await town.Town.App.Submit(office, $"/office/events/{Relief}", $"/office/events/{Relief}?handler=CallOff");
        Assert.Null(await Code(office.PostAsync($"/api/v1/office/events/{Relief}/call-off", null)));

        Assert.Equal("event_closed", await Pay(till, mine, 1, Relief));
        Assert.Equal("event_closed", await ReservedCode(mine, 1, Relief));
        Assert.Equal("event_published", await Code(office.PostAsync($"/api/v1/office/events/{Relief}/publish", null)));
        Assert.Equal([(200L, "keep", true)], (await Events(mine)).Select(e => (e.Points, e.LeftOver, e.CalledOff)));
        Assert.Contains("イベントは中止になりました", await mine.GetStringAsync($"/my/events/{Relief}"), StringComparison.Ordinal);
        Assert.Equal("ended 0 lots", await End(town));
        town.Clock.Jump(TimeSpan.FromDays(5));
        Assert.Equal("ended 1 lots", await End(town));
        Assert.Equal(200, await town.Usable(me));
        await town.MustAddUp();
    }

    [Fact]
    public async Task H_D1_H_D2_nothing_is_published_without_payee_rule_and_shop_and_nothing_is_changed_afterwards()
    {
        await using var town = await CouponTown.Open(partner: false);
        using var office = await town.Desk.Officer("OF-001", Residents.A, Role.Officer);
        using var other = await town.Desk.Officer("OF-002", Residents.B, Role.Officer);
        var day = town.Today.AddDays(10);
        var draft = new EventRequest("港まつり", null, day, day.AddDays(1));

        Assert.Equal("not_found", await Code(office.PostAsync(Path("publish"), null)));
        Assert.Equal("field_required", await Code(office.PutAsJsonAsync(Path(), draft with { Name = "" })));
        Assert.Equal("out_of_period", await Code(office.PutAsJsonAsync(Path(), draft with { LastDay = day.AddDays(-1) })));
        Assert.Equal("out_of_period", await Code(office.PutAsJsonAsync(Path(), draft with { FirstDay = town.Today.AddDays(-3), LastDay = town.Today.AddDays(-1) })));
        Assert.Equal("number_format", await Code(office.PutAsJsonAsync(Path(), draft with { LeadDays = 61 })));
        Assert.Equal("field_unknown", await Code(office.PutAsJsonAsync(Path(), draft with { LeftOver = "cash" })));
        Assert.Null(await Code(office.PutAsJsonAsync(Path(), draft)));
        Assert.Equal("not_found", await Code(other.PutAsJsonAsync(Path(), draft)));
        Assert.Equal("organiser", await Missing(office));
        Assert.Null(await Code(office.PutAsJsonAsync(Path(), draft with { Organiser = "港まつり実行委員会" })));
        Assert.Equal("left_over", await Missing(office));
        Assert.Null(await Code(office.PutAsJsonAsync(Path(), draft with { Organiser = "港まつり実行委員会", LeftOver = "keep" })));
        Assert.Equal("acceptors", await Missing(office));
        var far = await new Town(town.Town.App.Services).OpenShop("となりの店", Residents.B);
        Assert.Equal("not_found", await Code(office.PutAsJsonAsync(Path($"acceptors/{far.Value}"), new EventShopRequest(true))));
        Assert.Null(await Code(office.PutAsJsonAsync(Path($"acceptors/{town.Town.Shop.Value}"), new EventShopRequest(true))));
        Assert.Equal("not_found", await Code(other.PostAsync(Path("publish"), null)));
        Assert.Null(await Code(office.PostAsync(Path("publish"), null)));
        Assert.Null(await Code(office.PostAsync(Path("publish"), null)));
        Assert.Equal("event_published", await Code(office.PutAsJsonAsync(Path(), draft with { Organiser = "別の団体", LeftOver = "lapse" })));
        Assert.Equal(["keep"], (await office.GetFromJsonAsync<EventReply[]>("/api/v1/office/events"))!.Select(e => e.LeftOver));
        Assert.Empty((await other.GetFromJsonAsync<EventReply[]>("/api/v1/office/events"))!);
    }

    internal static async Task Published(HttpClient office, Guid id, DateOnly first, string leftOver, params AcceptorId[] shops)
    {
        var name = id == Festival ? "港まつり" : "復興市";
        Assert.Null(await Code(office.PutAsJsonAsync($"/api/v1/office/events/{id}", new EventRequest(name, $"{name}実行委員会", first, first.AddDays(1), LeadDays: 2, TailDays: 1, LeftOver: leftOver))));
        foreach (var shop in shops) Assert.Null(await Code(office.PutAsJsonAsync($"/api/v1/office/events/{id}/acceptors/{shop.Value}", new EventShopRequest(true))));
        Assert.Null(await Code(office.PostAsync($"/api/v1/office/events/{id}/publish", null)));
    }

    private static string Path(string more = "") => $"/api/v1/office/events/{Festival}/{more}".TrimEnd('/');

    private static async Task<string?> Missing(HttpClient office)
    {
        var answer = await (await office.PostAsync(Path("publish"), null)).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("field_required", answer.GetProperty("code").GetString());
        return answer.GetProperty("field").GetString();
    }

    private static async Task<MovedReply> Move(HttpClient citizen, long points, Guid supported)
    {
        var answer = await citizen.PostAsJsonAsync("/api/v1/my/moves", new MoveRequest(Guid.CreateVersion7(), Destination.Later, Residents.A.Value, points, supported));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<MovedReply>())!;
    }

    private static Task<string?> ReservedCode(HttpClient citizen, long points, Guid supported) =>
        Code(citizen.PostAsJsonAsync("/api/v1/my/moves", new MoveRequest(Guid.CreateVersion7(), Destination.Later, Residents.A.Value, points, supported)));

    private static async Task<List<MyEventReply>> Events(HttpClient citizen) => (await citizen.GetFromJsonAsync<List<MyEventReply>>("/api/v1/my/events"))!;

    private static async Task<IReadOnlyList<EventEntryReply>> History(HttpClient citizen) =>
        (await citizen.GetFromJsonAsync<EventHistoryReply>($"/api/v1/my/events/{Festival}/history"))!.Entries;

    private static async Task<Till> Till(CouponTown town, AcceptorId shop)
    {
        var services = new Town(town.Town.App.Services);
        return new Till(town.Town.App, services, await services.Terminal(shop), own: false);
    }

    private static async Task<string> Token(Till till, HttpClient citizen)
    {
        var code = (await (await citizen.PostAsJsonAsync("/api/v1/my/codes", new MyCodeRequest(Residents.A.Value))).Content.ReadFromJsonAsync<MyCodeReply>())!.Code;
        return (await till.Call(HttpMethod.Post, "/api/v1/citizen-tokens", new { myKeyId = Residents.MyKeyId, code })).Body.GetProperty("citizenToken").GetString()!;
    }

    private static Task<(HttpStatusCode Status, JsonElement Body, string? Code)> Use(Till till, Guid id, string token, long amount, Guid supported) =>
        till.Call(HttpMethod.Post, "/api/v1/uses", new { id, citizenToken = token, issuer = Residents.A.Value, amount, @event = supported });

    private static async Task<string?> Pay(Till till, HttpClient citizen, long amount, Guid supported) =>
        (await Use(till, Guid.CreateVersion7(), await Token(till, citizen), amount, supported)).Code;

    private static async Task<string> End(CouponTown town)
    {
        var job = town.Town.Get<EndEvents>();
        return (await job.Run(new JobRun(job.Name, Guid.NewGuid(), 1, long.MaxValue), CancellationToken.None)).Text;
    }

    private static async Task<string?> Code(Task<HttpResponseMessage> call)
    {
        using var answer = await call;
        if (answer.IsSuccessStatusCode) return null;
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
    }
}
