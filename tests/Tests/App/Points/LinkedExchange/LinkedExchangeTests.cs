using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.LinkedExchange;
using MyKey.App.PartnerLinks;
using MyKey.App.Partners;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Sandbox.Partners;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;
using static MyKey.Tests.App.LinkedExchange.LinkTown;

namespace MyKey.Tests.App.LinkedExchange;

/// <summary>Goal: a partner's points become municipal points over its own login, once, whatever goes wrong in between (S2-P11a).</summary>
public class LinkedExchangeTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P11a_S0_1006a_S0_1010a_S2_P12a_S0_4036_the_partner_debits_and_the_lot_says_partner_and_rate_twenty_times_a_day_into_a_municipality_or_reserved(Engine engine)
    {
        await using var town = await LinkTown.Open(engine);
        var citizen = await town.Town.Resident();
        using var me = await town.Linked();
        Assert.Equal(5_000, (await Read<PartnerBalanceReply>(await me.GetAsync($"/api/v1/my/partner-links/{Sora}/balance"))).Points);
        var id = Guid.CreateVersion7();

        var first = await town.Order(me, 1_000, id);
        var again = await town.Order(me, 1_000, id);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        var reply = await Read<LinkOrderReply>(first);
        Assert.Equal(("posted", 1_000L, 500L, "200:100", town.Coupons.Today.AddMonths(24)), (reply.State, reply.Points, reply.Worth, reply.Rate, reply.ExpiresOn));
        Assert.Contains("そらエアーからの交換", await me.GetStringAsync($"/my/history/{Residents.A.Value}"), StringComparison.Ordinal);
        Assert.Equal("id_reused", await Code(await town.Order(me, 800, id)));
        Assert.Equal("id_reused", await Code(await town.Order(me, 1_000, id, Residents.B)));
        var many = await Task.WhenAll(Enumerable.Range(0, 19).Select(_ => town.Order(me, 200)));
        Assert.All(many, a => Assert.Equal(HttpStatusCode.Created, a.StatusCode));
        Assert.Equal((200L, 4_800L), await town.Points(citizen));
        var waits = await Read<LinkOrderReply>(await me.PostAsJsonAsync("/api/v1/my/link-orders", new LinkOrderRequest(Guid.CreateVersion7(), Sora, 200, "reserved")));
        Assert.Equal(("posted", "reserved", 100L), (waits.State, waits.Municipality, waits.Worth));
        Assert.Equal(100, (await town.Town.Get<ReservedReading>().Of(citizen)).Sum(l => l.Remaining.Value));
        await using var connection = await town.Town.App.Database.Open();
        var partner = (await town.Town.Get<PartnerCache>().View()).Find(Sora)!;
        var lots = (await connection.QueryAsync<(int, PartnerId, int, int)>("select source_kind, partner, rate_partner, rate_municipal from ledger_lot")).ToList();
        Assert.Equal(21, lots.Count);
        Assert.All(lots, l => Assert.Equal((2, partner.Id, 200, 100), l));
        Assert.Equal(-2_400, await connection.ExecuteScalarAsync<long>("select sum(amount) from ledger_posting where account = @Account", new { Account = Account.Partner(Residents.A, partner.Id).ToString() }));
        await town.Coupons.MustAddUp();
    }

    [Fact]
    public async Task S0_4002_S0_4003_S0_4005_S0_4006a_S2_P1a_terms_are_the_partners_and_its_no_is_told()
    {
        await using var town = await LinkTown.Open();
        var (citizen, other) = (await town.Town.Resident(), await town.Town.Resident("MY654321", 2));
        using var me = await town.Town.LoggedIn();
        Assert.Equal("link_required", await Code(await town.Order(me, 200)));
        using var linked = await town.Linked();
        using var you = await town.Linked("MY654321", "member02");

        Assert.Equal("exchange_min", await Code(await town.Order(linked, 100)));
        Assert.Equal("exchange_unit", await Code(await town.Order(linked, 250)));
        Assert.Equal("exchange_limit", await Code(await town.Order(linked, 2_100)));
        Assert.Equal("municipality_unknown", await Code(await town.Order(linked, 200, town: MunicipalityCode.Of("170003"))));
        Assert.Equal("not_found", await Code(await linked.PostAsJsonAsync("/api/v1/my/link-orders", new LinkOrderRequest(Guid.CreateVersion7(), "no-such", 200, Residents.A.Value))));
        var id = Guid.CreateVersion7();
        Assert.Equal("partner_points_short", await Code(await town.Order(you, 400, id)));
        Assert.Equal("partner_points_short", await Code(await town.Order(you, 400, id)));
        Assert.Equal(("refused", "partner_points_short"), await Seen(you, id));
        // The id of somebody else's form is another order, here and at the partner.
        Assert.Equal("posted", (await Read<LinkOrderReply>(await town.Order(linked, 400, id))).State);
        town.Books.Set(Sora, PartnerFault.Refuses);
        Assert.Equal("partner_refused", await Code(await town.Order(you, 200)));
        town.Books.Set(Sora, PartnerFault.None);
        await Read<PartnerReply>(await town.Operator.PostAsJsonAsync($"/api/v1/operator/partners/{Sora}/campaigns", new WantedCampaign(town.Coupons.Today, town.Coupons.Today, 200, 150)));
        Assert.Equal((300L, "200:150"), await Made(linked));
        town.Clock.Jump(TimeSpan.FromDays(1));
        using var today = await town.Town.LoggedIn();
        Assert.Equal((200L, "200:100"), await Made(today));
        using var tomorrow = await town.Coupons.Desk.SignIn("operator", "OP-001");
        await Read<PartnerReply>(await tomorrow.PostAsJsonAsync($"/api/v1/operator/partners/{Sora}/terms", new WantedTerms(town.Coupons.Today, 200, 100, 100, 200, 2_000, 7 * 60, 11 * 60)));
        Assert.Equal("partner_closed", await Code(await town.Order(today, 200)));
        Assert.Equal("partner_closed", await Code(await today.PostAsync($"/api/v1/my/partner-links/{Sora}", null)));
        Assert.Equal((300L, 0L), await town.Points(other, "member02"));
        Assert.Equal(700, await town.Coupons.Usable(citizen));
        await town.Coupons.MustAddUp();

        async Task<(string, string?)> Seen(HttpClient client, Guid order) => await Read<LinkOrderReply>(await client.GetAsync($"/api/v1/my/link-orders/{order}")) is var seen ? (seen.State, seen.Code) : default;
        async Task<(long, string)> Made(HttpClient client) => await Read<LinkOrderReply>(await town.Order(client, 400)) is var made ? (made.Worth, made.Rate) : default;
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P11a_down_slow_silent_twice_and_lying_nothing_is_lost_and_nothing_comes_twice(Engine engine)
    {
        await using var town = await LinkTown.Open(engine, timeoutMs: 1_500);
        var citizen = await town.Town.Resident();
        using var me = await town.Linked();

        var twice = await Order(PartnerFault.Twice, "posted");
        Assert.Equal((4_800L, 200L), await town.Points(citizen));

        var silent = await Order(PartnerFault.Silent, "asking");
        Assert.Equal((4_600L, 200L), await town.Points(citizen));
        await Settled(silent, "posted");
        Assert.Equal((4_600L, 400L), await town.Points(citizen));

        town.Books.SlowMs = 4_000;
        var slow = await Order(PartnerFault.Slow, "asking");
        Assert.Equal((4_600L, 400L), await town.Points(citizen));
        await town.RunJob();
        for (var until = Environment.TickCount64 + 20_000; town.Books.Order(Sora, LinkOrder.IdOf(citizen, slow).Value) is null && Environment.TickCount64 < until;) await Task.Delay(20, TestContext.Current.CancellationToken);
        await Settled(slow, "posted");
        Assert.Equal((4_400L, 600L), await town.Points(citizen));

        var down = await Order(PartnerFault.Down, "asking");
        town.Clock.Jump(TimeSpan.FromSeconds(90));
        await town.RunJob();
        Assert.Equal("asking", await town.StateOf(me, down));
        town.Clock.Jump(TimeSpan.FromMinutes(5));
        await town.RunJob();
        Assert.Equal("refused", await town.StateOf(me, down));
        Assert.Equal((4_400L, 600L), await town.Points(citizen));

        var lies = await Order(PartnerFault.Lies, "stuck");
        await town.RunJob();
        Assert.Equal((4_200L, 600L), await town.Points(citizen));
        var stuck = Assert.Single((await town.Operator.GetFromJsonAsync<List<StuckOrderReply>>("/api/v1/operator/link-orders"))!);
        Assert.Equal(("stuck", "amount_differs", 200L, 2_000L), (stuck.State, stuck.Reason, stuck.Points, stuck.Answered!.Value));
        Assert.Contains("会社のポイントの交換が1件", await town.Operator.GetStringAsync("/operator"), StringComparison.Ordinal);
        var ask = $"/api/v1/operator/link-orders/{stuck.Id}/ask";
        Assert.Equal("posted", (await Read<StuckOrderReply>(await town.Operator.PostAsync(ask, null))).State);
        Assert.Equal("not_found", await Code(await town.Operator.PostAsync(ask, null)));
        Assert.Equal("posted", await town.StateOf(me, lies));
        Assert.Equal((4_200L, 800L), await town.Points(citizen));
        Assert.Equal("posted", await town.StateOf(me, twice));
        await town.Coupons.MustAddUp();

        async Task<Guid> Order(PartnerFault fault, string state)
        {
            var id = Guid.CreateVersion7();
            town.Books.Set(Sora, fault);
            Assert.Equal(state, (await Read<LinkOrderReply>(await town.Order(me, 200, id))).State);
            town.Books.Set(Sora, PartnerFault.None);
            return id;
        }

        async Task Settled(Guid id, string state)
        {
            for (var until = Environment.TickCount64 + 10_000; await town.StateOf(me, id) != state && Environment.TickCount64 < until;)
            {
                town.Clock.Jump(TimeSpan.FromSeconds(1));
                await town.RunJob();
            }
            Assert.Equal(state, await town.StateOf(me, id));
        }
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P11a_wherever_a_process_dies_the_job_brings_the_order_to_its_one_end(Engine engine)
    {
        await using var town = await LinkTown.Open(engine);
        var citizen = await town.Town.Resident();
        using var me = await town.Linked();
        var (orders, calls, partner) = (town.Town.Get<LinkOrders>(), town.Town.Get<PartnerCalls>(), (await town.Town.Get<PartnerCache>().View()).Find(Sora)!);
        var site = partner.SiteOn(town.Coupons.Today)!;
        var access = (await town.Town.Get<UseLink>().Open(citizen, partner, site, CancellationToken.None)).Value;
        var (before, during, after) = (await Placed(), await Placed(), await Placed());
        await Debited(during);
        await orders.Move(after, SettleLinkOrder.Next(after, await Debited(after), town.Clock.NowMs()), Actor.Of(citizen), CancellationToken.None);
        Assert.Equal((4_600L, 0L), await town.Points(citizen));

        town.Clock.Jump(TimeSpan.FromSeconds(40));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => town.RunJob()));

        Assert.Equal(["asking", "posted", "posted"], [await town.StateOf(me, before.AskedId), await town.StateOf(me, during.AskedId), await town.StateOf(me, after.AskedId)]);
        // The process that died may have sent it after all: what comes too late the partner does not debit any more.
        town.Clock.Jump(TimeSpan.FromSeconds(30));
        Assert.Equal(PartnerVerdict.No, (await Debited(before)).Verdict);
        town.Clock.Jump(TimeSpan.FromMinutes(3));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => town.RunJob()));
        Assert.Equal("refused", await town.StateOf(me, before.AskedId));
        Assert.Equal((4_600L, 400L), await town.Points(citizen));
        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal(2, await connection.ExecuteScalarAsync<long>("select count(*) from ledger_transfer where kind = 5"));
        await town.Coupons.MustAddUp();

        async Task<LinkOrder> Placed()
        {
            var now = town.Clock.NowMs();
            var asked = Guid.CreateVersion7();
            var order = new LinkOrder(LinkOrder.IdOf(citizen, asked), asked, citizen, partner.Id, Residents.A, 200, new Points(100), new ExchangeRate(200, 100), town.Coupons.Today.AddDays(30),
                LinkOrderState.Ordered, null, null, now, now + LinkOrder.DebitMs, now + 30_000, 0);
            Assert.True(await orders.Begin(order, Actor.Of(order.Citizen), CancellationToken.None));
            return order;
        }

        Task<PartnerAnswer> Debited(LinkOrder order) => calls.Debit(site, access, new PartnerDebit(order.Id.Value, order.Points, order.NotAfterMs), CancellationToken.None);
    }

    [Fact]
    public async Task S2_P11a_one_form_sent_many_times_at_once_orders_once_and_an_order_outlives_its_link()
    {
        await using var town = await LinkTown.Open();
        var citizen = await town.Town.Resident();
        using var me = await town.Linked();
        var id = Guid.CreateVersion7();
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => town.Order(me, 400, id)));
        Assert.All(all, a => Assert.True(a.IsSuccessStatusCode));
        Assert.Equal(("posted", 4_600L, 400L), (await town.StateOf(me, id), (await town.Points(citizen)).There, (await town.Points(citizen)).Here));

        town.Books.Set(Sora, PartnerFault.Silent);
        var lost = Guid.CreateVersion7();
        Assert.Equal("asking", (await Read<LinkOrderReply>(await town.Order(me, 200, lost))).State);
        Assert.Equal(HttpStatusCode.OK, (await me.DeleteAsync($"/api/v1/my/partner-links/{Sora}")).StatusCode);
        Assert.Equal("link_required", await Code(await me.DeleteAsync($"/api/v1/my/partner-links/{Sora}")));
        town.Clock.Jump(TimeSpan.FromMinutes(11));
        town.Books.Set(Sora, PartnerFault.Down);
        await town.RunJob();

        var waiting = Assert.Single((await town.Operator.GetFromJsonAsync<List<StuckOrderReply>>("/api/v1/operator/link-orders"))!);
        Assert.Equal("asking", waiting.State);
        var end = $"/api/v1/operator/link-orders/{waiting.Id}/end";
        Assert.Equal("confirm_required", await Code(await town.Operator.PostAsJsonAsync(end, new ReasonRequest("会社と話した"))));
        using var again = await town.Coupons.Desk.SignIn("operator", "OP-001");
        Assert.Equal("field_required", await Code(await again.PostAsJsonAsync(end, new ReasonRequest(" "))));
        Assert.Equal("my_number_refused", await Code(await again.PostAsJsonAsync(end, new ReasonRequest("123456789018"))));
        Assert.Equal("login_required", await Code(await me.PostAsJsonAsync(end, new ReasonRequest("x"))));
        Assert.Equal("ended", (await Read<StuckOrderReply>(await again.PostAsJsonAsync(end, new ReasonRequest("会社が会員に返した")))).State);
        town.Books.Set(Sora, PartnerFault.None);
        town.Clock.Jump(TimeSpan.FromHours(2));
        await town.RunJob();
        Assert.Equal((4_400L, 400L), await town.Points(citizen));
        await town.Coupons.MustAddUp();
    }

    [Theory]
    [InlineData(PartnerVerdict.Yes, 200, 0, LinkOrderState.Debited)]
    [InlineData(PartnerVerdict.Yes, 199, 0, LinkOrderState.Stuck)]
    [InlineData(PartnerVerdict.Yes, 2_000, 0, LinkOrderState.Stuck)]
    [InlineData(PartnerVerdict.No, 0, 0, LinkOrderState.Refused)]
    [InlineData(PartnerVerdict.Silent, 0, 0, LinkOrderState.Asking)]
    [InlineData(PartnerVerdict.Silent, 0, 86_400_000, LinkOrderState.Asking)]
    [InlineData(PartnerVerdict.Unauthorized, 0, 0, LinkOrderState.Asking)]
    [InlineData(PartnerVerdict.Unknown, 0, 0, LinkOrderState.Asking)]
    [InlineData(PartnerVerdict.Unknown, 0, 119_999, LinkOrderState.Asking)]
    [InlineData(PartnerVerdict.Unknown, 0, 120_000, LinkOrderState.Refused)]
    public void S2_P11a_what_an_answer_makes_of_an_order(PartnerVerdict verdict, long points, long laterMs, LinkOrderState state)
    {
        var order = new LinkOrder(default, default, default, default, Residents.A, 200, new Points(100), new ExchangeRate(200, 100), new DateOnly(2018, 1, 1), LinkOrderState.Ordered, null, null, 0, LinkOrder.DebitMs, 30_000, 3);

        var next = SettleLinkOrder.Next(order, new PartnerAnswer(verdict, points, "no-such-word"), laterMs);

        Assert.Equal(state, next.State);
        if (state == LinkOrderState.Asking) Assert.InRange(next.NextMs, laterMs + 1, laterMs + 60_000);
        if (state == LinkOrderState.Refused) Assert.Contains(next.Reason, new[] { "refused", "not_received" });
    }
}
