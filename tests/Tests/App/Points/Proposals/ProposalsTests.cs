using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.OnlineSites;
using MyKey.App.PartnerLinks;
using MyKey.App.Partners;
using MyKey.App.Proposals;
using MyKey.App.SignIn;
using MyKey.App.SiteEvents;
using MyKey.App.StreetCards;
using MyKey.Kernel.Db;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.Proposals;

/// <summary>Goal: once there are two operators, nobody changes alone what decides where points come from and go to (V-D3).</summary>
public class ProposalsTests
{
    private const string Partners = $"/api/v1/operator/partners/{Card}", Shop = "/api/v1/operator/online-sites/yamabiko", Secret = "s3cret-of-the-company";

    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_a_rate_holds_when_another_operator_approved_exactly_what_was_proposed_and_only_once(Engine engine)
    {
        await using var town = await Open(engine);
        var other = await town.Other();
        var asked = await Read<PartnerReply>(await town.Operator.PostAsJsonAsync($"{Partners}/terms", new WantedTerms(town.Today, 100, 10_000, 100, 100)));
        Assert.Equal("100:100", Assert.Single(asked.Terms).Rate);
        var seen = await Seen(other, asked.Proposal);
        Assert.Contains(seen.Lines, l => l is { Label: "交換率", Before: "100ポイントが100ポイントになる", After: "100ポイントが10,000ポイントになる" });
        Assert.Contains((await other.GetFromJsonAsync<TodaysTask[]>("/api/v1/operator/today"))!, t => t is { Kind: "proposals", Path: "/operator/proposals" });

        Assert.Equal("four_eyes", await Code(await Approve(town.Operator, seen)));
        Assert.Equal("proposal_stale", await Code(await Approve(other, seen with { Hash = new string('0', 64) })));
        Assert.Equal("100:100", (await Now(town)).Terms[0].Rate.ToString());

        await Read<ProposalApprovedReply>(await Approve(other, seen));
        Assert.Equal("100:10000", (await Now(town)).Terms[0].Rate.ToString());
        Assert.Equal("not_found", await Code(await Approve(other, seen)));
        Assert.Equal(["proposal.made", "proposal.approved"], await Log(town, seen.Id));
        await using var connection = await town.Town.Get<Database>().Open(Stop);
        Assert.Equal(2, await connection.ExecuteScalarAsync<int>("select count(*) from log_operation where action = 'partner.terms_set' and actor = @Maker", new { seen.Maker }));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_approvals_at_the_same_time_make_one_secret_and_its_maker_never_sees_it(Engine engine)
    {
        await using var town = await Site(engine);
        var other = await town.Other();
        var asked = await Read<HookReply>(await town.Operator.PostAsJsonAsync($"{Shop}/hook", new WantedHook("https://shop.example/events")));
        Assert.Equal((null, null), (asked.Secret, asked.KeyNo));
        var seen = await Seen(other, asked.Proposal);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Approve(other, seen)));

