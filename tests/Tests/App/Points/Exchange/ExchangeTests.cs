using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Dapper;
using MyKey.App.Exchange;
using MyKey.App.Partners;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.Exchange;

/// <summary>Goal: a code becomes points once, for one citizen, at the rate of its day; a bad one blocks no good one (group E).</summary>
public class ExchangeTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5007_up_to_ten_codes_with_a_result_per_code_and_a_code_typed_twice_counts_once(Engine engine)
    {
        await using var town = await Open(engine);
        var citizen = await town.Town.Resident();
        await town.Town.Resident("MY654321", 2);
        using var me = await town.Town.LoggedIn();
        using var other = await town.Town.LoggedIn("MY654321");
        var machine = await town.Machine();
        await town.Bring(machine, 500, "GOOD0001XY", "GOOD0002XY", "USED0001XY");
        await Send(machine, Csv([("OLD00001XY", 500, town.Today), ("NEXT0001XY", 500, town.Today.AddDays(2))]));
        await Read<ExchangeReply>(await Swap(other, ["USED0001XY"]));
        town.Clock.Jump(TimeSpan.FromDays(1));
        using var today = await town.Town.LoggedIn();

        var answer = await Swap(today, ["good-0001-xy", "ＧＯＯＤ０００１ＸＹ", "NONE0001XY", "USED0001XY", "OLD00001XY", "123456789018", "x", "GOOD0002XY"]);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var reply = await Read<ExchangeReply>(answer);
        Assert.Equal([(1, null), (3, "coupon_unknown"), (4, "coupon_used"), (5, "coupon_expired"), (6, "my_number_refused"), (7, "coupon_unknown"), (8, (string?)null)], reply.Lines.Select(l => (l.Place, l.Code)));
        Assert.Equal((1_000L, 1_000L), (reply.Points, await town.Usable(citizen)));
        Assert.All(reply.Lines.Where(l => l.Code is null), l => Assert.Equal((Card, 500L, "100:100", town.Today.AddMonths(24)), (l.Partner, l.Points!.Value, l.Rate, l.ExpiresOn!.Value)));
        Assert.Equal("coupon_max", await Code(await Swap(today, [.. Enumerable.Range(0, 11).Select(n => $"MANY{n:0000}XY")])));
        Assert.Equal("municipality_unknown", await Code(await Swap(today, ["NEXT0001XY"], town: MunicipalityCode.Of("170003"))));
        Assert.Equal("field_required", await Code(await Swap(today, [])));
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1006a_S2_P12a_the_lot_says_partner_and_rate_and_the_partner_owes_as_much(Engine engine)
    {
        await using var town = await Open(engine, partner: false);
        await town.AddPartner(terms: new WantedTerms(town.Today, 200, 100, 200, 200));
        var citizen = await town.Town.Resident();
        using var me = await town.Town.LoggedIn();
        var machine = await town.Machine();
        var batch = await town.Bring(machine, 1_000, "RATE0001XY", "RATE0002XY");
        await Agreed(await town.Operator.PostAsJsonAsync($"/api/v1/operator/partners/{Card}/campaigns", new WantedCampaign(town.Today.AddDays(1), town.Today.AddDays(1), 100, 60)), await town.Other());

        Assert.Equal(500, (await Read<ExchangeReply>(await Swap(me, ["RATE0001XY"], town: Residents.B))).Points);
        town.Clock.Jump(TimeSpan.FromDays(1));
        using var today = await town.Town.LoggedIn();
        Assert.Equal(600, (await Read<ExchangeReply>(await Swap(today, ["RATE0002XY"], town: Residents.B))).Points);

        await using var connection = await town.Town.App.Database.Open();
        var partner = (await town.Town.Get<PartnerCache>().View()).Find(Card)!;
        var lots = await connection.QueryAsync<(int, PartnerId, int, int, long)>("select source_kind, partner, rate_partner, rate_municipal, amount from ledger_lot where source_kind = 2 order by acquired_on");
        Assert.Equal([(2, partner.Id, 200, 100, 500L), (2, partner.Id, 100, 60, 600L)], lots);
        Assert.Equal(-1_100, await connection.ExecuteScalarAsync<long>("select sum(amount) from ledger_posting where account = @Account", new { Account = Account.Partner(Residents.B, partner.Id).ToString() }));
        var totals = (await machine.GetFromJsonAsync<List<ExchangeTotalReply>>("/api/v1/partner/exchanges/totals"))!;
        Assert.Equal([(Residents.B.Value, "100:60", 1L, 1_000L, 600L), (Residents.B.Value, "200:100", 1L, 1_000L, 500L)], totals.Select(t => (t.Municipality, t.Rate, t.Coupons, t.Points, t.Worth)));
        var first = Assert.Single((await machine.GetFromJsonAsync<List<ExchangedCouponReply>>($"/api/v1/partner/exchanges?until={town.Today.AddDays(-1):yyyy-MM-dd}"))!);
        Assert.Equal((batch.Hash, 2, 500L), (first.Hash, first.Line, first.Worth));
        Assert.Equal(3, Assert.Single((await machine.GetFromJsonAsync<List<ExchangedCouponReply>>($"/api/v1/partner/exchanges?after={first.Id}"))!).Line);
        Assert.Contains("あおばカードからの交換", await today.GetStringAsync($"/my/history/{Residents.B.Value}"), StringComparison.Ordinal);
        Assert.Equal(1_100, await town.Usable(citizen, Residents.B));
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5007b_one_code_at_the_same_instant_from_everywhere_is_exchanged_once(Engine engine)
    {
        await using var town = await Open(engine);
        var (mine, yours) = (await town.Town.Resident(), await town.Town.Resident("MY654321", 2));
        using var me = await town.Town.LoggedIn();
        using var you = await town.Town.LoggedIn("MY654321");
        await town.Bring(await town.Machine(), 500, "RACE0001XY", "RACE0002XY");
        var id = Guid.CreateVersion7();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => n % 3 == 0
            ? Swap(me, ["RACE0001XY", "RACE0002XY"], id) : Swap(n % 3 == 1 ? you : me, ["RACE0002XY", "RACE0001XY"])));

        Assert.All(answers, a => Assert.Contains(a.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Conflict }));
        Assert.Equal(1_000, await town.Usable(mine) + await town.Usable(yours));
        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal((2L, 2L), (await connection.ExecuteScalarAsync<long>("select count(*) from ledger_transfer where kind = 5"), await connection.ExecuteScalarAsync<long>("select count(*) from pts_coupon where posted = 1")));
        await town.MustAddUp();
    }

    [Fact]
    public async Task S0_4008a_the_same_request_again_answers_again_and_another_one_finds_the_code_used()
    {
        await using var town = await Open();
        var citizen = await town.Town.Resident();
        using var me = await town.Town.LoggedIn();
        await town.Bring(await town.Machine(), 500, "ONCE0001XY");
        var id = Guid.CreateVersion7();
        var checkedFirst = await Read<ExchangeReply>(await me.PostAsJsonAsync("/api/v1/my/exchanges/check", new ExchangeRequest(id, Residents.A.Value, ["ONCE0001XY"])));
        Assert.Equal((500L, 0L), (checkedFirst.Points, await town.Usable(citizen)));

        var first = await Swap(me, ["ONCE0001XY"], id);
        var again = await Swap(me, ["ONCE0001XY"], id);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal("coupon_used", await Code(await Swap(me, ["ONCE0001XY"])));
        Assert.Equal("coupon_used", await Code(await Swap(me, ["ONCE0001XY"], id, Residents.B)));
        Assert.Equal(500, (await Read<ExchangeReply>(await me.GetAsync($"/api/v1/my/exchanges/{id}"))).Points);
        Assert.Equal("not_found", await Code(await me.GetAsync($"/api/v1/my/exchanges/{Guid.CreateVersion7()}")));
        Assert.Equal(500, await town.Usable(citizen));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1006a_a_code_that_a_crash_left_taken_is_posted_later_exactly_once(Engine engine)
    {
        await using var town = await Open(engine);
        var citizen = await town.Town.Resident();
        using var me = await town.Town.LoggedIn();
        await town.Bring(await town.Machine(), 500, "LEFT0001XY", "LEFT0002XY", "LEFT0003XY");
        var (early, late) = (await Leave(town, citizen, line: 2, agoMs: 0), await Leave(town, citizen, line: 3, agoMs: Limits.LeaseMs + 1_000));
        Assert.NotEqual(early, late);

        await Task.WhenAll(Run(town), Run(town));
        Assert.Equal(500, await town.Usable(citizen));
        // Whoever sends the same form again before the job comes goes on with it.
        Assert.Equal(HttpStatusCode.Created, (await Swap(me, ["LEFT0001XY"], early)).StatusCode);
        town.Clock.Jump(TimeSpan.FromMilliseconds(Limits.LeaseMs + 1_000));
        await Run(town);

        Assert.Equal(1_000, await town.Usable(citizen));
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5007b_a_code_left_taken_that_can_not_be_posted_is_free_again(Engine engine)
    {
        await using var town = await Open(engine);
        var citizen = await town.Town.Resident();
        await town.Bring(await town.Machine(), 500, "FREE0001XY");
        await Leave(town, citizen, line: 2, agoMs: Limits.LeaseMs + 1_000);
        await town.Town.App.Database.Write(tx => tx.Connection.ExecuteAsync("update pts_coupon set lot_expires_on = 20170101", transaction: tx.Handle));

        await Run(town);

        Assert.Equal(0, await town.Usable(citizen));
        using var me = await town.Town.LoggedIn();
        Assert.Equal(HttpStatusCode.Created, (await Swap(me, ["FREE0001XY"])).StatusCode);
        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'coupon.released'"));
    }

    [Fact]
    public async Task S2_P1a_outside_the_hours_nothing_is_taken_and_the_next_opening_is_told()
    {
        await using var town = await Open(partner: false);
        await town.AddPartner(terms: new WantedTerms(town.Today, 100, 100, 100, 100, null, 7 * 60, 12 * 60));
        await town.Town.Resident();
        using var me = await town.Town.LoggedIn();
        await town.Bring(await town.Machine(), 500, "OPEN0001XY");

        var closed = await Swap(me, ["OPEN0001XY"]);

        var problem = await closed.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>();
        Assert.Equal(("partner_closed", "あすの7時からお使いください"), (problem.GetProperty("code").GetString(), problem.GetProperty("detail").GetString()));
        town.Clock.Jump(TimeSpan.FromHours(19));
        using var morning = await town.Town.LoggedIn();
        Assert.Equal(HttpStatusCode.Created, (await Swap(morning, ["OPEN0001XY"])).StatusCode);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P11_guessing_ends_for_the_day_and_right_codes_do_not_count(Engine engine)
    {
        await using var town = await Open(engine, settings: ["MyKey:Limits:AttemptsPerMinute=1000"]);
        await town.Town.Resident();
        using var me = await town.Town.LoggedIn();
        await town.Bring(await town.Machine(), 500, [.. Enumerable.Range(0, 12).Select(n => $"RIGHT{n:000}XY")]);
        for (var n = 0; n < 10; n++) Assert.Equal(HttpStatusCode.Created, (await Swap(me, [$"RIGHT{n:000}XY"])).StatusCode);

        var guesses = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => Swap(me, [.. Enumerable.Range(0, 10).Select(k => $"GUESS{n}{k}XY")])));

        Assert.Equal(WrongCodes.MostPerDay / 10, guesses.Count(g => g.StatusCode == HttpStatusCode.UnprocessableEntity));
        Assert.All(guesses.Where(g => g.StatusCode != HttpStatusCode.UnprocessableEntity), g => Assert.Equal(HttpStatusCode.TooManyRequests, g.StatusCode));
        Assert.Equal("rate_limited", await Code(await Swap(me, ["RIGHT010XY"])));
        town.Clock.Jump(TimeSpan.FromDays(1));
        using var tomorrow = await town.Town.LoggedIn();
        Assert.Equal(HttpStatusCode.Created, (await Swap(tomorrow, ["RIGHT010XY"])).StatusCode);
    }

    [Fact]
    public async Task S2_P11d_the_link_of_a_mail_leads_through_the_log_in_to_the_confirmation_and_a_second_click_says_used()
    {
        await using var town = await Open();
        var citizen = await town.Town.Resident(home: Residents.A);
        await town.Bring(await town.Machine(), 500, "LINK0001XY");
        using var stranger = town.Town.App.Client();
        Assert.Contains("/my/login?back=", (await stranger.GetAsync("/my/exchange/c/LINK0001XY")).Headers.Location!.ToString(), StringComparison.Ordinal);
        using var me = await town.Town.LoggedIn();

        Assert.Equal("/my/exchange/confirm", (await me.GetAsync("/my/exchange/c/LINK0001XY")).Headers.Location!.ToString());
        var page = await me.GetStringAsync("/my/exchange/confirm");
        Assert.Contains("…01XY", page, StringComparison.Ordinal);
        Assert.Equal(0, await town.Usable(citizen));
        var id = Regex.Match(page, "name=\"Id\" value=\"([^\"]+)\"").Groups[1].Value;
        (string, string)[] form = [("Id", id), ("Town", Residents.A.Value), ("Codes", "LINK0001XY")];
        var done = await town.Town.Send(me, "/my/exchange/confirm", form);
        Assert.Equal($"/my/exchange/done/{id}", done.Headers.Location!.ToString());
        Assert.Contains("ふえました", await me.GetStringAsync($"/my/exchange/done/{id}"), StringComparison.Ordinal);
        Assert.Equal(500, await town.Usable(citizen));

        var second = await me.GetAsync("/my/exchange/c/LINK0001XY");
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Contains("もう使われています", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S0_4034_points_never_go_back_to_a_partner()
    {
        await using var town = await Open();
        var citizen = await town.Town.Resident();
        await town.Town.Grant(citizen, 500, 30);
        var partner = (await town.Town.Get<PartnerCache>().View()).Find(Card)!;

        foreach (var kind in Enum.GetValues<TransferKind>().Where(k => k is not (TransferKind.Cancel or TransferKind.TicketReturn)))
        {
            var back = Transfer.Move(Ids.New<TransferId>(town.Clock), kind, citizen, Account.Holding(Residents.A, citizen), Account.Partner(Residents.A, partner.Id), new Points(100), Actor.Of(citizen));
            Assert.Equal("direction_forbidden", (await town.Town.Get<MyKey.Ledger.Ledger>().Post(back)).Refused?.Code);
        }
        Assert.Equal(500, await town.Usable(citizen));
    }

    private static Task Run(CouponTown town)
    {
        var job = town.Town.Get<PostTakenCoupons>();
        return job.Run(new JobRun(job.Name, Guid.NewGuid(), 1, long.MaxValue), CancellationToken.None);
    }

    /// <summary>A code as a process leaves it that dies between taking and posting.</summary>
    /// <returns>The form in which it was taken.</returns>
    private static async Task<Guid> Leave(CouponTown town, CitizenId citizen, int line, long agoMs)
    {
        var exchange = Guid.CreateVersion7();
        Assert.Equal(1, await town.Town.App.Database.Write(tx => tx.Connection.ExecuteAsync("""
            update pts_coupon set taken_by = @citizen, exchange = @exchange, transfer = @transfer, issuer = @Issuer, worth = points, rate_partner = 100, rate_municipal = 100,
              lot_expires_on = @until, taken_ms = @then where line = @line
            """, new
        {
            citizen, exchange, transfer = Ids.New<TransferId>(town.Clock), Issuer = Residents.A.Value, until = town.Today.AddMonths(24), then = town.Clock.NowMs() - agoMs, line,
        }, tx.Handle)));
        return exchange;
    }
}
