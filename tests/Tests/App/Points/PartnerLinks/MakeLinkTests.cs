using System.Net;
using System.Net.Http.Json;
using System.Text;
using Dapper;
using Microsoft.AspNetCore.WebUtilities;
using MyKey.App.LinkedExchange;
using MyKey.App.PartnerLinks;
using MyKey.App.Partners;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Sandbox.Partners;
using MyKey.Tests.App.LinkedExchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;
using static MyKey.Tests.App.LinkedExchange.LinkTown;

namespace MyKey.Tests.App.PartnerLinks;

/// <summary>Goal: only the citizen who went to a partner's login comes back with a link, and nobody reads what it is made of (S2-P17g, RFC 9700).</summary>
public class MakeLinkTests
{
    [Fact]
    public async Task S2_P17g_the_way_back_counts_once_in_the_one_session_that_began_it()
    {
        await using var town = await LinkTown.Open();
        var citizen = await town.Town.Resident();
        await town.Town.Resident("MY654321", 2);
        using var me = await town.Town.LoggedIn();
        using var other = await town.Town.LoggedIn("MY654321");
        using var sameCitizen = await town.Town.LoggedIn();
        using var nobody = town.Town.App.Client();

        var asked = QueryHelpers.ParseQuery((await Go(me)).Query);
        Assert.Equal(("code", "S256", PartnerBooks.ClientId), (asked["response_type"].ToString(), asked["code_challenge_method"].ToString(), asked["client_id"].ToString()));
        Assert.Equal(43, asked["code_challenge"].ToString().Length);
        Assert.DoesNotContain("verifier", string.Join(' ', asked.Keys), StringComparison.Ordinal);
        // The challenge of the specification's own example (RFC 7636, appendix B).
        Assert.Equal("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", LoginAttempts.Challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));

        foreach (var thief in (HttpClient[])[other, sameCitizen])
        {
            await Refused(thief, await PartnerBrowser.Walk(await Go(me)));
        }
        var away = await nobody.GetAsync(await PartnerBrowser.Walk(await Go(me)));
        Assert.Equal($"/my/login?back=%2Fmy%2Fexchange%2Flink%2F{Sora}", away.Headers.Location?.OriginalString);
        await Refused(me, await PartnerBrowser.Walk(await Go(me), decides: "Deny"));
        var late = await PartnerBrowser.Walk(await Go(me));
        town.Clock.Jump(TimeSpan.FromMilliseconds(LoginAttempts.LivesMs));
        await Refused(me, late);
        await Refused(me, new Uri($"{town.Town.App.Site}my/exchange/link/{Sora}/return?code=x&state=y"));
        var older = await PartnerBrowser.Walk(await Go(me));
        var newer = await PartnerBrowser.Walk(await Go(me));
        await Refused(me, older);
        Assert.Equal("link_required", await Code(await me.GetAsync($"/api/v1/my/partner-links/{Sora}/balance")));

        var done = await me.GetAsync(newer);
        Assert.Equal((HttpStatusCode.SeeOther, "no-referrer"), (done.StatusCode, done.Headers.GetValues("Referrer-Policy").Single()));
        Assert.DoesNotContain("code=", done.Headers.Location!.OriginalString, StringComparison.Ordinal);
        await Refused(me, newer);
        Assert.Equal(5_000, (await Read<PartnerBalanceReply>(await me.GetAsync($"/api/v1/my/partner-links/{Sora}/balance"))).Points);
        await Go(other);
        town.Clock.Jump(TimeSpan.FromMinutes(11));
        await town.Town.Get<IEnumerable<IJob>>().OfType<ForgetLinkAttempts>().Single().Run(new JobRun("x", Guid.NewGuid(), 1, long.MaxValue), CancellationToken.None);
        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select count(*) from pts_link_attempt"));
        Assert.Equal([citizen], await connection.QueryAsync<CitizenId>("select citizen from pts_link"));

