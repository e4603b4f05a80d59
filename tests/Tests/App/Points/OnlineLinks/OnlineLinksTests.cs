using System.Net;
using System.Net.Http.Json;
using System.Text;
using Dapper;
using MyKey.App.OnlineLinks;
using MyKey.App.OnlineSites;
using MyKey.Sandbox.Online;
using MyKey.Sandbox.Partners;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Pledges;
using static MyKey.Tests.App.Exchange.CouponTown;
using static MyKey.Tests.App.Pledges.OnlineTown;

namespace MyKey.Tests.App.OnlineLinks;

/// <summary>Goal: a citizen links a site at the site's own login, or not, and nobody reads what the link is made of (S0-4015, S2-P17h).</summary>
public class OnlineLinksTests
{
    [Fact]
    public async Task S0_4015_S2_P17h_member_there_first_cancel_leaves_nothing_silence_leaves_nothing_and_then_it_is_set()
    {
        await using var town = await OnlineTown.Open(hooks: false);
        await town.Town.Resident(home: Residents.A);
        using var me = await town.Town.LoggedIn();
        using var sameCitizen = await town.Town.LoggedIn();

        Assert.Equal("partner_account_missing", await Back(me, await PartnerBrowser.Walk(await Go(me, Shop), member: null, decides: "Stranger")));
        Assert.Contains("やまびこの会員ではありません", await me.GetStringAsync($"/my/online/link/{Shop}?refused=partner_account_missing"), StringComparison.Ordinal);
        Assert.Equal("partner_auth_failed", await Back(me, await PartnerBrowser.Walk(await Go(me, Shop), decides: "Deny")));
        Assert.Equal("partner_auth_failed", await Back(sameCitizen, await PartnerBrowser.Walk(await Go(me, Shop))));
        // What one site sends back counts at no other.
        var mixed = new UriBuilder(await PartnerBrowser.Walk(await Go(me, Shop))) { Path = $"/my/online/link/{Fund}/return" }.Uri;
        Assert.Equal("partner_auth_failed", await Back(me, mixed, Fund));
        town.Books.Set(Shop, OnlineFault.Silent);
        Assert.Equal("partner_silent", await Back(me, await PartnerBrowser.Walk(await Go(me, Shop))));
        town.Books.Set(Shop, OnlineFault.None);
        Assert.All((await me.GetFromJsonAsync<List<OnlineLinkReply>>("/api/v1/my/online-links"))!, l => Assert.Null(l.LinkedMs));
        Assert.Equal("link_required", await Code(await me.DeleteAsync($"/api/v1/my/online-links/{Shop}")));

        using var linked = await town.Linked();
        var settings = await linked.GetStringAsync("/my/settings/links");
        Assert.Contains("やまびこ （設定済み）", settings, StringComparison.Ordinal);
        Assert.DoesNotContain("みんなの種 （設定済み）", settings, StringComparison.Ordinal);
        await using var connection = await town.Town.App.Database.Open();
        var hash = await connection.QuerySingleAsync<byte[]>("select token_hash from pts_online_link");
        Assert.DoesNotContain(town.Token(), Encoding.Latin1.GetString(hash), StringComparison.Ordinal);
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where coalesce(before, '') || coalesce(after, '') like '%ml_%'"));
        Assert.Equal(["online_link.made"], await connection.QueryAsync<string>("select action from log_operation where action like 'online_link.%'"));
        var away = await town.Town.Send(linked, "/my/settings/links", ("Site", Shop));
        Assert.Equal("/my/settings/links?removed=site", away.Headers.Location?.OriginalString);
        Assert.Empty(await connection.QueryAsync<byte[]>("select token_hash from pts_online_link"));

        static async Task<string> Back(HttpClient browser, Uri back, string site = Shop)
        {
            var answer = await browser.GetAsync(back);
            Assert.Equal((HttpStatusCode.SeeOther, "no-referrer"), (answer.StatusCode, answer.Headers.GetValues("Referrer-Policy").Single()));
            return answer.Headers.Location!.OriginalString.Split($"/my/online/link/{site}?refused=")[1];
        }
    }

