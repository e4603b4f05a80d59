using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyKey.App.Registry;
using MyKey.App.StreetCards;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Sandbox.Partners;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.StreetCards;

namespace MyKey.Browser;

/// <summary>Goal: a desk links and charges a new card in one flow, and its citizen sees it, charges it again and takes it off (S4-07a, S4-07e, S2-P7j).</summary>
public class StreetCardTests
{
    [Theory]
    [InlineData(Visit.Phone)]
    public async Task S4_07a_from_the_desk_to_my_page_and_what_is_stuck(int width)
    {
        await using var town = await CentreTown.Open();
        await town.Town.Grant(await town.Town.Resident(home: Residents.A), 2_800, 100);
        await Desk(town, width);

        await using var own = await Visit.Begin(town.Town.App, width);
        var page = own.Page;
        await own.Open("/my/cards");
        await page.Locator("#MyKeyId").FillAsync(Residents.MyKeyId);
        await page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(page, "ログイン");
        await Visit.Arrive(page, "**/my/cards");
        await own.Looks("my-cards");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("ポイントを入れる") }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("自治体から");
        await own.Looks("my-card");
        await page.GetByLabel("入れるポイント数").FillAsync("3,000");
        await Visit.Press(page, "確認へ進む");
        await own.Looks("my-card-wrong");
        await page.GetByLabel("入れるポイント数").FillAsync("300");
        await Visit.Press(page, "確認へ進む");
        await own.Looks("my-card-confirm");
        town.Books.Set(CentreTown.Sano, PartnerFault.Lies);
        await page.GetByRole(AriaRole.Button, new() { Name = "カードに入れる", Exact = true }).DblClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/my/cards/charges/[0-9a-f-]{36}$"));
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("運用者がたしかめています");
        await own.Looks("my-card-stuck");
        var stuck = new Uri(page.Url).AbsolutePath;
        town.Books.Set(CentreTown.Sano, PartnerFault.None);
        await Platform(town, width);
        await page.GotoAsync(stuck);
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("カードに入れました");
        await own.Looks("my-card-charged");
        Assert.Equal("exchanged 0 city 800 association 0", town.On());
        await page.GotoAsync($"/my/cards/{town.Street}");
        await Visit.Press(page, "マイキーIDから外す");
        await Visit.Arrive(page, "**/my/cards");
        await Assertions.Expect(page.Locator("main")).Not.ToContainTextAsync("あなたのカードは");
    }

    [Theory]
    [InlineData(Visit.Phone)]
    public async Task Z2_a_desk_takes_its_charge_back_and_an_operator_sees_it(int width)
    {
        await using var town = await CentreTown.Open();
        await town.Town.Grant(await town.Town.Resident(home: Residents.A), 2_800, 100);
        var receipt = await Desk(town, width, back: true);
        Assert.Equal("exchanged 0 city 0 association 0", town.On());

        await using var platform = await Visit.Begin(town.Town.App, width);
        await platform.LogIn("operator", "OP-001", town.Coupons.Desk);
        await platform.Page.GotoAsync("/operator/street-cards");
        await platform.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("控えの番号で") }).ClickAsync();
        await platform.Page.GetByLabel("控えの番号").FillAsync("04-XXXX");
        await Visit.Press(platform.Page, "調べる");
        await platform.Looks("operator-charge-wrong");
        await platform.Page.GetByLabel("控えの番号").FillAsync(receipt);
        await Visit.Press(platform.Page, "調べる");
        await Assertions.Expect(platform.Page.Locator("main")).ToContainTextAsync("取り消してあります");
        await platform.Looks("operator-charge-back");
    }

    private static async Task<string> Desk(CentreTown town, int width, bool back = false)
    {
        var place = Ids.New<AcceptorId>(town.Clock);
        Assert.True((await town.Town.Get<RegisterAcceptor>().Run(new(place, Residents.A, "shop", "まち処", Actor.Job("test")))).Ok);
        var clerk = new StaffMember(Ids.New<StaffId>(town.Clock), "T-1", StaffState.Active, [new GivenRole(Role.TerminalAdmin, Residents.A)]);
        var code = (await town.Town.Get<RegisterTerminal>().Register(clerk, new NewTerminal(Residents.A, place.Value, "端末1", [TerminalProfile.TicketOffice]))).Value.Code;
        using var me = await town.Town.LoggedIn();
        var shown = await CouponTown.Read<MyKey.App.MyPage.MyCodeReply>(await me.PostAsJsonAsync("/api/v1/my/codes", new MyKey.App.MyPage.MyCodeRequest(Residents.A.Value)));
        await using var desk = await Visit.Begin(town.Town.App, width);
        var page = desk.Page;
        await desk.Open("/terminal/enrol");
        await page.GetByLabel("登録用の番号").FillAsync(code);
        await page.GetByLabel("お店の番号").FillAsync("204816");
        await Visit.Press(page, "登録する");
        await page.GetByLabel("マイキーID").FillAsync(Residents.MyKeyId);
        await page.GetByLabel("お店で使う番号").FillAsync(shown.Code);
        await page.GetByRole(AriaRole.Button, new() { Name = "次へ" }).Last.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "商店街・バスのカードをつなぐ・入れる" }).ClickAsync();
        await page.GetByLabel("カードの番号").FillAsync("SANO-0009");
        await page.GetByLabel("入れるポイント数").FillAsync("500");
        await Visit.Press(page, "お客さまに見せる");
        await Visit.Press(page, "つないで、入れる");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("このカードの番号は見つかりません");
        await desk.Looks("terminal-card-wrong");
        await page.GetByLabel("カードの番号").FillAsync("sano-0001");
        await Visit.Press(page, "お客さまに見せる");
        await desk.Looks("terminal-card-confirm");
        await Visit.Press(page, "つないで、入れる");
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("カードに入れました");
        await desk.Looks("terminal-card-done");
        var receipt = new Uri(page.Url).Segments[^1];
        if (!back) return receipt;
        await page.GetByRole(AriaRole.Link, new() { Name = "チャージを取り消す" }).ClickAsync();
        await desk.Looks("terminal-card-back");
        await page.GetByLabel("お店の番号").FillAsync("204817");
        await Visit.Press(page, "取り消す");
        await desk.Looks("terminal-card-back-wrong");
        await page.GetByLabel("お店の番号").FillAsync("204816");
        await page.GetByRole(AriaRole.Button, new() { Name = "取り消す", Exact = true }).DblClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("ポイントは戻っています");
        await desk.Looks("terminal-card-back-done");
        return receipt;
    }

    private static async Task Platform(CentreTown town, int width)
    {
        await using var platform = await Visit.Begin(town.Town.App, width);
        await platform.LogIn("operator", "OP-001", town.Coupons.Desk);
        var page = platform.Page;
        await page.GotoAsync("/operator/street-cards");
        await platform.Looks("operator-street-cards");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("終わりにする") }).ClickAsync();
        await platform.Looks("operator-charge-end");
        await page.GotoAsync($"/operator/street-cards/{town.Street}");
        await platform.Looks("operator-street-card");
        await page.GotoAsync("/operator/street-cards");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("もう一度たずねる") }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("カードに入っていました");
    }
}