        static async Task Refused(HttpClient browser, Uri back)
        {
            var answer = await browser.GetAsync(back);
            Assert.Equal((HttpStatusCode.SeeOther, $"/my/exchange/link/{Sora}?refused=partner_auth_failed"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        }
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P17g_secret_and_tokens_lie_wrapped_are_renewed_and_a_link_ended_there_ends_here(Engine engine)
    {
        await using var town = await LinkTown.Open(engine);
        var citizen = await town.Town.Resident();
        using var me = await town.Linked();
        await using var connection = await town.Town.App.Database.Open();
        var row = await connection.QuerySingleAsync<(byte[] Secret, byte[] Tokens)>("select s.secret, l.tokens from pts_partner_site s, pts_link l");
        Assert.DoesNotContain(PartnerBooks.ClientSecret, Encoding.Latin1.GetString(row.Secret), StringComparison.Ordinal);
        Assert.DoesNotContain("Access", Encoding.Latin1.GetString(row.Tokens), StringComparison.Ordinal);
        Assert.DoesNotContain(PartnerBooks.ClientSecret, await town.Operator.GetStringAsync("/api/v1/operator/partners") + await town.Operator.GetStringAsync($"/operator/partners/{Sora}") + await town.Operator.GetStringAsync($"/operator/partners/{Sora}/sites"), StringComparison.Ordinal);
        Assert.DoesNotContain(await connection.QueryAsync<string>("select after from log_operation where after is not null"), text => text.Contains(PartnerBooks.ClientSecret, StringComparison.Ordinal));

        town.Clock.Jump(TimeSpan.FromMilliseconds(PartnerBooks.AccessLivesMs));
        var balances = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => me.GetAsync($"/api/v1/my/partner-links/{Sora}/balance")));
        // The partner takes a refresh token once: of those that come at the same time one renews for all.
        Assert.All(balances, b => Assert.Equal(HttpStatusCode.OK, b.StatusCode));
        Assert.Equal("posted", (await Read<LinkOrderReply>(await town.Order(me, 200))).State);

        town.Books.Revoke(Sora, "member01");
        Assert.Equal("link_required", await Code(await town.Order(me, 200)));
        Assert.Equal([(Sora, null)], (await me.GetFromJsonAsync<List<PartnerLinkReply>>("/api/v1/my/partner-links"))!.Select(l => (l.Partner, l.LinkedMs)));
        Assert.Equal(["partner_link.made", "partner_link.lost"], await connection.QueryAsync<string>("select action from log_operation where action like 'partner_link.%' order by time_ms, id"));
        town.Books.Set(Sora, PartnerFault.Down);
        using var again = await town.Town.LoggedIn();
        var unanswered = await again.GetAsync(await PartnerBrowser.Walk(await Go(again)));
        Assert.Contains("partner_silent", await again.GetStringAsync(unanswered.Headers.Location), StringComparison.Ordinal);
        Assert.Equal((4_800L, 200L), await town.Points(citizen));
    }

