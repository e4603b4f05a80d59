using System.Net;
using System.Net.Http.Json;
using MyKey.App.OnlineSites;
using MyKey.App.Operator.DatedSettings;
using MyKey.App.Registry;
using MyKey.App.Settlement;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Ledger;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Settlement.SettledTown;

namespace MyKey.Tests.App.Settlement;

/// <summary>Goal: a shop claims what it took, the municipality approves it with two pairs of eyes where it is much, and what is disputed is not paid.</summary>
public class ClaimsTests
{
    private const string Office = "/api/v1/office/settlement";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P8b_a_shop_claims_its_month_and_another_officer_approves_what_is_much(Engine engine)
    {
        await using var town = await Open(engine);
        await town.Town.Grant(town.Citizen, 5_000, 300);
        await town.Use(300);
        var wrong = await town.Use(100);
        await town.Town.Cancel(wrong);
        await Set(town, "settlement.four_eyes_above", "299");
        await town.Close(2018, 1, 5);
        using var till = await town.Till(town.Town.Shop);
        using var shut = await town.Till(town.Town.Shop, opened: false);
        using var other = await town.Till(await Shop(town, "shop", Residents.A));

        var claim = (await till.GetFromJsonAsync<SettlementClaimReply[]>("/api/v1/claims"))!.Single();
        Assert.Equal(("2017-12", Residents.A.Value, 400L, -100L, 0L, 300L, "open"), (claim.Month, claim.Issuer, claim.Used, claim.Undone, claim.Fee, claim.Amount, claim.State));
        await Refused("login_required", shut.GetAsync("/api/v1/claims"));
        using var crossed = town.Crossed(shut, other);
        await Refused("login_required", crossed.GetAsync("/api/v1/claims"));
        await Refused("login_required", crossed.PostAsync($"/api/v1/claims/{claim.Id}/claim", null));
        Assert.Equal(HttpStatusCode.Unauthorized, (await crossed.GetAsync($"/terminal/settlement/{claim.Id}")).StatusCode);
        Assert.Empty((await other.GetFromJsonAsync<SettlementClaimReply[]>("/api/v1/claims"))!);
        await Refused("not_found", other.PostAsync($"/api/v1/claims/{claim.Id}/claim", null));
        await Refused("not_found", other.GetAsync($"/api/v1/claims/{claim.Id}/postings"));
        await Refused("not_found", other.PostAsJsonAsync($"/api/v1/claims/{claim.Id}/object", new ReasonRequest("ちがいます")));
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/terminal/settlement/{claim.Id}")).StatusCode);
        var postings = (await till.GetFromJsonAsync<SettledPostingsReply>($"/api/v1/claims/{claim.Id}/postings"))!;
        Assert.Equal([-100L, 100L, 300L], postings.Postings.Select(p => p.Amount).Order());
        Assert.Equal(wrong.Receipt.ToString(), postings.Postings.Single(p => p.Undone).Undoes);

        using var maker = await town.Officer(Role.Officer, Role.Approver);
        using var second = await town.Officer(Role.Approver);
        var wanted = new WantedApproval(Guid.CreateVersion7(), [claim.Id]);
        await Refused("settlement_decided", maker.PostAsJsonAsync($"{Office}/approvals", wanted));
        Assert.Equal("claimed", (await Ok<SettlementClaimReply>(till.PostAsync($"/api/v1/claims/{claim.Id}/claim", null))).State);
        await Ok<SettlementClaimReply>(till.PostAsync($"/api/v1/claims/{claim.Id}/claim", null));
        await Refused("role_forbidden", second.PostAsJsonAsync($"{Office}/approvals", wanted));
        var made = await Ok<ApprovalMade>(maker.PostAsJsonAsync($"{Office}/approvals", wanted));
        Assert.Equal((1, 300L, true), (made.Claims, made.Amount, made.Waits));
        Assert.Equal(made, await Ok<ApprovalMade>(maker.PostAsJsonAsync($"{Office}/approvals", wanted)));
        await Refused("settlement_decided", maker.PostAsJsonAsync($"{Office}/approvals", wanted with { Id = Guid.CreateVersion7() }));
        await Refused("settlement_decided", till.PostAsJsonAsync($"/api/v1/claims/{claim.Id}/object", new ReasonRequest("300円ではない")));
        await Refused("four_eyes", maker.PostAsync($"{Office}/approvals/{made.Id}/approve", null));
        Assert.True(await Ok<bool>(second.PostAsync($"{Office}/approvals/{made.Id}/approve", null)));

        Assert.Equal("approved", (await second.GetFromJsonAsync<SettlementClaimReply[]>($"{Office}/months/2017-12/claims"))!.Single().State);
        await Refused("not_found", second.PostAsync($"{Office}/approvals/{made.Id}/approve", null));
        await town.MustHold();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P8b_what_a_shop_objects_to_is_not_approved_until_it_is_answered(Engine engine)
    {
        await using var town = await Open(engine);
        await town.Town.Grant(town.Citizen, 5_000, 300);
        await town.Use(250);
        await Set(town, "settlement.claim", "auto");
        await town.Close(2018, 1, 5);
        using var till = await town.Till(town.Town.Shop);
        using var officer = await town.Officer(Role.Officer);
        var claim = (await till.GetFromJsonAsync<SettlementClaimReply[]>("/api/v1/claims"))!.Single();
        Assert.Equal("claimed", claim.State);
        await Refused("field_required", till.PostAsJsonAsync($"/api/v1/claims/{claim.Id}/object", new ReasonRequest("")));
        await Ok<SettlementClaimReply>(till.PostAsJsonAsync($"/api/v1/claims/{claim.Id}/object", new ReasonRequest("12月20日の分が2回あります")));
        await Refused("settlement_decided", officer.PostAsJsonAsync($"{Office}/approvals", new WantedApproval(Guid.CreateVersion7(), [claim.Id])));
        await Ok<SettlementClaimReply>(officer.PostAsJsonAsync($"{Office}/claims/{claim.Id}/answer", new ReasonRequest("1回だけでした")));
        Assert.False((await Ok<ApprovalMade>(officer.PostAsJsonAsync($"{Office}/approvals", new WantedApproval(Guid.CreateVersion7(), [claim.Id])))).Waits);
        Assert.Equal(("approved", "1回だけでした"), (await till.GetFromJsonAsync<SettlementClaimReply[]>("/api/v1/claims"))!.Select(c => (c.State, c.Answer)).Single());
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P8c_S2_P8e_S2_Q2_own_facilities_ask_no_bank_a_site_has_its_fee_and_what_is_below_nothing_goes_on(Engine engine)
    {
        await using var town = await Open(engine);
        await town.Town.Grant(town.Citizen, 50_000, 300);
        var (pool, foreign, site) = (await Shop(town, "public_facility", Residents.A), await Shop(town, "public_facility", Residents.B), await Shop(town, "online_shop", Residents.A));
        await town.Use(200, pool);
        await town.Use(70, foreign);
        var sold = await Capture(town, site, 1_999);
        var bought = await town.Use(400);
        await Set(town, "settlement.fee", "250");
        await town.Close(2018, 1, 5);
        await town.Town.Cancel(bought);
        await town.Use(100);
        await town.Post(Transfer.Refund(town.Id(), sold.Receipt.Bucket, sold.Id, new Points(999), site, new ReturnRule(), Actor.Job("town")));
        await town.Close(2018, 2, 5);
        await town.Use(350);
        await town.Close(2018, 3, 5);

        using var officer = await town.Officer(Role.Officer);
        async Task<Dictionary<Guid, SettlementClaimReply>> Of(string month) => (await officer.GetFromJsonAsync<SettlementClaimReply[]>($"{Office}/months/{month}/claims"))!.ToDictionary(c => c.Creditor);
        var december = await Of("2017-12");
        Assert.Equal(("internal", 200L), (december[pool.Value].State, december[pool.Value].Amount));
        Assert.Equal(("open", 70L), (december[foreign.Value].State, december[foreign.Value].Amount));
        Assert.Equal((1_999L, 250, 49L, 1_950L), (december[site.Value].Used, december[site.Value].FeeRate, december[site.Value].Fee, december[site.Value].Amount));
        var january = await Of("2018-01");
        Assert.Equal((100L, -400L, -300L, "carried"), (january[town.Town.Shop.Value].Used, january[town.Town.Shop.Value].Undone, january[town.Town.Shop.Value].Amount, january[town.Town.Shop.Value].State));
        Assert.Equal((-999L, -24L, -975L, "carried"), (january[site.Value].Undone, january[site.Value].Fee, january[site.Value].Amount, january[site.Value].State));
        var february = await Of("2018-02");
        Assert.Equal((350L, -300L, 50L, "open"), (february[town.Town.Shop.Value].Used, february[town.Town.Shop.Value].Carried, february[town.Town.Shop.Value].Amount, february[town.Town.Shop.Value].State));
        Assert.Equal((0L, -975L, -975L, "carried"), (february[site.Value].Used, february[site.Value].Carried, february[site.Value].Amount, february[site.Value].State));
        Assert.Equal(400, december[town.Town.Shop.Value].Amount);
        await Refused("month_not_closed", officer.GetAsync($"{Office}/months/2018-03/claims"));
        await Refused("number_format", officer.GetAsync($"{Office}/months/heute/claims"));
        await town.MustHold();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P8e_a_single_sites_fee_wins_over_the_municipalitys_and_the_platforms(Engine engine)
    {
        await using var town = await Open(engine);
        await town.Town.Grant(town.Citizen, 50_000, 300);
        using var platform = await town.Operator();
        var (one, other) = (await Site(town, platform, "ichiba"), await Site(town, platform, "omise"));
        await Set(town, "settlement.fee", "100");
        await Set(town, "settlement.fee", "250", SettingPlace.Of(Residents.A));
        var dated = new WantedSetting(Guid.CreateVersion7(), "settlement.fee", "site/nobody", "500", null, "きまり");
        await Refused("field_unknown", platform.PostAsJsonAsync("/api/v1/operator/settings", dated));
        Assert.True((await Ok<SettingAskedReply>(platform.PostAsJsonAsync("/api/v1/operator/settings", dated with { Id = Guid.CreateVersion7(), Place = "site/ichiba" }))).Applied);
        Assert.Contains("ネットのサイト ichiba", await platform.GetStringAsync("/operator/settings/settlement.fee"), StringComparison.Ordinal);
        await Capture(town, one, 1_000);
        await Capture(town, other, 1_000);
        await town.Close(2018, 1, 5);

        using var officer = await town.Officer(Role.Officer);
        var claims = (await officer.GetFromJsonAsync<SettlementClaimReply[]>($"{Office}/months/2017-12/claims"))!.ToDictionary(c => c.Creditor);
        Assert.Equal((500, 50L, 950L), (claims[one.Value].FeeRate, claims[one.Value].Fee, claims[one.Value].Amount));
        Assert.Equal((250, 25L, 975L), (claims[other.Value].FeeRate, claims[other.Value].Fee, claims[other.Value].Amount));
        await town.MustHold();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P8b_claims_to_approve_are_todays_work_of_whoever_may_and_of_nobody_else(Engine engine)
    {
        await using var town = await Open(engine);
        await town.Town.Grant(town.Citizen, 5_000, 300);
        await town.Use(300);
        await town.Use(70, issuer: Residents.A, shop: await Shop(town, "shop", Residents.A));
        await Set(town, "settlement.claim", "auto");
        await Set(town, "settlement.four_eyes_above", "100");
        await town.Close(2018, 1, 5);
        using var maker = await town.Officer(Role.Officer, Role.Approver);
        using var second = await town.Officer(Role.Approver);
        using var admin = await town.Officer(Role.StaffAdmin);
        async Task<(string, string, string)[]> Today(HttpClient staff) =>
            [.. (await staff.GetFromJsonAsync<MyKey.App.SignIn.TodaysTask[]>("/api/v1/office/today"))!.Where(t => t.Kind.StartsWith("settlement_", StringComparison.Ordinal)).Select(t => (t.Kind, t.What, t.Path))];
        const string Page = "/office/settlement/2017-12/claims";
        Assert.Equal([("settlement_claims", "2017年12月の請求が2件、承認を待っています", Page)], await Today(maker));
        Assert.Empty(await Today(second));
        Assert.Empty(await Today(admin));
        Assert.Contains("2017年12月の請求が2件", await maker.GetStringAsync("/office"), StringComparison.Ordinal);

        var claims = (await maker.GetFromJsonAsync<SettlementClaimReply[]>($"{Office}/months/2017-12/claims"))!;
        var wanted = new WantedApproval(Guid.CreateVersion7(), [.. claims.Select(c => c.Id)]);
        await Refused("not_found", maker.PostAsJsonAsync($"{Office}/approvals", wanted with { Claims = [.. wanted.Claims, Guid.CreateVersion7()] }));
        Assert.True((await Ok<ApprovalMade>(maker.PostAsJsonAsync($"{Office}/approvals", wanted))).Waits);
        Assert.Empty(await Today(maker));
        Assert.Equal([("settlement_approvals", "請求の承認が1件、もう1人を待っています", Page)], await Today(second));
        Assert.True(await Ok<bool>(second.PostAsync($"{Office}/approvals/{wanted.Id}/approve", null)));
        Assert.Empty(await Today(second));
    }

    [Fact]
    public async Task S2_P8b_no_office_approves_answers_or_withdraws_what_is_anothers()
    {
        await using var town = await Open();
        await town.Town.Grant(town.Citizen, 5_000, 300);
        await town.Use(300);
        await Set(town, "settlement.claim", "auto");
        await Set(town, "settlement.four_eyes_above", "100");
        await town.Close(2018, 1, 5);
        using var officer = await town.Officer(Role.Officer);
        using var stranger = await town.Coupons.Desk.Officer("B-1", Residents.B, Role.Officer, Role.Approver);
        var claim = (await officer.GetFromJsonAsync<SettlementClaimReply[]>($"{Office}/months/2017-12/claims"))!.Single();
        await Refused("not_found", stranger.PostAsJsonAsync($"{Office}/approvals", new WantedApproval(Guid.CreateVersion7(), [claim.Id])));
        await Refused("not_found", stranger.PostAsJsonAsync($"{Office}/claims/{claim.Id}/answer", new ReasonRequest("1回だけでした")));
        var made = await Ok<ApprovalMade>(officer.PostAsJsonAsync($"{Office}/approvals", new WantedApproval(Guid.CreateVersion7(), [claim.Id])));
        await Refused("not_found", stranger.PostAsync($"{Office}/approvals/{made.Id}/approve", null));
        await Refused("not_found", stranger.PostAsync($"{Office}/approvals/{made.Id}/withdraw", null));
        Assert.Equal("proposed", (await officer.GetFromJsonAsync<SettlementClaimReply[]>($"{Office}/months/2017-12/claims"))!.Single().State);
    }

    [Fact]
    public async Task S2_P8b_shop_and_office_do_it_on_their_pages()
    {
        await using var town = await Open();
        await town.Town.Grant(town.Citizen, 5_000, 300);
        await town.Exchange(1_000);
        await town.Use(300);
        await town.Close(2018, 1, 5);
        using var till = await town.Till(town.Town.Shop);
        using var shut = await town.Till(town.Town.Shop, opened: false);
        Assert.Contains("お店の番号で開きます", await shut.GetStringAsync("/terminal/settlement"), StringComparison.Ordinal);
        var id = (await till.GetFromJsonAsync<SettlementClaimReply[]>("/api/v1/claims"))!.Single().Id;
        Assert.Contains($"/terminal/settlement/{id}", await till.GetStringAsync("/terminal/settlement"), StringComparison.Ordinal);
        Assert.Contains("300円を請求する", await till.GetStringAsync($"/terminal/settlement/{id}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await shut.GetAsync($"/terminal/settlement/{id}")).StatusCode);
        await Ok<SettlementClaimReply>(till.PostAsync($"/api/v1/claims/{id}/claim", null));

        using var officer = await town.Officer(Role.Officer, Role.Approver);
        Assert.Contains("2017年12月", await officer.GetStringAsync("/office/settlement"), StringComparison.Ordinal);
        var month = await officer.GetStringAsync("/office/settlement/2017-12");
        Assert.Contains("あおばカード", month, StringComparison.Ordinal);
        Assert.Contains("1,000円", month, StringComparison.Ordinal);
        const string Claims = "/office/settlement/2017-12/claims";
        Assert.Contains("くらしの店", await officer.GetStringAsync(Claims), StringComparison.Ordinal);
        var sent = await town.Town.App.Submit(officer, Claims, Claims, ("Change", Guid.CreateVersion7().ToString()), ("ids", id.ToString()));
        Assert.Equal($"{Claims}?saved=approved", sent.Headers.Location?.ToString());
        Assert.Contains("支払いを待っています", await till.GetStringAsync($"/terminal/settlement/{id}"), StringComparison.Ordinal);
        var file = await officer.GetStringAsync($"{Claims}?handler=Csv");
        Assert.Contains(",300,0,0,0,300,", file, StringComparison.Ordinal);
        using var strange = await town.Officer(Role.TerminalAdmin);
        Assert.Equal(HttpStatusCode.Forbidden, (await strange.GetAsync("/office/settlement/2017-12")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await strange.GetAsync($"{Office}/months/2017-12/claims")).StatusCode);
    }

    internal static async Task Set(SettledTown town, string key, string value, SettingPlace? at = null) =>
        Assert.True((await town.Get<SetSetting>().Run(new(key, at ?? SettingPlace.Platform, value, Actor.Job("test")))).Ok);

    /// <summary>An online shop that sells for A.</summary>
    private static async Task<AcceptorId> Site(SettledTown town, HttpClient platform, string key)
    {
        var address = $"/api/v1/operator/online-sites/{key}";
        await Ok<OnlineSiteReply>(platform.PutAsJsonAsync(address, new WantedOnlineSite(key, "shop", "https://shop.example/", "くだもののお店", town.Clock.Today())));
        using var sells = await platform.PostAsJsonAsync($"{address}/sellers", new WantedSeller(Residents.A.Value, town.Clock.Today()));
        Assert.True(sells.IsSuccessStatusCode, await sells.Content.ReadAsStringAsync());
        return (await town.Get<OnlineSiteCache>().View()).Find(key)!.Sellers.Single().Acceptor;
    }

    internal static async Task<AcceptorId> Shop(SettledTown town, string kind, MunicipalityCode place)
    {
        var id = Ids.New<AcceptorId>(town.Clock);
        Assert.True((await town.Get<RegisterAcceptor>().Run(new(id, place, kind, $"{kind} {place}", Actor.Job("test")))).Ok);
        return id;
    }

    private static async Task<Posted> Capture(SettledTown town, AcceptorId site, long amount)
    {
        var pledge = await town.Post(Transfer.Pledge(town.Id(), town.Citizen, Residents.A, new Points(amount), site, Actor.Job("town")));
        return await town.Post(Transfer.Capture(town.Id(), town.Citizen, Account.Pledge(Residents.A, pledge.Id), new Points(amount), site, Actor.Job("town")));
    }
}
