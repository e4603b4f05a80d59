using System.Net;
using System.Net.Http.Json;
using System.Text;
using Dapper;
using MyKey.App.National;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Sandbox.PaymentServices;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.National;

/// <summary>Goal: what a service reports becomes a premium up to the cap, each event once whatever comes twice, and nothing is told or kept beyond the amount (S3-02, S3-03, S3-20).</summary>
public class PremiumsTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_02_S3_03_a_quarter_of_each_purchase_rounded_down_until_5_000(Engine engine)
    {
        await using var town = await RoundTown.Open(engine);
        var (_, _, choice) = await town.Chosen();
        Assert.Equal((499L, 499L), Of(await town.Reported(town.Purchase("e-1", 1_999))));
        Assert.Equal((0L, 0L), Of(await town.Reported(town.Purchase("e-2", 3))));
        Assert.Equal((2_500L, 2_500L), Of(await town.Reported(town.Purchase("e-3", 10_000, kind: "charge"))));
        var last = await town.Reported(town.Purchase("e-4", 10_000));
        Assert.Equal((2_001L, 2_500L, "cap_reached"), (last.Premium, last.Earned, last.Reason));
        Assert.Equal((0L, 400L), Of(await town.Reported(town.Purchase("e-5", 1_600))));
        Assert.Equal(5_000, await town.Given(choice));

        var answer = await town.Report(town.Purchase("e-4", 10_000));
        Assert.Equal(2_001, (await Read<PremiumReply>(answer)).Premium);
        Assert.Equal("id_reused", await Code(await town.Report(town.Purchase("e-4", 9_999))));
        Assert.Equal(5_000, await town.Given(choice));
        await town.MustAddUp();

        static (long, long) Of(PremiumReply reply) => (reply.Premium, reply.Earned);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_03_reported_by_many_at_once_the_cap_is_reached_exactly(Engine engine)
    {
        await using var town = await RoundTown.Open(engine);
        var (_, _, choice) = await town.Chosen();
        var machine = await town.Machine();
        // Twelve at a time: opening sixty connections to the database at once may outlast their time-out on a crowded machine.
        var answers = new System.Collections.Concurrent.ConcurrentBag<PremiumReply>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 60), new ParallelOptions { MaxDegreeOfParallelism = 12, CancellationToken = RoundTown.Stop }, async (n, stop) =>
            answers.Add(await Read<PremiumReply>(await machine.PostAsJsonAsync("/api/v1/payment-service/premiums", town.Purchase($"e-{n % 40}", 1_300), stop))));
        Assert.Equal(5_000, await town.Given(choice));
        Assert.Equal(5_000, answers.DistinctBy(a => a.EventId).Sum(a => a.Premium));
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_03_a_return_takes_back_what_its_purchase_gave_once_and_makes_room(Engine engine)
    {
        await using var town = await RoundTown.Open(engine);
        var (_, _, choice) = await town.Chosen();
        await town.Reported(town.Purchase("e-1", 16_000));
        await town.Reported(town.Purchase("e-2", 16_000));
        await town.Reported(town.Purchase("e-3", 100));
        var back = new PremiumRequest("r-2", "return", $"{town.Today:yyyy-MM-dd}", Reverses: "e-2");
        Assert.Equal(-1_000, (await town.Reported(back)).Premium);
        Assert.Equal(-1_000, (await town.Reported(back)).Premium);   // the same again
        Assert.Equal("already_cancelled", await Code(await town.Report(back with { EventId = "r-2b" })));
        Assert.Equal(4_000, await town.Given(choice));
        Assert.Equal(0, (await town.Reported(back with { EventId = "r-3", Reverses = "e-3" })).Premium);   // beyond the cap it had given nothing
        Assert.Equal(25, (await town.Reported(town.Purchase("e-4", 100))).Premium);
        Assert.Equal("premium_unknown", await Code(await town.Report(back with { EventId = "r-9", Reverses = "e-9" })));
        Assert.Equal("premium_unknown", await Code(await town.Report(back with { EventId = "r-8", Reverses = "r-2" })));
        Assert.Equal("field_unknown", await Code(await town.Report(back with { EventId = "r-7", Amount = 5 })));
        Assert.Equal(4_025, await town.Given(choice));
        await town.MustAddUp();
    }

    [Fact]
    public async Task S3_02_who_has_not_chosen_this_service_and_what_is_outside_the_round_gives_nothing()
    {
        await using var town = await RoundTown.Open();
        await town.Chosen();
        Assert.Equal("round_not_chosen", await Code(await town.Report(town.Purchase("e-1", 1_000, member: 2))));
        Assert.Equal("round_not_chosen", await Code(await town.Report(town.Purchase("e-1", 1_000), town.Pay.Sora)));
        Assert.Equal("out_of_period", await Code(await town.Report(town.Purchase("e-1", 1_000, day: town.Today.AddDays(-6)))));
        Assert.Equal("not_started", await Code(await town.Report(town.Purchase("e-1", 1_000, day: town.Today.AddDays(1)))));
        Assert.Equal("amount_format", await Code(await town.Report(town.Purchase("e-1", 0))));
        Assert.Equal("amount_format", await Code(await town.Report(town.Purchase("e-1", -5))));
        Assert.Equal("amount_format", await Code(await town.Report(town.Purchase("e-1", JudgePremiums.MostYen + 1))));
        Assert.Equal("number_format", await Code(await town.Report(town.Purchase("あ", 1_000))));
        Assert.Equal("field_required", await Code(await town.Report(town.Purchase("", 1_000))));
        Assert.Equal("number_format", await Code(await town.Report(town.Purchase("e-1", 1_000) with { At = "yesterday" })));
        Assert.Equal("field_unknown", await Code(await town.Report(town.Purchase("e-1", 1_000, kind: "gift"))));
        Assert.Equal("field_required", await Code(await town.Report(town.Purchase("e-1", 1_000) with { Number = null })));
        // The service's own word for the account does as well, and a moment as well as a day.
        Assert.Equal(250, (await town.Reported(new PremiumRequest("e-1", "purchase", "2017-12-15T10:00:00+09:00", 1_000, Account: "account-of-pay-0001"))).Premium);
        await town.MustAddUp();
    }

    [Fact]
    public async Task S3_20_K_16_a_field_about_the_purchase_is_refused_and_nothing_but_amount_and_day_is_kept()
    {
        await using var town = await RoundTown.Open();
        await town.Chosen();
        foreach (var extra in (string[])["\"shop\":\"x\"", "\"items\":[\"rice\"]", "\"name\":\"x\""])
        {
            using var body = new StringContent($$"""{"eventId":"e-1","kind":"purchase","at":"2017-12-15","amount":400,"number":"pay-0001",{{extra}}}""", Encoding.UTF8, "application/json");
            Assert.Equal("field_unknown", await Code(await (await town.Machine()).PostAsync("/api/v1/payment-service/premiums", body)));
        }
        await town.Reported(town.Purchase("e-1", 400));
        await using var connection = await town.Pay.Town.App.Database.Open();
        var columns = ((IDictionary<string, object>)await connection.QuerySingleAsync("select * from inc_premium_event")).Keys.Order();
        Assert.Equal(["alone", "amount", "choice", "code", "day", "earned", "event", "file", "given", "kind", "line", "posted_day", "reverses", "round", "service", "state", "taken_ms", "transfer"], columns);
    }

    [Fact]
    public async Task S3_02_only_a_key_of_the_service_reports()
    {
        await using var town = await RoundTown.Open();
        await town.Chosen();
        using var anybody = new HttpClient { BaseAddress = town.Pay.Town.App.Loopback };
        Assert.Equal(HttpStatusCode.Unauthorized, (await anybody.PostAsJsonAsync("/api/v1/payment-service/premiums", town.Purchase("e-1", 100))).StatusCode);
        await town.Coupons.AddPartner();
        using var partner = await town.Coupons.Machine();
        Assert.Equal("role_forbidden", await Code(await partner.PostAsJsonAsync("/api/v1/payment-service/premiums", town.Purchase("e-1", 100))));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_02_a_batch_answers_each_event_by_itself(Engine engine)
    {
        await using var town = await RoundTown.Open(engine);
        var (_, _, choice) = await town.Chosen();
        PremiumRequest[] events = [town.Purchase("e-1", 4_000), town.Purchase("e-2", 1_000, member: 7), town.Purchase("e-1", 4_000), town.Purchase("e-1", 8_000), new("r-1", "return", "2017-12-15", Reverses: "e-1")];
        var answers = await Read<List<PremiumReply>>(await (await town.Machine()).PostAsJsonAsync("/api/v1/payment-service/premiums/batch", new PremiumsRequest(events)));
        Assert.Equal(["back", "refused", "back", "refused", "done"], answers.Select(a => a.State));
        Assert.Equal([null, "round_not_chosen", null, "id_reused", null], answers.Select(a => a.Reason));
        Assert.Equal(0, await town.Given(choice));
        Assert.Equal("too_large", await Code(await (await town.Machine()).PostAsJsonAsync("/api/v1/payment-service/premiums/batch", new PremiumsRequest([.. Enumerable.Range(0, 1_001).Select(n => town.Purchase($"x-{n}", 100))]))));
        Assert.Equal("field_required", await Code(await (await town.Machine()).PostAsJsonAsync("/api/v1/payment-service/premiums/batch", new PremiumsRequest([]))));
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_02_an_event_that_was_kept_when_the_process_died_gets_its_premium_by_the_job(Engine engine)
    {
        await using var town = await RoundTown.Open(engine);
        var (_, _, choice) = await town.Chosen();
        var said = new[] { new SaidEvent(1, "e-1", ServiceBooks.Member(1).Id, null, "purchase", "4000", "2017-12-15", null) };
        var judged = await (await town.Get<JudgePremiums>().Begin(town.Pay.Midori)).Run(said, RoundTown.Stop);
        await town.Pay.Town.App.Database.Write(tx => town.Get<PremiumRows>().Insert(tx, town.Pay.Midori, [judged[0].Event!], file: null));
        await town.RunJob();
        Assert.Equal(0, await town.Given(choice));   // somebody may still be at it
        town.Coupons.Clock.Jump(TimeSpan.FromSeconds(61));
        await town.RunJob();
        Assert.Equal(1_000, await town.Given(choice));
        Assert.Equal(1_000, (await town.Reported(town.Purchase("e-1", 4_000, day: new DateOnly(2017, 12, 15)))).Premium);
        await town.MustAddUp();
    }

    [Fact]
    public async Task S3_02_a_budget_that_ends_gives_no_more_and_says_so()
    {
        await using var town = await RoundTown.Open(budget: 1_100);
        var (_, _, choice) = await town.Chosen();
        await town.Reported(town.Purchase("e-1", 4_000));
        var none = await town.Reported(town.Purchase("e-2", 4_000));
        Assert.Equal((0L, "budget_exhausted"), (none.Premium, none.Reason));
        Assert.Equal(1_000, await town.Given(choice));
        Assert.Equal(100, (await town.Get<Limits>().Read(LimitId.Budget(town.Round)))!.Rest.Value);
        await town.MustAddUp();
    }

    [Fact]
    public async Task Invariant_25_an_event_that_says_other_than_the_ledger_is_found()
    {
        await using var town = await RoundTown.Open();
        await town.Chosen();
        await town.Reported(town.Purchase("e-1", 4_000));
        (string Sql, string Says)[] faults =
        [
            ("update inc_premium_event set given = 999", "999 points, its transfer moved 1000"), ("update inc_premium_event set given = 1000, state = 'back'", "did not come back"),
            ("update inc_premium_event set state = 'done', choice = service", "another service, round or choice"), ("delete from inc_premium_event", "a premium without its event"),
        ];
        foreach (var (sql, says) in faults)
        {
            await town.Pay.Town.App.Database.Write(tx => tx.Connection.ExecuteAsync(sql, transaction: tx.Handle));
            Assert.Contains(says, (await town.Get<AuditPremiums>().Run(RoundTown.Stop)).Broken, StringComparison.Ordinal);
        }
    }
}
