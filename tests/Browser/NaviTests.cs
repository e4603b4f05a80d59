using System.Net.Http.Json;
using System.Reflection;
using Microsoft.Playwright;
using MyKey.App.Navi.Portal;
using MyKey.App.Registry;
using MyKey.Browser.Support;
using MyKey.Kernel;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Pledges;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Browser;

/// <summary>Goal: whoever wants to know where points can be used finds it by map, list, name or keyboard, and what is announced stands there from its minute on (group P).</summary>
public sealed class NaviTests
{
    private static readonly Actor Clerk = Actor.Job("town");

    [Fact]
    public async Task S2_P17_S2_P18_S4_16_from_the_first_page_over_the_map_to_a_municipality_and_its_terms()
    {
        await using var town = await Furnished();
        foreach (var width in new[] { Visit.Phone, Visit.Desk })
        {
            await using var visit = await Visit.Begin(town.Town.App, width);
            var page = visit.Page;
            await visit.Open("/");
            await visit.Looks("portal");
            await page.GetByRole(AriaRole.Link, new() { Name = "カードを持っている" }).ClickAsync();
            await Assertions.Expect(page.Locator("main")).ToContainTextAsync("手順2からです");
            await visit.Looks("portal-steps");
            await page.GetByRole(AriaRole.Link, new() { Name = "自治体ポイントナビを開く" }).ClickAsync();
            await Visit.Arrive(page, "**/navi");
            await visit.Looks("navi");
            var map = page.Locator("svg.map[role=group] a");
            Assert.Equal(47, await map.CountAsync());
            if (width == Visit.Desk)
            {
                foreach (var tile in await map.AllAsync())
                {
                    var box = (await tile.Locator("rect").BoundingBoxAsync())!;
                    Assert.True(box.Width >= 43.9 && box.Height >= 43.9, $"{await tile.TextContentAsync()} is {box.Width} x {box.Height}");
                }
                await map.Nth(12).FocusAsync();
                await page.Keyboard.PressAsync("Tab");
                Assert.Equal("/navi/points?prefecture=14#result", await page.EvaluateAsync<string>("document.activeElement.getAttribute('href')"));
                await page.Keyboard.PressAsync("Shift+Tab");
                await page.Keyboard.PressAsync("Enter");
            }
            else
            {
                Assert.False(await map.First.IsVisibleAsync(), "on a telephone the list stands alone");
                await page.GetByRole(AriaRole.Link, new() { Name = "東京都", Exact = true }).ClickAsync();
            }
            await Visit.Arrive(page, "**/navi/points?prefecture=13#result");
            await Assertions.Expect(page.Locator("#result")).ToContainTextAsync("A市ポイント");
            await visit.Looks("navi-points");
            await page.GetByRole(AriaRole.Link, new() { Name = "東京都A市", Exact = true }).ClickAsync();
            await Visit.Arrive(page, "**/navi/points/132985");
            await visit.Looks("navi-point");
            await page.GetByRole(AriaRole.Link, new() { Name = "期限の決まりをすべて見る" }).ClickAsync();
            await visit.Looks("navi-terms");
            await visit.Open("/navi/points?prefecture=47");
            await Assertions.Expect(page.Locator("#result")).ToContainTextAsync("沖縄県で使えるポイントは、まだありません");
            await visit.Looks("navi-none");
            foreach (var (path, name) in new[] { ("/navi/list", "navi-list"), ("/navi/about", "navi-about"), ("/navi/manuals", "manuals"), ("/navi/manuals/everyone", "manual"), ("/news", "news") })
            {
                Assert.Equal(200, await visit.Open(path));
                await visit.Looks(name);
            }
        }
    }

    [Fact]
    public async Task S2_P1c_S2_P17a_S4_19_an_operator_announces_recommends_and_writes()
    {
        await using var town = await Furnished();
        await using (var work = await Visit.Begin(town.Town.App, Visit.Phone))
        {
            await work.LogIn("operator", "OP-001", town.Coupons.Desk);
            var page = work.Page;
            await Visit.Menu(page, "ポータル");
            await work.Looks("operator-portal");
            await page.GetByRole(AriaRole.Link, new() { Name = "お知らせを加える" }).ClickAsync();
            await page.GetByLabel("見出し").FillAsync("年末年始の窓口のお休み");
            await page.GetByLabel("文章").FillAsync("12月29日から1月3日まで、窓口を休みます。");
            await page.GetByLabel("出しはじめる日時").FillAsync("2017-12-15T11:00");
            await page.GetByLabel("出し終わる日時").FillAsync("2017-12-15T10:00");
            await Visit.Press(page, "保存する");
            await Assertions.Expect(page.Locator("main")).ToContainTextAsync("終わりの日が、はじめの日より前です");
            await work.Looks("operator-news-wrong");
            await page.GetByLabel("出し終わる日時").FillAsync("2018-01-04T08:30");
            await Visit.Press(page, "保存する");
            await Assertions.Expect(page.Locator("main")).ToContainTextAsync("出ています");
            await page.GetByRole(AriaRole.Link, new() { Name = "おすすめを加える" }).ClickAsync();
            await page.Locator("#Municipality").SelectOptionAsync(Residents.B.Value);
            await page.GetByLabel("紹介の言葉").FillAsync("森のお店で使えます");
            await work.Looks("operator-featured");
            await Visit.Press(page, "保存する");
            await page.GetByRole(AriaRole.Link, new() { Name = "はじめの文章" }).ClickAsync();
            await work.Looks("operator-text");
            await page.GetByLabel("文章").FillAsync("冬の応援をしています。");
            await page.GetByLabel("使いはじめる日時").FillAsync("2017-12-15T11:00");
            await Visit.Press(page, "保存する");
            await work.Looks("operator-portal-filled");
        }
        await using var visit = await Visit.Begin(town.Town.App, Visit.Phone);
        await visit.Open("/navi");
        foreach (var said in new[] { "年末年始の窓口のお休み", "森のお店で使えます", "冬の応援をしています。" }) await Assertions.Expect(visit.Page.Locator("main")).ToContainTextAsync(said);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "年末年始の窓口のお休み" }).ClickAsync();
        await visit.Looks("announcement");
    }

    /// <summary>Three municipalities that give points, 228 members, a shop and two sites, a partner, and something announced and recommended.</summary>
    internal static async Task<OnlineTown> Furnished()
    {
        var town = await OnlineTown.Open(hooks: false);
        await town.AddPartner();
        using var stream = Assembly.Load("MyKey.Sandbox").GetManifestResourceStream("MyKey.Sandbox.Demo.council228.csv")!;
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        Assert.True((await town.Town.Get<ImportMunicipalities>().Run(file, Clerk)).Ok);
        Assert.True((await town.Town.Get<ImportCouncil>().Run(file, new DateOnly(2017, 8, 30), Clerk)).Ok);
        Assert.True((await town.Town.Get<SetUsageRule>().ForKind(Residents.A, "shop", UsageArea.Own, Clerk)).Ok);
        await Read<FeaturedReply>(await town.Operator.PutAsJsonAsync($"/api/v1/operator/portal/featured-points/{Residents.A.Value}", new FeaturedRequest("商店街のお店で使えます", 10)));
        await Read<WrittenAnnouncementReply>(await town.Operator.PutAsJsonAsync($"/api/v1/operator/portal/announcements/{Guid.CreateVersion7()}", new AnnouncementRequest("ポイントが始まりました", "使えるお店をさがしてください。", "2017-09-25T00:00")));
        return town;
    }
}
