using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: an office brings a shop and its terminal to life alone, and the operator stops and resumes an ID (S4-06a, S0-1022).</summary>
public class OfficeTests
{
    [Theory]
    [InlineData(Visit.Phone)]
    public async Task S4_06a_a_shop_gets_a_terminal_in_three_screens(int width)
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        await desk.Invite("TA-001", Town.A, Role.TerminalAdmin, Role.StaffAdmin);
        await using var visit = await Visit.Begin(app, width);
        var page = visit.Page;
        await visit.LogIn("office", "TA-001", desk);
        await visit.Looks("office-home");
        await Visit.Menu(page, "お店と端末");
        await visit.Looks("office-shops");
        await page.GetByRole(AriaRole.Link, new() { Name = "お店を登録する" }).ClickAsync();
        await Visit.Press(page, "登録する");
        await visit.Looks("office-shop-new");
        await page.GetByLabel("お店の名前").FillAsync("はなや");
        await page.GetByLabel("お店の種類").SelectOptionAsync("shop");
        await Visit.Press(page, "登録する");
        await page.GetByRole(AriaRole.Link, new() { Name = "端末を登録する" }).ClickAsync();
        await page.GetByLabel("端末の置き場所").FillAsync("レジ1");
        await visit.Looks("office-terminal-new");
        await Visit.Press(page, "登録用の番号を出す");
        var code = await page.Locator(".one-time-code").InnerTextAsync();
        await visit.Looks("office-terminal-code");

        await using (var device = await Visit.Begin(app, width))
        {
            await device.Open("/terminal/enrol");
            await device.Page.GetByLabel("登録用の番号").FillAsync(code);
            await device.Page.GetByLabel("お店の番号").FillAsync(Town.ShopCode);
            await Visit.Press(device.Page, "登録する");
            await Assertions.Expect(device.Page.Locator(".bar")).ToContainTextAsync("はなや レジ1");
        }

        await page.GetByRole(AriaRole.Link, new() { Name = "前の画面に戻る" }).ClickAsync();
        var shop = page.Url;
        await page.GetByRole(AriaRole.Link, new() { Name = "お店と端末" }).Last.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "商店街", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "名前" }).FillAsync("○○商店街");
        await Visit.Press(page, "加える");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "名前" }).FillAsync("△△通り");
        await Visit.Press(page, "加える");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "△△通りの名前を変える" })).ToBeVisibleAsync();
        await visit.Looks("office-streets");
        await page.GotoAsync(shop);
        await page.Locator("#Street").SelectOptionAsync("○○商店街");
        await Visit.Press(page, "変える");
        await visit.Looks("office-shop");
        await page.GetByRole(AriaRole.Link, new() { Name = "レジ1を止める" }).ClickAsync();
        await page.GetByLabel("止める理由").FillAsync("お店の端末を入れかえた");
        await visit.Looks("office-terminal-stop");
        await Visit.Press(page, "この端末を止める");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("端末を止めました");
    }

    [Theory]
    [InlineData(Visit.Phone)]
    public async Task S4_14_points_that_are_given_but_not_used_yet_say_so(int width)
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        await desk.Invite("TA-001", Town.A, Role.StaffAdmin);
        await using var visit = await Visit.Begin(app, width);
        var page = visit.Page;
        await visit.LogIn("office", "TA-001", desk);
        await visit.Open("/office/points");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "使い始める日" }).FillAsync("2099-04-01");
        await Visit.Press(page, "使い始める日を変える");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("変えました");
        await Assertions.Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "使い始める日" })).ToHaveValueAsync("2099-04-01");
        await visit.Looks("office-points");
    }

    [Theory]
    [InlineData(Visit.Phone)]
    public async Task S0_1022_an_id_is_stopped_read_and_resumed(int width)
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        await desk.Operator();
        await using var visit = await Visit.Begin(app, width);
        var page = visit.Page;
        await visit.LogIn("operator", "OP-001", desk);
        await Visit.Menu(page, "マイキーID");
        await page.GetByLabel("マイキーID").FillAsync("my123456");
        await visit.Looks("operator-find");
        await Visit.Press(page, "探す");
        await page.GetByLabel("理由").FillAsync("受付番号12");
        await visit.Looks("operator-id");
        await Visit.Press(page, "このIDを止める");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("マイキーIDを止めました");
        await visit.Looks("operator-id-suspended");
        await page.GetByRole(AriaRole.Link, new() { Name = "記録を取り出す" }).ClickAsync();
        await page.GetByLabel("取り出す理由").FillAsync("受付番号12の調査");
        await Visit.Press(page, "記録を見る");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "操作の記録" })).ToBeVisibleAsync();
        await visit.Looks("operator-extract");
        await visit.Open("/operator/citizens/MY123456");
        await page.GetByLabel("理由").FillAsync("調べ終わった");
        await Visit.Press(page, "このIDを元に戻す");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("マイキーIDを元に戻しました");
    }
}
