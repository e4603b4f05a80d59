using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using MyKey.App.Navi.Towns;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Pledges;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.Navi.Towns;

/// <summary>Goal: the lists of the portal say what the registry knows today, whichever way somebody comes to them.</summary>
public partial class ListedPointsTests
{
    private static readonly Actor Clerk = Actor.Job("town");

    [Fact]
    public void S2_P18f_47_tiles_none_over_another_none_smaller_than_a_finger()
    {
        var tiles = PrefectureTile.All;
        Assert.Equal(Enumerable.Range(1, 47), tiles.Select(t => t.Number));
        Assert.All(tiles, t => Assert.Equal(Prefectures.NameOf(MunicipalityCode.Read($"{t.Number:00}000").Value), t.Name));
        Assert.All(tiles, t => Assert.True(t is { Width: >= 44, Height: >= 44, X: >= 0, Y: >= 0 } && t.X + t.Width <= 672 && t.Y + t.Height <= 565, t.Name));
        foreach (var (a, b) in tiles.SelectMany(a => tiles.Where(b => b.Number > a.Number).Select(b => (a, b))))
            Assert.True(a.X + a.Width <= b.X || b.X + b.Width <= a.X || a.Y + a.Height <= b.Y || b.Y + b.Height <= a.Y, $"{a.Name} {b.Name}");
        Assert.Equal([7, 7, 9, 7, 5, 4, 8], tiles.GroupBy(t => t.Region).Select(g => g.Count()));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P17f_S0_4001b_two_columns_by_what_holds_today_and_one_may_stand_in_both(Engine engine)
    {
        await using var town = await OnlineTown.Open(engine, hooks: false);
        var (rules, shop) = (town.Town.Get<SetUsageRule>(), town.Town.Shop);
        using var anybody = town.Town.App.Client();
        Assert.Equal(("", "132985 134988"), await Columns());   // B町's points pay in its whole prefecture, also for goods of A市

        Assert.True((await rules.ForKind(Residents.A, "shop", UsageArea.Own, Clerk)).Ok);
        Assert.Equal(("132985", "132985 134988"), await Columns());
        Assert.True((await rules.ForKind(Residents.B, "shop", UsageArea.Own, Clerk)).Ok);
        Assert.Equal(("132985", "132985 134988"), await Columns());   // B町 has no shop of its own
        Assert.True((await rules.ForKind(Residents.B, "shop", UsageArea.Prefecture, Clerk)).Ok);
        Assert.True((await rules.ForAcceptor(Residents.C, shop, true, Clerk)).Ok);
        Assert.Equal(("132985 134988 134996", "132985 134988"), await Columns());
        Assert.True((await rules.ForAcceptor(Residents.B, shop, false, Clerk)).Ok);
        Assert.Equal(("132985 134996", "132985 134988"), await Columns());

        // A shop that closes, a municipality that gives no more.
        Assert.True((await town.Town.Get<ChangeAcceptor>().Run(new(shop, "くらしの店", AcceptorState.Closed, null, Clerk))).Ok);
        Assert.Equal(("", "132985 134988"), await Columns());
        Assert.True((await town.Town.Get<ChangeMunicipality>().Run(new(Residents.B, null, IssuerKind.Public, null, 24, MunicipalityState.Closed, Clerk))).Ok);
        Assert.Equal(("", "132985"), await Columns());
        var closed = (await anybody.GetFromJsonAsync<MunicipalPointReply>("/api/v1/municipal-points/13498"))!;
        Assert.Equal(("closed", 2, 24), (closed.State, closed.OnlineSites.Count, closed.ExpiryMonths));
        Assert.Contains("持っているポイントは使えます", await anybody.GetStringAsync("/navi/points/134988"), StringComparison.Ordinal);

        async Task<(string Shops, string Online)> Columns()
        {
            var page = WebUtility.HtmlDecode(await anybody.GetStringAsync("/navi/list"));
            var (shops, online) = (Codes(page, "in-shops"), Codes(page, "on-line"));
            var issuing = (await anybody.GetFromJsonAsync<List<MunicipalPointReply>>("/api/v1/municipal-points"))!.Where(p => p.State == "live").ToList();
            Assert.Equal(shops, string.Join(' ', issuing.Where(p => p.Shops).Select(p => p.Code)));
            Assert.Equal(online, string.Join(' ', issuing.Where(p => p.OnlineSites.Count > 0).Select(p => p.Code)));
            // Each that gives points stands somewhere (S0-4001b).
            Assert.All(issuing, p => Assert.Contains($"href=\"/navi/points/{p.Code}\"", page, StringComparison.Ordinal));
            Assert.Equal(online.Length > 0, page.Contains($"href=\"{town.HomeOf(OnlineTown.Shop)}\"", StringComparison.Ordinal));
            return (shops, online);
        }

        static string Codes(string page, string column) => string.Join(' ', PointLink().Matches(Regex.Match(page, $"aria-labelledby=\"{column}\".*?</section>", RegexOptions.Singleline).Value).Select(m => m.Groups[1].Value));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P18e_S2_P18f_map_list_selector_and_call_show_the_same_of_228_members(Engine engine)
    {
        await using var town = await Residents.Start(engine, settings: ["MyKey:Limits:AnonymousPerMinute=10000"]);
        var file = Council();
        Assert.True((await town.Get<ImportMunicipalities>().Run(file, Clerk)).Ok);
        Assert.True((await town.Get<ImportCouncil>().Run(file, new DateOnly(2017, 8, 30), Clerk)).Ok);
        using var anybody = town.App.Client();

        var page = await anybody.GetStringAsync("/navi/points");
        var map = page[page.IndexOf("<svg class=\"map\" viewBox=\"-1", StringComparison.Ordinal)..page.IndexOf("id=\"list\"", StringComparison.Ordinal)];
        var list = page[page.IndexOf("id=\"list\"", StringComparison.Ordinal)..page.IndexOf("</main>", StringComparison.Ordinal)];
        var addresses = PrefectureTile.All.Select(t => $"/navi/points?prefecture={t.Number}#result").ToList();
        Assert.Equal(addresses, Hrefs(map));
        Assert.Equal(addresses, Hrefs(list));
        var all = (await anybody.GetFromJsonAsync<List<MunicipalPointReply>>("/api/v1/municipal-points"))!;
        Assert.Equal((228, 231), (all.Count(p => p.Member), all.Count));   // A市, B町 and C村 give points and are no members
        Assert.Equal(47, all.Where(p => p.Member).Select(p => p.Code[..2]).Distinct().Count());
        foreach (var number in new[] { 1, 13, 26, 47 })
        {
            var shown = Codes(WebUtility.HtmlDecode(await anybody.GetStringAsync($"/navi/points?prefecture={number}&text=")));
            Assert.NotEmpty(shown);
            // In the same order, and what pays first of all.
            Assert.Equal(all.Where(p => p.Code.StartsWith($"{number:00}", StringComparison.Ordinal)).Select(p => p.Code), shown);
            Assert.Matches($">{PrefectureTile.All[number - 1].Short}</text><text class=\"count\"[^>]*>{shown.Count}</text>", map);
        }
        Assert.Equal(["102016"], Codes(WebUtility.HtmlDecode(await anybody.GetStringAsync("/navi/points?text=まえばし"))));
        Assert.Equal(["434248"], (await anybody.GetFromJsonAsync<List<MunicipalPointReply>>("/api/v1/municipal-points?prefecture=43&text=小国"))!.Select(p => p.Code));

        static List<string> Codes(string page) => [.. PointLink().Matches(page[..page.IndexOf("id=\"map\"", StringComparison.Ordinal)]).Select(m => m.Groups[1].Value)];

        static List<string> Hrefs(string part) => [.. Regex.Matches(part, "<a href=\"([^\"]+)\"").Select(m => m.Groups[1].Value)];
    }

    [Fact]
    public async Task S2_P18f_a_prefecture_without_points_says_so_and_what_else_there_is()
    {
        await using var town = await OnlineTown.Open(hooks: false);
        using var anybody = town.Town.App.Client();
        Assert.True((await town.Town.Get<ImportMunicipalities>().Run(Encoding.UTF8.GetBytes("code,name\n141305,川崎市\n082015,水戸市\n"), Clerk)).Ok);
        Assert.True((await town.Town.Get<ImportCouncil>().Run(Encoding.UTF8.GetBytes("code\n141305\n"), town.Coupons.Today, Clerk)).Ok);

        var member = WebUtility.HtmlDecode(await anybody.GetStringAsync("/navi/points?prefecture=14"));
        Assert.Contains("神奈川県で使えるポイントは、まだありません", member, StringComparison.Ordinal);
        Assert.Contains("href=\"/navi/points?prefecture=13#result\">東京都</a>", member[..member.IndexOf("id=\"map\"", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Contains("ポイントは準備中です", member, StringComparison.Ordinal);
        Assert.Contains("href=\"/online\"", member, StringComparison.Ordinal);
        var none = WebUtility.HtmlDecode(await anybody.GetStringAsync("/navi/points?prefecture=8"));
        Assert.Contains("茨城県で使えるポイントは、まだありません", none, StringComparison.Ordinal);
        Assert.DoesNotContain("水戸市", none, StringComparison.Ordinal);   // known, but no member
        var far = WebUtility.HtmlDecode(await anybody.GetStringAsync("/navi/points?prefecture=47"));
        Assert.DoesNotContain("近くでは", far, StringComparison.Ordinal);
        Assert.DoesNotContain("まだありません", WebUtility.HtmlDecode(await anybody.GetStringAsync("/navi/points?prefecture=13")), StringComparison.Ordinal);
        // Whoever looks for his own town is told that it takes no part.
        Assert.Contains("自治体ポイントは、まだありません", WebUtility.HtmlDecode(await anybody.GetStringAsync("/navi/points?text=水戸")), StringComparison.Ordinal);
        Assert.Contains("見つかりませんでした", WebUtility.HtmlDecode(await anybody.GetStringAsync("/navi/points?text=ぬるぽ")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task K_20_S2_P17a_five_digits_lead_to_the_page_and_what_is_no_code_is_refused_on_page_and_call()
    {
        await using var town = await Residents.Start();
        using var anybody = town.App.Client();
        var led = await anybody.GetAsync("/navi/points/13298");
        Assert.Equal((HttpStatusCode.SeeOther, "/navi/points/132985"), (led.StatusCode, led.Headers.Location!.OriginalString));
        var page = WebUtility.HtmlDecode(await anybody.GetStringAsync("/navi/points/132985"));
        foreach (var said in new[] { "東京都A市", "A市ポイント", "1円分", "受け取った日から2年たった日の夜12時まで", "使えるお店は、まだ登録されていません" }) Assert.Contains(said, page, StringComparison.Ordinal);

        foreach (var (path, code, words) in new[]
        {
            ("17009", "number_format", "番号の形がちがいます"), ("141305", "municipality_unknown", "この自治体は見つかりません"), ("132981", "number_format", "番号の形がちがいます"),
        })
        {
            Assert.Equal(code, await Code(await anybody.GetAsync($"/api/v1/municipal-points/{path}")));
            Assert.Contains(words, await (await anybody.GetAsync($"/navi/points/{path}")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        foreach (var (query, code, words) in new[] { ("prefecture=48", "field_unknown", "知らない項目"), ("prefecture=とうきょう", "field_unknown", "知らない項目"), ($"text={new string('あ', 61)}", "too_large", "大きすぎます") })
        {
            Assert.Equal(code, await Code(await anybody.GetAsync($"/api/v1/municipal-points?{query}")));
            Assert.Contains(words, await (await anybody.GetAsync($"/navi/points?{query}")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Equal("field_unknown", await Code(await anybody.GetAsync("/api/v1/municipal-points?use=books")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await anybody.GetAsync("/navi/terms?prefecture=48")).StatusCode);
    }

    [Fact]
    public async Task K_24_a_library_of_a_municipality_that_is_no_member_stands_in_the_list()
    {
        await using var town = await Residents.Start();
        using var anybody = town.App.Client();
        Assert.True((await town.Get<ImportMunicipalities>().Run(Encoding.UTF8.GetBytes("code,name\n232033,一宮市\n"), Clerk)).Ok);
        Assert.Empty((await anybody.GetFromJsonAsync<List<MunicipalPointReply>>("/api/v1/municipal-points?prefecture=23"))!);

        Assert.True((await town.Get<SaveProviderKind>().Run("library", "図書館", null, Clerk)).Ok);
        Assert.True((await town.Get<SaveServiceProvider>().Run(Ids.New<ServiceProviderId>(TimeProvider.System), MunicipalityCode.Of("232033"), new ProviderEntry("IC1", "library", "一宮市立図書館", 6, 8, false), Clerk)).Ok);

        var one = Assert.Single((await anybody.GetFromJsonAsync<List<MunicipalPointReply>>("/api/v1/municipal-points?prefecture=23"))!);
        Assert.Equal(("232033", false, 1), (one.Code, one.Member, one.Libraries));
        Assert.Contains("一宮市立図書館", WebUtility.HtmlDecode(await anybody.GetStringAsync("/navi/points/232033")), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P18b_K_32_the_terms_tell_each_expiry_out_of_the_registry(Engine engine)
    {
        await using var town = await Residents.Start(engine);
        using var anybody = town.App.Client();
        Assert.True((await town.Get<ChangeMunicipality>().Run(new(Residents.B, "もりのポイント", IssuerKind.Public, 90, null, MunicipalityState.Live, Clerk))).Ok);

        var page = WebUtility.HtmlDecode(await anybody.GetStringAsync("/navi/terms"));

        Assert.Equal(3, Regex.Count(page, "<th scope=\"row\">"));
        Assert.Matches("もりのポイント</td>\\s*<td data-label=\"期限\">受け取った日から90日たった日の夜12時まで", page);
        Assert.Matches("A市ポイント</td>\\s*<td data-label=\"期限\">受け取った日から2年たった日の夜12時まで", page);
        foreach (var said in new[] { ">14日<", ">3日<", "イベントごとに", "決済サービスが決めています" }) Assert.Contains(said, page, StringComparison.Ordinal);
        Assert.Contains("沖縄県で、ポイントを始めた自治体は、まだありません", WebUtility.HtmlDecode(await anybody.GetStringAsync("/navi/terms?prefecture=47")), StringComparison.Ordinal);
        var told = (await anybody.GetFromJsonAsync<MunicipalPointReply>("/api/v1/municipal-points/134988"))!;
        Assert.Equal(("もりのポイント", 90, null), (told.PointName, told.ExpiryDays, told.ExpiryMonths));
    }

    private static byte[] Council()
    {
        using var stream = Assembly.Load("MyKey.Sandbox").GetManifestResourceStream("MyKey.Sandbox.Demo.council228.csv")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    [GeneratedRegex("href=\"/navi/points/([0-9]{6})\"")]
    private static partial Regex PointLink();
}