    [Fact]
    public async Task S2_P11a_S0_5006_an_operator_sets_the_addresses_from_a_day_on_and_the_list_shows_the_company()
    {
        await using var town = await LinkTown.Open();
        var sites = $"/api/v1/operator/partners/{Sora}/sites";
        var wanted = town.Wanted();

        Assert.Equal("address_format", await Asked(wanted with { Authorize = "http://partner.example/authorize" }));
        Assert.Equal("address_format", await Asked(wanted with { Token = string.Concat("https://", "10.1.2.3/token") }));
        Assert.Equal("address_format", await Asked(wanted with { Api = "https://partner.example/api?x=1" }));
        Assert.Equal("field_required", await Asked(wanted with { ClientSecret = "" }));
        Assert.Equal("number_format", await Asked(wanted with { ClientId = "あ" }));
        Assert.Equal("too_large", await Asked(wanted with { ClientSecret = new string('x', 201) }));
        Assert.Equal("out_of_period", await Asked(wanted with { From = wanted.From.AddDays(-1) }));
        Assert.Equal("not_found", await Code(await town.Operator.PostAsJsonAsync("/api/v1/operator/partners/no-such/sites", wanted)));
        Assert.Equal("login_required", await Code(await (await town.Coupons.Desk.Officer("OF-001", Residents.A, Role.Officer)).PostAsJsonAsync(sites, wanted)));
        var both = await Read<PartnerReply>(await town.Operator.PostAsJsonAsync(sites, wanted with { From = wanted.From.AddDays(3), Api = "https://api.partner.example/points", Token = "https://api.partner.example/token", Authorize = "https://partner.example/login" }));
        Assert.Equal(["https://api.partner.example/points", $"{town.Partner}/api"], both.Sites.Select(s => s.Api));
        using var visitor = town.Town.App.Client();
        var open = Assert.Single((await visitor.GetFromJsonAsync<OpenPartnerReply[]>("/api/v1/partners"))!);
        Assert.Equal((Sora, "id_link"), (open.Key, open.Modes.Single()));
        Assert.Contains($"/my/exchange/link/{Sora}", await visitor.GetStringAsync($"/exchange/{Sora}"), StringComparison.Ordinal);
        await Read<PartnerReply>(await town.Operator.PostAsJsonAsync($"/api/v1/operator/partners/{Sora}/modes", new WantedMode("id_link", town.Coupons.Today, town.Coupons.Today)));
        town.Clock.Jump(TimeSpan.FromDays(1));
        Assert.Empty((await visitor.GetFromJsonAsync<OpenPartnerReply[]>("/api/v1/partners"))!);

        async Task<string> Asked(WantedPartnerSite site) => await Code(await town.Operator.PostAsJsonAsync(sites, site));
    }

    [Theory]
    [InlineData("https", "partner.example/a", true, true)]
    [InlineData("http", "partner.example/a", false, false)]
    [InlineData("http", "sora.partner.localhost:5090/a", true, false)]
    [InlineData("https", "127.0.0.1/a", true, false)]
    [InlineData("https", "[::1]/a", true, false)]
    [InlineData("ftp", "localhost/a", false, false)]
    [InlineData("https", "192.168.0.1/a", false, false)]
    [InlineData("https", "169.254.169.254/a", false, false)]
    [InlineData("https", "[fd00::1]/a", false, false)]
    [InlineData("https", "[::ffff:10.0.0.1]/a", false, false)]
    [InlineData("https", "who@partner.example/a", false, false)]
    [InlineData("https", "partner.example/a#b", false, false)]
    [InlineData("", "partner.example", false, false)]
    public void S2_P11a_an_app_that_serves_others_calls_public_machines_only(string scheme, string rest, bool here, bool served)
    {
        var address = scheme.Length == 0 ? rest : $"{scheme}://{rest}";
        Assert.Equal((here, served), (new PartnerAddresses(loopbackOnly: true).Read("api", address).Ok, new PartnerAddresses(loopbackOnly: false).Read("api", address).Ok));
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("100.63.0.1", true)]
    [InlineData("100.64.0.1", false)]
    [InlineData("172.15.0.1", true)]
    [InlineData("172.31.255.255", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("2606:4700::1", true)]
    [InlineData("2001:db8::1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd12::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    public void S2_P11a_what_is_public(string address, bool isPublic) => Assert.Equal(isPublic, PartnerAddresses.IsPublic(IPAddress.Parse(address)));

    /// <summary>A name that leads into the own network is found when it is called, whatever it led to when it was set.</summary>
    [Fact]
    public async Task S2_P11a_a_name_that_leads_to_this_machine_is_not_called()
    {
        using var handler = new SocketsHttpHandler { ConnectCallback = new PartnerAddresses(loopbackOnly: false).Connect, UseProxy = false };
        using var http = new HttpClient(handler);

        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync("http://localhost:1/", TestContext.Current.CancellationToken));

        Assert.Contains("no public address", refused.ToString(), StringComparison.Ordinal);
    }
}