        var done = await Read<ProposalApprovedReply>(Assert.Single(answers, a => a.IsSuccessStatusCode));
        Assert.Equal(1, done.KeyNo);
        Assert.StartsWith("whsec_", done.Secret, StringComparison.Ordinal);
        foreach (var late in answers.Where(a => !a.IsSuccessStatusCode)) Assert.Equal("not_found", await Code(late));
        Assert.Equal(1, (await town.Town.Get<OnlineSiteCache>().View()).Find("yamabiko")!.Hook!.KeyNo);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_what_makes_less_holds_at_once_and_what_waited_about_it_no_longer_fits(Engine engine)
    {
        await using var town = await Site(engine);
        var (other, today) = (await town.Other(), town.Today);
        await Agreed(await town.Operator.PostAsJsonAsync($"{Shop}/sellers", new WantedSeller(Residents.A.Value, today, today.AddDays(30))), other);
        var longer = await Read<OnlineSiteReply>(await town.Operator.PostAsJsonAsync($"{Shop}/sellers", new WantedSeller(Residents.A.Value, today)));
        Assert.Equal(today.AddDays(30), Assert.Single(longer.Sellers).Until);
        var seen = await Seen(other, longer.Proposal);

        var shorter = await Read<OnlineSiteReply>(await other.PostAsJsonAsync($"{Shop}/sellers", new WantedSeller(Residents.A.Value, today, today)));

        Assert.Equal((null, today), (shorter.Proposal, Assert.Single(shorter.Sellers).Until));
        Assert.Equal("proposal_stale", await Code(await Approve(other, seen)));
        Assert.Equal(HttpStatusCode.Conflict, (await other.GetAsync($"/operator/proposals/{seen.Id}")).StatusCode);
        Assert.Empty((await other.GetFromJsonAsync<ProposalReply[]>("/api/v1/operator/proposals"))!);
        Assert.Equal(today, (await town.Town.Get<OnlineSiteCache>().View()).Find("yamabiko")!.Sellers.Single().Until);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_a_campaign_ends_at_once_and_a_card_operator_pauses_at_once_but_neither_comes_back_alone(Engine engine)
    {
        await using var town = await Open(engine);
        var (today, card) = (town.Today, Guid.CreateVersion7());
        Assert.Null((await Read<CardOperatorReply>(await Save(town.Operator, card, Secret))).Proposal);
        var (other, kept) = (await town.Other(), await Kept(town, card));
        Assert.NotNull((await Read<PartnerReply>(await town.Operator.PostAsJsonAsync($"{Partners}/campaigns", new WantedCampaign(today, today.AddDays(9), 100, 200)))).Proposal);
        Assert.Empty((await Now(town)).Campaigns);
        await Read<ProposalApprovedReply>(await Approve(other, Assert.Single((await other.GetFromJsonAsync<ProposalReply[]>("/api/v1/operator/proposals"))!)));
        Assert.Null((await Read<PartnerReply>(await town.Operator.PostAsJsonAsync($"{Partners}/campaigns", new WantedCampaign(today, today, 100, 200)))).Proposal);
        Assert.NotNull((await Read<PartnerReply>(await town.Operator.PostAsJsonAsync($"{Partners}/campaigns", new WantedCampaign(today, today, 100, 201)))).Proposal);
        Assert.Equal((today, 200), (Assert.Single((await Now(town)).Campaigns).Until, (await Now(town)).Campaigns[0].Rate.Municipal));

        Assert.Null((await Read<CardOperatorReply>(await Save(town.Operator, card, null, state: "off"))).Proposal);
        Assert.NotNull((await Read<CardOperatorReply>(await Save(town.Operator, card, null))).Proposal);
        Assert.Equal("proposal_waits", await Code(await Save(other, card, null, api: "https://mine.example/api")));
        Assert.Equal(StreetCardState.Off, (await town.Town.Get<StreetCardOperators>().Find(card, Stop))!.State);
        var on = (await other.GetFromJsonAsync<ProposalReply[]>("/api/v1/operator/proposals"))!.Single(p => p.Kind == "card_operator");
        await Read<ProposalApprovedReply>(await Approve(other, on));
        var back = (await town.Town.Get<StreetCardOperators>().Find(card, Stop))!;
        Assert.Equal(StreetCardState.On, back.State);
        Assert.Equal(kept, await Kept(town, card));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_the_same_again_is_one_proposal_its_secret_is_never_shown_and_a_changed_row_is_not_applied(Engine engine)
    {
        await using var town = await Open(engine);
        var other = await town.Other();
        var wanted = new WantedPartnerSite(town.Today, "https://mine.example/login", "https://mine.example/token", "https://mine.example/api", "mykey", Secret);
        var first = (await Read<PartnerReply>(await town.Operator.PostAsJsonAsync($"{Partners}/sites", wanted))).Proposal;
        Assert.Equal(first, (await Read<PartnerReply>(await town.Operator.PostAsJsonAsync($"{Partners}/sites", wanted))).Proposal);
        Assert.Equal("proposal_waits", await Code(await town.Operator.PostAsJsonAsync($"{Partners}/sites", wanted with { ClientSecret = "another" })));
        Assert.Equal("proposal_waits", await Code(await other.PostAsJsonAsync($"{Partners}/sites", wanted)));
        var seen = await Seen(other, first);
        foreach (var shown in (string[])["/operator/proposals", $"/operator/proposals/{first}", "/api/v1/operator/proposals", $"/api/v1/operator/proposals/{first}"])
            Assert.DoesNotContain(Secret, await other.GetStringAsync(shown), StringComparison.Ordinal);
        await using (var connection = await town.Town.Get<Database>().Open(Stop))
        {
            Assert.DoesNotContain(Secret, await connection.QuerySingleAsync<string>("select content from pts_proposal"), StringComparison.Ordinal);
            await connection.ExecuteAsync("update pts_proposal set content = replace(content, 'mine.example/api', 'evil.example/api')");
        }
        Assert.Equal("proposal_stale", await Code(await Approve(other, seen)));
        // Not even to whoever looks again: what is there is not what was proposed.
        Assert.Equal("proposal_stale", await Code(await Approve(other, await Seen(other, first))));
        Assert.Empty((await Now(town)).Sites);
        await Read<bool>(await town.Operator.PostAsync($"/api/v1/operator/proposals/{first}/refuse", null));
        Assert.Equal("not_found", await Code(await Approve(other, seen)));

        var again = await Agreed(await town.Operator.PostAsJsonAsync($"{Partners}/sites", wanted), other);
        Assert.Equal("partner_site", again.GetProperty("kind").GetString());
        var partner = await Now(town);
        Assert.Equal(Secret, await town.Town.Get<PartnerSecrets>().Of(partner.Id, Assert.Single(partner.Sites), Stop));
    }

    [Fact]
    public async Task V_D3_what_no_longer_fits_its_day_is_not_approved_and_who_is_no_operator_sees_nothing()
    {
        await using var town = await Open();
        using var officer = await town.Desk.Officer("OF-009", Residents.A, MyKey.Identity.Staffing.Role.Officer);
        var other = await town.Other();
        var asked = await Read<PartnerReply>(await town.Operator.PostAsJsonAsync($"{Partners}/terms", new WantedTerms(town.Today, 100, 50, 100, 100)));
        var seen = await Seen(other, asked.Proposal);
        Assert.NotEqual(HttpStatusCode.OK, (await officer.GetAsync("/api/v1/operator/proposals")).StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, (await Approve(officer, seen)).StatusCode);
        town.Clock.Jump(TimeSpan.FromMinutes(6));
        Assert.Equal("confirm_required", await Code(await Approve(other, seen)));
        town.Clock.Jump(TimeSpan.FromDays(1));
        using var later = await town.Desk.SignIn("operator", "OP-002");
        Assert.Equal("out_of_period", await Code(await Approve(later, seen)));
        Assert.Equal("100:100", Assert.Single((await Now(town)).Terms).Rate.ToString());
    }

    private static async Task<CouponTown> Site(Engine engine)
    {
        var town = await Open(engine, partner: false);
        await Read<OnlineSiteReply>(await town.Operator.PutAsJsonAsync(Shop, new WantedOnlineSite("やまびこ", "shop", "https://shop.example", "見本のサイトです。", town.Today)));
        return town;
    }

    private static async Task<Partner> Now(CouponTown town) => (await town.Town.Get<PartnerCache>().View()).Find(Card)!;

    private static async Task<ProposalReply> Seen(HttpClient client, Guid? proposal)
    {
        Assert.NotNull(proposal);
        return await Read<ProposalReply>(await client.GetAsync($"/api/v1/operator/proposals/{proposal}"));
    }

    private static Task<HttpResponseMessage> Approve(HttpClient client, ProposalReply seen) => client.PostAsJsonAsync($"/api/v1/operator/proposals/{seen.Id}/approve", new ApprovalRequest(seen.Hash));

    private static Task<HttpResponseMessage> Save(HttpClient client, Guid id, string? secret, string state = "on", string api = "https://cards.example/api") =>
        client.PutAsJsonAsync($"/api/v1/operator/street-card-operators/{id}", new CardOperatorRequest(Residents.A.Value, "さのぽカード", "street", true, api, "mykey", secret, state));

    private static async Task<byte[]> Kept(CouponTown town, Guid card)
    {
        await using var connection = await town.Town.Get<Database>().Open(Stop);
        return await connection.QuerySingleAsync<byte[]>("select secret from pts_street_operator where id = @card", new { card });
    }

    private static async Task<IEnumerable<string>> Log(CouponTown town, Guid proposal)
    {
        await using var connection = await town.Town.Get<Database>().Open(Stop);
        return await connection.QueryAsync<string>("select action from log_operation where subject = @proposal order by action desc", new { proposal });
    }
}
