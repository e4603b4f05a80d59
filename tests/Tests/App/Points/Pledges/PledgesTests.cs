using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.OnlineLinks;
using MyKey.App.Pledges;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;
using static MyKey.Tests.App.Pledges.OnlineTown;

namespace MyKey.Tests.App.Pledges;

/// <summary>Goal: a site sets points of a linked citizen aside, takes them once and gives them back, and nothing is lost or taken twice whatever comes when (group M).</summary>
public class PledgesTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4010b_S4_12a_M_D1_S0_4012a_hold_capture_part_and_refund_in_parts_each_once_however_often_it_is_sent(Engine engine)
    {
        await using var town = await OnlineTown.Open(engine);
        var citizen = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(citizen, 2_000, 60);
        using var me = await town.Linked();
        var id = Guid.CreateVersion7();
        var balances = await Read<OnlineBalanceReply[]>(await town.Machine().PostAsJsonAsync("/api/v1/online/balances", new OnlineBalanceRequest(town.Token(), Residents.A.Value)));
        Assert.Equal([("132985", "A市ポイント", 2_000L)], balances.Select(b => (b.Issuer, b.Name, b.Usable)));

        var first = await town.Place(1_000, id);
        var again = await town.Place(1_000, id);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        var held = await Read<PledgeReply>(first);
        Assert.Equal(("held", 1_000L, 7 * 86_400_000L), (held.State, held.Amount, held.ExpiresMs - held.HeldMs));
        Assert.Equal(1_000, await town.Coupons.Usable(citizen));
        Assert.Equal("id_reused", await Code(await town.Place(999, id)));
        Assert.Equal("id_reused", await Code(await town.Place(1_000, id, change: w => w with { Order = "S-0002" })));
        Assert.Equal("refund_exceeds", await Code(await town.Refund(id, 1)));
        Assert.Equal("insufficient_points", await Code(await town.Capture(id, 1_001)));
        Assert.Equal("amount_format", await Code(await town.Capture(id, 0)));
        var (capture, refund) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var both = await Task.WhenAll(town.Capture(id, 700, capture), town.Capture(id, 700, capture));
        Assert.All(both, b => Assert.Equal(HttpStatusCode.OK, b.StatusCode));
        var captured = await Read<PledgeReply>(await town.Capture(id, 700, capture));
        Assert.Equal(("captured", 700L, 300L, 0L), (captured.State, captured.Captured, captured.Released, captured.Refunded));
        Assert.Equal(1_300, await town.Coupons.Usable(citizen));
        Assert.Equal("id_reused", await Code(await town.Capture(id, 600, capture)));
        Assert.Equal("pledge_captured", await Code(await town.Capture(id, 700)));
        Assert.Equal("pledge_captured", await Code(await town.Release(id)));

        Assert.Equal(200, (await Read<PledgeReply>(await town.Refund(id, 200, refund))).Refunded);
        Assert.Equal(200, (await Read<PledgeReply>(await town.Refund(id, 200, refund))).Refunded);
        Assert.Equal("id_reused", await Code(await town.Refund(id, 100, refund)));
        Assert.Equal("refund_exceeds", await Code(await town.Refund(id, 501)));
        var race = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => town.Refund(id, 300)));
        Assert.Equal(1, race.Count(r => r.IsSuccessStatusCode));
        Assert.Equal(500, (await town.Now(id)).Refunded);
        Assert.Equal(1_800, await town.Coupons.Usable(citizen));
        await town.MustAddUp();

        // Buying gives no points: everything the citizen has came from the grant.
        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal(["1", "12", "13", "14", "17"], await connection.QueryAsync<string>("select distinct cast(kind as text) from ledger_transfer order by 1"));
        var page = await me.GetStringAsync("/my/online");
        Assert.Contains("返金されました", page, StringComparison.Ordinal);
        Assert.Contains("S-0001", page, StringComparison.Ordinal);
        var history = await me.GetStringAsync($"/my/history/{Residents.A.Value}");
        foreach (var word in (string[])["取り置き やまびこ", "ネットでの利用 やまびこ", "取り置きから戻った分", "返金 やまびこ"]) Assert.Contains(word, history, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S0_4013_S0_4014_S0_4040_S0_4010a_S0_1022a_what_a_site_may_not_take_and_whose_token_says_nothing()
    {
        await using var town = await OnlineTown.Open();
        var citizen = await town.Town.Resident(home: Residents.A);
        var other = await town.Town.Resident("MY654321", 2, Residents.A);
        await town.Town.Grant(citizen, 90_000, 60);
        await town.Town.Grant(citizen, 5_000, 60, Residents.B);
        await town.Town.Grant(citizen, 5_000, 60, Residents.C);
        Assert.Equal("link_required", await Code(await town.Place(100)));
        using var me = await town.Linked();
        using var fund = await town.Linked(Fund);

        Assert.Equal("use_forbidden", await Code(await town.Place(100, change: w => w with { Category = "furusato" })));
        Assert.Equal("use_forbidden", await Code(await town.Place(100, change: w => w with { Category = "medical" })));
        Assert.Equal("field_unknown", await Code(await town.Place(100, change: w => w with { Category = "cash" })));
        // A市's points pay for its own goods only, B町's in the prefecture; C村 lets none be used online, and nobody sells for it.
        var registry = town.Town.Get<ChangeMunicipality>();
        Assert.True((await registry.UseFrom(Residents.A, new DateOnly(2100, 4, 1), Actor.Job("test"))).Ok);
        Assert.Equal("not_started", await Code(await town.Place(100)));   // S4-14
        Assert.True((await registry.UseFrom(Residents.A, null, Actor.Job("test"))).Ok);
        Assert.Equal("not_accepted_here", await Code(await town.Place(100, change: w => w with { Municipality = Residents.B.Value, Issuer = Residents.A.Value })));
        Assert.Equal(HttpStatusCode.Created, (await town.Place(100, change: w => w with { Issuer = Residents.B.Value })).StatusCode);
        Assert.Equal("not_accepted_here", await Code(await town.Place(100, change: w => w with { Issuer = Residents.C.Value })));
        Assert.Equal("not_accepted_here", await Code(await town.Place(100, change: w => w with { Municipality = Residents.C.Value })));
        Assert.Equal("municipality_unknown", await Code(await town.Place(100, change: w => w with { Municipality = "17009" })));
        Assert.Equal("link_required", await Code(await town.Place(100, change: w => w with { LinkToken = town.Token(Fund) })));
        Assert.Equal("link_required", await Code(await town.Place(100, change: w => w with { LinkToken = "ml_nobody" })));
        Assert.Equal("field_required", await Code(await town.Place(100, change: w => w with { Order = "" })));
        Assert.Equal("number_format", await Code(await town.Place(100, change: w => w with { Order = "注文一" })));
        Assert.Equal("my_number_refused", await Code(await town.Place(100, change: w => w with { Order = "123456789018" })));
        Assert.Equal("field_unknown", await Code(await town.Place(100, change: w => w with { EndsOn = town.Coupons.Today })));
        Assert.Equal("field_required", await Code(await town.Place(100, site: Fund, change: w => w with { EndsOn = null })));
        Assert.Equal("out_of_period", await Code(await town.Place(100, site: Fund, change: w => w with { EndsOn = town.Coupons.Today.AddDays(181) })));
        Assert.Equal("online_limit", await Code(await town.Place(30_001)));
        Assert.Equal(HttpStatusCode.Created, (await town.Place(30_000)).StatusCode);
        Assert.Equal("online_limit", await Code(await town.Place(20_001)));
        Assert.Equal(HttpStatusCode.Created, (await town.Place(19_000)).StatusCode);
        Assert.Equal("insufficient_points", await Code(await town.Place(4_901, change: w => w with { Issuer = Residents.B.Value })));
        using var nobody = new HttpClient { BaseAddress = town.Town.App.Loopback };
        Assert.Equal("key_unknown", await Code(await nobody.GetAsync("/api/v1/online/site")));

        // Another site's pledge is not there, for this one.
        var mine = await town.Held(100, Fund);
        foreach (var call in (Func<Task<HttpResponseMessage>>[])[() => town.Capture(mine, 100), () => town.Release(mine), () => town.Refund(mine, 1), () => town.Machine().GetAsync($"/api/v1/online/pledges/{mine}")])
            Assert.Equal("not_found", await Code(await call()));
        Assert.Equal(Jst.EndOf(town.Coupons.Today.AddDays(44)), (await town.Now(mine, Fund)).ExpiresMs);

        // Taken away, the token is dead; what is held stays the site's until its end.
        var (token, before) = (town.Token(), await town.Held(100));
        Assert.Equal(HttpStatusCode.OK, (await me.DeleteAsync($"/api/v1/my/online-links/{Shop}")).StatusCode);
        Assert.Equal("link_required", await Code(await town.Place(100, change: w => w with { LinkToken = token })));
        Assert.Equal("captured", (await Read<PledgeReply>(await town.Capture(before, 100))).State);
        using var relinked = await town.Linked();
        Assert.Equal("link_required", await Code(await town.Place(100, change: w => w with { LinkToken = token })));
        var stop = await town.Operator.PostAsJsonAsync($"/api/v1/operator/citizens/{Residents.MyKeyId}/suspend", new ReasonRequest("漏えいの知らせ"));
        Assert.Equal(HttpStatusCode.OK, stop.StatusCode);
        Assert.Equal("link_required", await Code(await town.Place(100)));
        Assert.Empty(await town.Town.Get<KeepOnlineLinks>().Of(citizen));
        Assert.Empty(await town.Town.Get<PledgeRows>().Of(other));
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_13a_what_runs_out_goes_back_once_after_any_pause_and_a_capture_at_the_last_moment_counts_or_does_not(Engine engine)
    {
        await using var town = await OnlineTown.Open(engine);
        var citizen = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(citizen, 20_000, 200);
        using var me = await town.Linked(Fund);
        using var shop = await town.Linked();
        var (project, late) = (await town.Held(1_000, Fund), await town.Held(500));
        var given = await town.Held(300);
        Assert.Equal("released", (await Read<PledgeReply>(await town.Release(given))).State);
        Assert.Equal("released", (await Read<PledgeReply>(await town.Release(given))).State);
        Assert.Equal("pledge_over", await Code(await town.Capture(given, 300)));
        Assert.Contains("1,000", await me.GetStringAsync("/my/online"), StringComparison.Ordinal);

        town.Clock.Jump(TimeSpan.FromDays(7));
        Assert.Equal("pledge_over", await Code(await town.Capture(late, 500)));
        Assert.Equal("released 1", (await town.Run<ReleasePledges>()).Text);
        Assert.Equal(("released", "expired"), ((await town.Now(late)).State, (await town.Now(late)).Reason));
        Assert.Equal("held", (await town.Now(project, Fund)).State);
        town.Clock.Jump(TimeSpan.FromDays(60));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => town.Run<ReleasePledges>()));
        Assert.Equal(("released", "expired"), ((await town.Now(project, Fund)).State, (await town.Now(project, Fund)).Reason));
        Assert.Equal(20_000, await town.Coupons.Usable(citizen));

        // Release and capture at the same time, from two sides: one of them counts, whole.
        for (var round = 0; round < 6; round++)
        {
            var pledge = await town.Held(100);
            var both = await Task.WhenAll(town.Capture(pledge, 60), town.Release(pledge));
            var now = await town.Now(pledge);
            Assert.Equal(1, both.Count(b => b.IsSuccessStatusCode));
            Assert.Equal(now.State == "captured" ? (60, 40) : (0, 100), (now.Captured, now.Released));
        }
        await town.MustAddUp();
    }

    /// <summary>A process that dies between capture and the release of the rest leaves it to the job; and every fault of a row is named.</summary>
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Invariant_16_S4_12a_rows_say_what_the_ledger_says_and_a_rest_that_was_forgotten_goes_back(Engine engine)
    {
        await using var town = await OnlineTown.Open(engine);
        var citizen = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(citizen, 5_000, 60);
        using var me = await town.Linked();
        var (broken, whole, held) = (await town.Held(1_000), await town.Held(500), await town.Held(200));
        var pledge = (await town.Town.Get<PledgeRows>().Find(Pledge.IdOf((await town.Town.Get<MyKey.App.OnlineSites.OnlineSiteCache>().View()).Find(Shop)!.Id, broken)))!;
        var capture = Ids.New<TransferId>(town.Clock);
        var posted = await town.Town.Get<MyKey.Ledger.Ledger>().Post(Transfer.Capture(capture, citizen, Account.Pledge(Residents.A, pledge.Id), new Points(400), pledge.Acceptor, Actor.Job("x")) with { Companions = [town.Town.Get<PledgeRows>().Captured(pledge, capture, 400)] });
        Assert.True(posted.Ok);
        Assert.Equal(("captured", 400L, 0L), ((await town.Now(broken)).State, (await town.Now(broken)).Captured, (await town.Now(broken)).Released));
        await town.MustAddUp();
        Assert.Equal("released 1", (await town.Run<ReleasePledges>()).Text);
        Assert.Equal("released 0", (await town.Run<ReleasePledges>()).Text);
        Assert.Equal(600, (await town.Now(broken)).Released);
        await Read<PledgeReply>(await town.Capture(whole, 500));
        await Read<PledgeReply>(await town.Refund(whole, 100));
        await town.MustAddUp();

        await using var connection = await town.Town.App.Database.Open();
        foreach (var (edit, back, says) in new[]
        {
            ("update pts_pledge set captured = 401 where captured = 400", "update pts_pledge set captured = 400 where captured = 401", "captured is 401, the ledger says 400"),
            ("update pts_pledge set released = 599 where released = 600", "update pts_pledge set released = 600 where released = 599", "1 should be in its account, 0 are"),
            ("update pts_pledge set refunded = 99 where refunded = 100", "update pts_pledge set refunded = 100 where refunded = 99", "refunded is 99, the ledger says 100"),
            ("update pts_pledge set state = 'captured' where amount = 200", "update pts_pledge set state = 'held' where amount = 200", "state is Captured"),
            ("update pts_pledge set amount = 201 where amount = 200", "update pts_pledge set amount = 200 where amount = 201", "of another citizen"),
        })
        {
            if (edit.Contains("401", StringComparison.Ordinal)) await connection.ExecuteAsync("update pts_pledge set released = 599 where released = 600");
            await connection.ExecuteAsync(edit);
            Assert.Contains(says, (await town.Town.Get<AuditPledges>().Run()).Broken, StringComparison.Ordinal);
            await connection.ExecuteAsync(back);
            if (edit.Contains("401", StringComparison.Ordinal)) await connection.ExecuteAsync("update pts_pledge set released = 600 where released = 599");
        }
        await town.MustAddUp();
        Assert.Equal("held", (await town.Now(held)).State);
        await connection.ExecuteAsync("update pts_pledge set id = asked_id where amount = 200");
        Assert.NotNull((await town.Town.Get<AuditPledges>().Run()).Broken);
    }
}