    [Fact]
    public async Task S0_4009a_S0_4009b_S0_4015b_operators_keep_sites_everybody_sees_them_and_the_five_steps()
    {
        await using var town = await OnlineTown.Open(hooks: false);
        var address = $"/api/v1/operator/online-sites/{Shop}";
        var wanted = new WantedOnlineSite("やまびこ", "shop", town.HomeOf(Shop), "見本のサイトです。", town.Coupons.Today);
        Assert.Equal("number_format", await Code(await town.Operator.PutAsJsonAsync("/api/v1/operator/online-sites/A", wanted)));
        Assert.Equal("address_format", await Code(await town.Operator.PutAsJsonAsync(address, wanted with { Home = "http://shop.example/" })));
        Assert.Equal("field_unknown", await Code(await town.Operator.PutAsJsonAsync(address, wanted with { Kind = "crowdfunding" })));
        Assert.Equal("field_required", await Code(await town.Operator.PutAsJsonAsync(address, wanted with { Kind = "bazaar" })));
        Assert.Equal("out_of_period", await Code(await town.Operator.PutAsJsonAsync(address, wanted with { Until = wanted.From.AddDays(-1) })));
        Assert.Equal("municipality_unknown", await Code(await town.Operator.PostAsJsonAsync($"{address}/sellers", new WantedSeller("141305", town.Coupons.Today))));
        Assert.Equal("out_of_period", await Code(await town.Operator.PostAsJsonAsync($"{address}/sellers", new WantedSeller(Residents.C.Value, town.Coupons.Today.AddDays(-1)))));
        Assert.Equal("number_format", await Code(await town.Operator.PostAsJsonAsync($"{address}/logins", town.Login(Shop) with { ClientSecret = "ひみつ" })));
        Assert.Equal("not_found", await Code(await town.Operator.PostAsJsonAsync("/api/v1/operator/online-sites/none/logins", town.Login(Shop))));

        using var visitor = town.Town.App.Client();
        Assert.Equal("login_required", await Code(await visitor.PutAsJsonAsync(address, wanted)));
        Assert.Equal([("みんなの種", "crowdfunding"), ("やまびこ", "shop")], (await visitor.GetFromJsonAsync<OpenSiteReply[]>("/api/v1/online-sites"))!.Select(s => (s.Name, s.Kind)));
        var (shops, funds, steps) = (await visitor.GetStringAsync("/online"), await visitor.GetStringAsync("/crowdfunding"), await visitor.GetStringAsync($"/online/{Shop}"));
        Assert.Contains("やまびこ", shops, StringComparison.Ordinal);
        Assert.DoesNotContain("みんなの種", shops, StringComparison.Ordinal);
        Assert.Contains("みんなの種", funds, StringComparison.Ordinal);
        Assert.Equal(5, steps.Split("<ol>")[^1].Split("</ol>")[0].Split("<li>").Length - 1);
        Assert.Contains("A市、B町", steps, StringComparison.Ordinal);
        await Read<OnlineSiteReply>(await town.Operator.PutAsJsonAsync(address, wanted with { Until = town.Coupons.Today }));
        town.Clock.Jump(TimeSpan.FromDays(1));
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync($"/online/{Shop}")).StatusCode);
    }

    [Fact]
    public async Task S0_4015_K_02_a_password_alone_links_no_site_and_the_page_says_why()
    {
        await using var town = await OnlineTown.Open(asShipped: true);
        var citizen = await town.Town.Resident(home: Residents.A);
        using var me = await town.Town.LoggedIn();
        var page = await me.GetStringAsync($"/my/online/link/{Shop}");
        Assert.Contains("先に、カードでたしかめます", page, StringComparison.Ordinal);
        Assert.DoesNotContain($"/my/online/link/{Shop}/go", page, StringComparison.Ordinal);
        var go = await me.GetAsync($"/my/online/link/{Shop}/go");
        Assert.Equal(HttpStatusCode.Forbidden, go.StatusCode);
        Assert.Contains("ここから先は、カードがいります", await go.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("step_up_required", await Code(await me.PostAsync($"/api/v1/my/online-links/{Shop}", null)));

        using var card = await town.ByCard(citizen);
        Assert.Contains($"/my/online/link/{Shop}/go", await card.GetStringAsync($"/my/online/link/{Shop}"), StringComparison.Ordinal);
        Assert.Equal($"/my/online/link/{Shop}?linked=1", (await card.GetAsync(await PartnerBrowser.Walk(await Go(card, Shop)))).Headers.Location?.OriginalString);
        Assert.DoesNotContain("先に、カードで", await me.GetStringAsync($"/my/online/link/{Shop}"), StringComparison.Ordinal);   // linked is linked

        // Where the platform asks for no card, the password is enough.
        await town.Set("online.link_card", "off");
        Assert.True((await me.PostAsync($"/api/v1/my/online-links/{Fund}", null)).IsSuccessStatusCode);
    }
}
