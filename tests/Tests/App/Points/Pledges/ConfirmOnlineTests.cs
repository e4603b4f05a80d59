using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MyKey.App.Pledges;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;
using static MyKey.Tests.App.Pledges.OnlineTown;

namespace MyKey.Tests.App.Pledges;

/// <summary>Goal: above the limits a site gets exactly what its citizen has confirmed with the card, once, for a short time, and nothing else (S0-4010b).</summary>
public class ConfirmOnlineTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4010b_what_was_confirmed_succeeds_once_and_everything_else_is_refused(Engine engine)
    {
        await using var town = await OnlineTown.Open(engine);
        var citizen = await town.Town.Resident(home: Residents.A);
        var other = await town.Town.Resident("MY654321", 2, Residents.A);
        await town.Town.Grant(citizen, 200_000, 60);
        using var me = await town.Linked();
        using var fund = await town.Linked(Fund);
        var order = Guid.CreateVersion7();
        var (path, id) = await Refused(await town.Place(30_001, order));
        using var card = await town.ByCard(citizen);
        using var stranger = await town.ByCard(other);

        // Not confirmed, by whoever did not show the card, by somebody else.
        Assert.Equal(path, (await Refused(await town.Place(30_001, order))).Path);
        Assert.Equal("step_up_required", await Code(await Confirm(me, id)));
        Assert.Equal("not_found", await Code(await Confirm(stranger, id)));
        Assert.Equal("not_found", await Code(await stranger.GetAsync($"/api/v1/my/online-confirmations/{id}")));
        Assert.Equal("not_found", await Code(await Confirm(card, Guid.CreateVersion7())));
        await Refused(await town.Place(30_001, order));
        var both = await Task.WhenAll(Confirm(card, id), Confirm(card, id));
        Assert.All(both, b => Assert.Equal(HttpStatusCode.OK, b.StatusCode));
        var confirmed = await Read<OnlineConfirmationReply>(both[0]);
        Assert.Equal((Shop, "やまびこ", "S-0001", 30_001L, 30_000L, 50_000L), (confirmed.Site, confirmed.Name, confirmed.Order, confirmed.Amount, confirmed.PerUse, confirmed.PerDay));

        // Another amount, order, number or site is something else.
        await Refused(await town.Place(30_002, order));
        await Refused(await town.Place(30_001));
        await Refused(await town.Place(30_001, order, change: w => w with { Order = "S-0002" }));
        await Refused(await town.Place(30_001, order, Fund));
        Assert.Equal(200_000, await town.Coupons.Usable(citizen));
        var sent = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => town.Place(30_001, order)));
        Assert.All(sent, s => Assert.True(s.IsSuccessStatusCode));
        Assert.Single(sent, s => s.StatusCode == HttpStatusCode.Created);
        Assert.Equal(169_999, await town.Coupons.Usable(citizen));
        Assert.NotNull((await Read<OnlineConfirmationReply>(await Confirm(card, id))).UsedMs);
        await Refused(await town.Place(30_001));

        // It counts in the day's sum: the rest of the day is what the limit leaves.
        await Refused(await town.Place(20_000));
        Assert.Equal(HttpStatusCode.Created, (await town.Place(19_999)).StatusCode);
        var (_, small) = await Refused(await town.Place(1, order = Guid.CreateVersion7()));
        await Read<OnlineConfirmationReply>(await Confirm(card, small));
        Assert.Equal(HttpStatusCode.Created, (await town.Place(1, order)).StatusCode);
        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal([("132985 30001", citizen), ("132985 1", citizen)], await connection.QueryAsync<(string, CitizenId)>("select after, citizen from log_operation where action = 'pledge.confirmed' order by length(after) desc"));
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4010b_it_holds_for_a_short_time_and_not_where_the_way_is_closed(Engine engine)
    {
        await using var town = await OnlineTown.Open(engine);
        var citizen = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(citizen, 100_000, 200);
        using var me = await town.Linked();
        var order = Guid.CreateVersion7();
        var (_, id) = await Refused(await town.Place(40_000, order));
        town.Clock.Jump(TimeSpan.FromMinutes(10));
        using var late = await town.ByCard(citizen);
        Assert.Equal("confirmation_over", await Code(await Confirm(late, id)));
        Assert.Equal(id, (await Refused(await town.Place(40_000, order))).Id);
        await Read<OnlineConfirmationReply>(await Confirm(late, id));
        town.Clock.Jump(TimeSpan.FromMinutes(10));
        await Refused(await town.Place(40_000, order));
        Assert.Null((await Read<OnlineConfirmationReply>(await late.GetAsync($"/api/v1/my/online-confirmations/{id}"))).ConfirmedMs);
        await Read<OnlineConfirmationReply>(await Confirm(late, id));
        Assert.Equal(HttpStatusCode.Created, (await town.Place(40_000, order)).StatusCode);

        Assert.Equal("insufficient_points", await Code(await town.Place(60_001)));
        await Set(town, "online.limit_per_use", "0");
        var closed = await (await town.Place(1)).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(("online_limit", false), (closed.GetProperty("code").GetString(), closed.TryGetProperty("confirm", out _)));
        await Set(town, "online.limit_per_use", "30000");

        // Whoever takes the link away, or is stopped, has confirmed in vain.
        var (_, gone) = await Refused(await town.Place(50_000, order = Guid.CreateVersion7()));
        using var again = await town.ByCard(citizen);
        await Read<OnlineConfirmationReply>(await Confirm(again, gone));
        await again.DeleteAsync($"/api/v1/my/online-links/{Shop}");
        Assert.Equal("link_required", await Code(await town.Place(50_000, order)));
        town.Clock.Jump(TimeSpan.FromDays(31));
        await town.Run<ReleasePledges>();
        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select count(*) from pts_online_confirmation"));
        await town.MustAddUp();
    }

    [Fact]
    public async Task S0_4010b_the_page_leads_back_to_the_site_and_nowhere_else()
    {
        await using var town = await OnlineTown.Open();
        var citizen = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(citizen, 100_000, 60);
        using var me = await town.Linked();
        var (path, _) = await Refused(await town.Place(40_000));
        using var card = await town.ByCard(citizen);
        var own = $"{town.HomeOf(Shop)}/orders/s-0001";
        Assert.Contains($"href=\"{own}\"", await card.GetStringAsync($"{path}?back={Uri.EscapeDataString(own)}"), StringComparison.Ordinal);
        foreach (var elsewhere in (string[])["https://evil.example/", "//evil.example/", "javascript:alert(1)", $"{town.HomeOf(Shop)}.evil.example/", $"{town.HomeOf(Shop).Replace("//", "//x@", StringComparison.Ordinal)}/", town.HomeOf(Fund)])
        {
            var page = await card.GetStringAsync($"{path}?back={Uri.EscapeDataString(elsewhere)}");
            Assert.Equal(2, page.Split("rel=\"external noreferrer\"").Length);
            Assert.Contains($"href=\"{town.HomeOf(Shop)}\" rel=\"external noreferrer\"", page, StringComparison.Ordinal);
        }
        Assert.Contains("暗証番号（4けた）がいります", await me.GetStringAsync(path), StringComparison.Ordinal);
        Assert.Contains("カードがいります", await (await town.Town.App.Submit(me, "/my/settings", path)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await me.GetAsync($"/my/online/confirm/{Guid.CreateVersion7()}")).StatusCode);
        town.Clock.Jump(TimeSpan.FromMinutes(10));
        using var late = await town.ByCard(citizen);
        Assert.Contains("確認できる時間をすぎました", await late.GetStringAsync(path), StringComparison.Ordinal);
        Assert.Contains("もう確認できません", await (await town.Town.App.Submit(late, "/my/settings", path)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> Confirm(HttpClient by, Guid id) => by.PostAsync($"/api/v1/my/online-confirmations/{id}/confirm", null);

    /// <summary>The way that the refusal shows.</summary>
    private static async Task<(string Path, Guid Id)> Refused(HttpResponseMessage answer)
    {
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.Conflict, "online_limit"), (answer.StatusCode, problem.GetProperty("code").GetString()));
        var path = problem.GetProperty("confirm").GetString()!;
        return (path, Guid.Parse(path["/my/online/confirm/".Length..]));
    }

    private static async Task Set(OnlineTown town, string key, string value) =>
        Assert.True((await town.Town.Get<SetSetting>().Run(new(key, SettingPlace.Of(Residents.A), value, Actor.Job("test")))).Ok);
}
