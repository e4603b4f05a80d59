using System.Net;
using System.Text.RegularExpressions;
using MyKey.Kernel.Cards;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Pledges;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Navi.Portal;

/// <summary>Goal: the navigator has every element of the source's page, each with its function behind it, and steps that skip what is done.</summary>
public partial class NaviPageTests
{
    [Fact]
    public async Task S2_P17_S2_P18_every_element_is_there_and_every_link_leads_somewhere()
    {
        await using var town = await OnlineTown.Open(hooks: false);
        await town.AddPartner();
        using var anybody = town.Town.App.Client();
        var page = WebUtility.HtmlDecode(await anybody.GetStringAsync("/navi"));

        foreach (var (said, href) in new[]
        {
            ("初めての方はこちら", "/navi/manuals/everyone"),                                       // S4-17
            ("設定済自治体ポイント一覧", "/navi/list"),                                             // S2-P17f
            ("これからポイントやマイレージを自治体ポイントに交換される方はこちら", "/exchange"),      // S2-P17j
            ("ポイントの有効期限などをご確認ください（利用規約）", "/navi/terms"),                    // S2-P18b
            ("自治体ポイントとは", "/navi/about"),                                                 // S2-P18c, S2-P18g
            ("操作について確認されたい方はこちら", "/navi/manuals/all.zip"),                         // S2-P18d
            ("使えるポイントを選ぼう", "/navi/points?prefecture=47#result"),                        // S2-P18e, S2-P18f
            ("マイキープラットフォームとは？", "/navi/about"),                                      // S2-P18g
            ("事前にID連携が必要な方はこちら", "/my/settings/links"),                               // S2-P18h
            ("お住まいの自治体から、ポイントが付与されることもあります", "/my/exchange"),             // S2-P18i
            ("よくある問い合わせ", "/faq"), ("文字で問い合わせる", "/my/cases/ask"), ("お問い合わせ", "/support"),   // S2-P18j
            ("オンラインショップで全国の特産品を選ぶ", "/online"), ("ポイントで投資をしよう", "/crowdfunding"),       // S2-P18k
            ("あおばカード", "/exchange/aoba-card"), ("やまびこ", $"/online/{OnlineTown.Shop}"), ("みんなの種", $"/online/{OnlineTown.Fund}"),
        })
        {
            Assert.Contains(said, page, StringComparison.Ordinal);
            Assert.Contains($"href=\"{href}\"", page, StringComparison.Ordinal);
        }
        foreach (var said in new[] { "role=\"img\" aria-labelledby=\"flow-t flow-d\"", "<h3>ためる</h3>", "<h3>合わせる</h3>", "<h3>つかう</h3>", "1ポイントは、いつも1円分", "協力会社", "文字の大きさ", "0120-95-0178", "いま開いています" })
            Assert.Contains(said, page, StringComparison.Ordinal);   // S2-P18a, S2-P18c, K-22, S4-16, K-18
        Assert.Equal(2, Regex.Count(page, "<h3 id=\"link-(partners|sites)\">.*?<ol>(\\s*<li>.*?</li>){5}\\s*</ol>", RegexOptions.Singleline));   // S2-P18h
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);   // S2-P17: no logo, no photograph
        Assert.DoesNotContain("協会", page, StringComparison.Ordinal);   // K-22
        // S0-3003: the manual above the button of My Page.
        Assert.True(page.IndexOf("操作説明書", StringComparison.Ordinal) < page.IndexOf("利用者マイページへ", StringComparison.Ordinal));

        foreach (var at in new[] { "/", "/navi", "/navi/about", "/navi/terms", "/navi/list", "/news", "/navi/points/132985" })
            foreach (var href in Links().Matches(WebUtility.HtmlDecode(await anybody.GetStringAsync(at))).Select(m => m.Groups[1].Value.Split('#')[0]).Where(h => h.Length > 0).Distinct())
            {
                var status = (int)(await anybody.GetAsync(href)).StatusCode;
                Assert.True(status < 404, $"{at} leads to {href}: {status}");   // a browser that is no terminal is told so: 401
            }
    }

    [Theory]
    [InlineData("", 0), InlineData("?have=card", 1), InlineData("?have=id", 2), InlineData("?have=points", 3), InlineData("?have=nothing", 0)]
    public async Task S2_P17b_S4_18_anybody_says_by_a_link_what_is_done_and_the_page_keeps_nothing(string query, int done)
    {
        await using var app = await TestApp.Start();
        using var anybody = app.Client();
        foreach (var at in new[] { "/", "/navi" })
        {
            var answer = await anybody.GetAsync(at + query);
            var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
            Assert.False(answer.Headers.Contains("Set-Cookie"), "no cookie is set for somebody who only looks");
            Assert.Equal(done, Regex.Count(page, "済みました"));
            Assert.Contains(CardIssue.Site, page, StringComparison.Ordinal);
            foreach (var said in new[] { "留保ポイント", "自治体ポイント", "イベントのポイント" }) Assert.Contains(said, page, StringComparison.Ordinal);
            foreach (var (href, step) in new[] { ($"{at}?have=card#steps", 1), ("/my/login", 2), ("/exchange", 3), ("/my", 4) })
                Assert.True(step <= done || page.Contains($"href=\"{href}\"", StringComparison.Ordinal), $"{at}{query}: {href}");
            Assert.Equal(done >= 1, !page.Contains("カードを持っている", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task S2_P17b_S4_18_the_steps_of_somebody_who_is_signed_in_are_known()
    {
        await using var town = await Residents.Start();
        var citizen = await town.Resident(home: Residents.A);
        using var me = await town.LoggedIn();
        Assert.Equal((2, false), await Steps(me));
        await town.Grant(citizen, 300, 30);
        Assert.Equal((3, false), await Steps(me));

        // A session that is over, or none that was ever opened, is as good as none.
        using var stale = town.App.Client();
        stale.DefaultRequestHeaders.Add("Cookie", $"mykey-citizen={new string('x', 43)}");
        Assert.Equal((0, true), await Steps(stale));

        static async Task<(int Done, bool Asks)> Steps(HttpClient who)
        {
            var answer = await who.GetAsync("/navi?have=");
            Assert.Equal((true, false), (answer.Headers.CacheControl?.NoStore, answer.Headers.CacheControl?.Public));
            var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
            return (Regex.Count(page, "済みました"), page.Contains("?have=", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task S2_P3e_S2_P18g_the_platform_explains_itself_with_the_figure_behind_it()
    {
        await using var app = await TestApp.Start();
        using var anybody = app.Client();
        var page = await anybody.GetStringAsync("/navi/about");
        foreach (var said in new[] { "約4,000億円", "3割から4割", "2014年", "マイナンバーの部分は、読みません" }) Assert.Contains(said, page, StringComparison.Ordinal);
        Assert.Contains("href=\"/navi\"", await anybody.GetStringAsync("/"), StringComparison.Ordinal);   // S2-P1c: two entries
    }

    [GeneratedRegex("<a (?:class=\"[^\"]*\" )?href=\"(/[^\"]*)\"")]
    private static partial Regex Links();
}
