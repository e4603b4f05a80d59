using System.Net;
using System.Net.Http.Json;
using MyKey.App.Partners;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.Partners;

/// <summary>Goal: partners are data: who comes, how, at what rate and when (group E, K-21).</summary>
public class PartnersTests
{
    private const string Api = "/api/v1/operator/partners";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5006_S0_4007_S4_05_a_new_partner_is_listed_from_its_day_on_under_its_kind(Engine engine)
    {
        await using var town = await Open(engine);
        await town.AddPartner(Air, "そらエアー", "airline", from: town.Today.AddDays(1));
        using var visitor = town.Town.App.Client();

        Assert.Equal([Card], (await visitor.GetFromJsonAsync<OpenPartnerReply[]>("/api/v1/partners"))!.Select(p => p.Key));
        Assert.DoesNotContain("そらエアー", await visitor.GetStringAsync("/exchange"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync($"/exchange/{Air}")).StatusCode);

        town.Clock.Jump(TimeSpan.FromDays(1));
        var open = (await visitor.GetFromJsonAsync<OpenPartnerReply[]>("/api/v1/partners"))!.Single(p => p.Key == Air);
        Assert.Equal(("airline", "100:100", "24時間", 100L, 100L, 50_000L), (open.Category, open.Rate, open.Terms.Hours, open.Terms.Unit, open.Terms.Minimum, open.Terms.Most!.Value));
        var page = await visitor.GetStringAsync("/exchange");
        Assert.True(page.IndexOf("カード</h2>", StringComparison.Ordinal) < page.IndexOf("航空</h2>", StringComparison.Ordinal));
        Assert.Contains("https://partner.example/exchange", await visitor.GetStringAsync($"/exchange/{Air}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task K_21_S2_P11e_a_way_follows_another_with_days_on_which_both_hold()
    {
        await using var town = await Open();
        var today = town.Today;
        await Read<PartnerReply>(await town.Operator.PostAsJsonAsync($"{Api}/{Card}/modes", new WantedMode("coupon_mail", today, today.AddDays(16))));
        await Read<PartnerReply>(await town.Operator.PostAsJsonAsync($"{Api}/{Card}/modes", new WantedMode("coupon_url", today.AddDays(10))));

        var partner = (await town.Town.Get<PartnerCache>().View()).Find(Card)!;

        Assert.Equal([ExchangeMode.CouponMail], partner.CouponsOn(today));
        Assert.Equal([ExchangeMode.CouponMail, ExchangeMode.CouponUrl], partner.CouponsOn(today.AddDays(16)));
        Assert.Equal([ExchangeMode.CouponUrl], partner.CouponsOn(today.AddDays(17)));
    }

    [Theory]
    [InlineData(400, "exchange_min")]
    [InlineData(550, "exchange_unit")]
    [InlineData(10_100, "exchange_limit")]
    [InlineData(500, null)]
    [InlineData(10_000, null)]
    public void S0_4003_S0_4005_unit_minimum_and_limit_are_the_partners(long points, string? refused)
    {
        var partner = Some(new ExchangeRate(100, 50), new AcceptanceHours(0, 1_440));

        var worth = partner.Convert(points, Day);

        Assert.Equal(refused, worth.Refused?.Code);
        if (refused is null) Assert.Equal(points / 2, worth.Value.Points.Value);
    }

    [Fact]
    public void S0_4002_S0_4006a_the_rate_is_that_of_the_day_and_a_campaign_raises_it_while_it_lasts()
    {
        var partner = Some(new ExchangeRate(100, 50), new AcceptanceHours(0, 1_440)) with { Campaigns = [new PartnerCampaign(Day.AddDays(2), Day.AddDays(3), new ExchangeRate(100, 60))] };
        partner = partner with { Terms = [partner.Terms[0] with { From = Day.AddDays(5), Rate = new ExchangeRate(100, 40) }, .. partner.Terms] };

        Assert.Equal([500, 500, 600, 600, 500, 400], Enumerable.Range(0, 6).Select(d => partner.Convert(1_000, Day.AddDays(d)).Value.Points.Value));
    }

    [Theory]
    [InlineData(6, 59, "きょうの7時")]
    [InlineData(7, 0, null)]
    [InlineData(22, 59, null)]
    [InlineData(23, 0, "あすの7時")]
    public void S2_P1a_the_hours_end_with_the_next_opening(int hour, int minute, string? opens)
    {
        var partner = Some(new ExchangeRate(1, 1), new AcceptanceHours(7 * 60, 23 * 60));

        var taken = partner.TakesCoupons(Jst.EndOf(Day.AddDays(-1)) + (hour * 60 + minute) * 60_000L);

        Assert.Equal(opens is null ? null : "partner_closed", taken.Refused?.Code);
        Assert.Equal(opens, taken.Refused?.Fact<string>("opens"));
    }

    [Fact]
    public async Task S2_P12b_what_can_not_be_agreed_is_refused_and_the_past_stays()
    {
        await using var town = await Open();
        var today = town.Today;
        var terms = new WantedTerms(today.AddDays(1), 100, 50, 100, 500, 10_000);

        Assert.Equal("number_format", await Asked("terms", terms with { PartnerPoints = 0 }));
        Assert.Equal("number_format", await Asked("terms", terms with { MunicipalPoints = 10_001 }));
        Assert.Equal("number_format", await Asked("terms", terms with { Unit = 1 }));
        Assert.Equal("number_format", await Asked("terms", terms with { Minimum = 550 }));
        Assert.Equal("number_format", await Asked("terms", terms with { Most = 400 }));
        Assert.Equal("number_format", await Asked("terms", terms with { Opens = 600, Closes = 600 }));
        Assert.Equal("out_of_period", await Asked("terms", terms with { From = today.AddDays(-1) }));
        Assert.Equal("out_of_period", await Asked("modes", new WantedMode("coupon_url", today, today.AddDays(-1))));
        Assert.Equal("field_unknown", await Asked("modes", new WantedMode("id_card", today)));
        Assert.Equal("out_of_period", await Asked("campaigns", new WantedCampaign(today.AddDays(-3), today.AddDays(-1), 1, 1)));
        Assert.Equal("not_found", await Code(await town.Operator.PostAsJsonAsync($"{Api}/no-such/terms", terms)));
        Assert.Equal("number_format", await Code(await town.Operator.PutAsJsonAsync($"{Api}/Bad_Key", Wanted("x", "card", today))));
        Assert.Equal("address_format", await Code(await town.Operator.PutAsJsonAsync($"{Api}/other", Wanted("x", "card", today) with { Landing = "http://partner.example/" })));
        Assert.Equal("field_required", await Code(await town.Operator.PutAsJsonAsync($"{Api}/other", Wanted("x", "bakery", today))));
        Assert.Equal("login_required", await Code(await (await town.Desk.Officer("OF-001", Residents.A, Role.Officer)).PutAsJsonAsync($"{Api}/other", Wanted("x", "card", today))));
        Assert.Single((await town.Operator.GetFromJsonAsync<PartnerReply[]>(Api))!);
        Assert.Equal(2, (await Read<PartnerReply>(await town.Operator.PostAsJsonAsync($"{Api}/{Card}/terms", terms))).Terms.Count);

        async Task<string> Asked(string what, object wanted) => await Code(await town.Operator.PostAsJsonAsync($"{Api}/{Card}/{what}", wanted));
    }

    private static DateOnly Day => new(2017, 12, 15);

    private static Partner Some(ExchangeRate rate, AcceptanceHours hours) => new(Ids.New<PartnerId>(TimeProvider.System), Card, "あおばカード", "あおばカード", PartnerCategory.Card, "", "", Day, null)
    {
        Modes = [new PartnerMode(ExchangeMode.CouponMail, Day, null)],
        Terms = [new PartnerTerms(Day, rate, 100, 500, 10_000, hours)],
    };
}
