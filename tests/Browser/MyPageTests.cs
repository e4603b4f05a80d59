using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Tests.App.MyPage;

namespace MyKey.Browser;

/// <summary>Goal: journey 5 in a real browser, without a reader: log in, see what is left and until when, find what happened, report it.</summary>
public class MyPageTests
{
    [Theory, InlineData(Visit.Phone)]
    public async Task Journey_5_from_the_door_to_the_report(int width)
    {
        await using var town = await Residents.Start();
        var me = await town.Resident();
        await Furnish(town, me);
        await using var visit = await Visit.Begin(town.App, width);
        var page = visit.Page;
        await visit.Open("/");
        await page.Locator("a.door[href='/my']").ClickAsync();
        await visit.Looks("my-login");
        await Login(page, "wrong-wrong-wrong");
        await visit.Looks("my-login-failed");
        await Login(page, Residents.Password);
        await Visit.Arrive(page, "**/my");
        await visit.Looks("my-home");
        await page.GetByRole(AriaRole.Link, new() { Name = "A市ポイントの記録" }).ClickAsync();
        await visit.Looks("my-history");
        await page.GetByRole(AriaRole.Link, new() { Name = "くわしく" }).First.ClickAsync();
        await visit.Looks("my-entry");
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task First_the_base_municipality_then_the_number_for_the_shop(int width)
    {
        await using var town = await Residents.Start();
        var me = await town.Resident();
        await town.Grant(me, 500, 30);
        await using var visit = await Visit.Begin(town.App, width, script: false);
        var page = visit.Page;
        await visit.Open("/my/code");
        await Login(page, Residents.Password);
        await Visit.Arrive(page, "**/my/code");
        await page.GetByRole(AriaRole.Link, new() { Name = "基本の自治体を選ぶ" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "この自治体にする" }).ClickAsync();
        await page.Locator("#Town").SelectOptionAsync("132985");
        await page.GetByRole(AriaRole.Button, new() { Name = "この自治体にする" }).ClickAsync();
        await Visit.Arrive(page, "**/my/settings?saved=base");
        visit.Quiet();
        await page.GetByRole(AriaRole.Navigation, new() { Name = "主なメニュー" }).GetByRole(AriaRole.Link, new() { Name = "お店で使う番号" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "お店で使う番号を出す" }).ClickAsync();
        var shown = await page.Locator(".result .code").InnerTextAsync();
        Assert.Matches("^[0-9]{6}$", shown);
        await page.ReloadAsync();
        Assert.Equal(shown, await page.Locator(".result .code").InnerTextAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "ログアウト" }).ClickAsync();
        await Visit.Arrive(page, "**/my/login?left=1");
        visit.Quiet();
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task The_quiet_states(int width)
    {
        await using var town = await Residents.Start();
        await town.Resident();
        await using var visit = await Visit.Begin(town.App, width);
        var page = visit.Page;
        await visit.Open("/my/settings");
        await Login(page, Residents.Password);
        await Visit.Arrive(page, "**/my/settings");
        await visit.Looks("my-settings");
        await page.GetByLabel("いまのパスワード").FillAsync(Residents.Password);
        await page.GetByLabel("新しいパスワード").FillAsync("password123");
        await page.GetByRole(AriaRole.Button, new() { Name = "パスワードを変える" }).ClickAsync();
        await page.Locator(".summary").WaitForAsync();
        await visit.Looks("my-settings-wrong");
        await visit.Open("/my");
        await visit.Looks("my-home-new");
        await visit.Open("/my/history/132985");
        await visit.Looks("my-history-empty");
        await visit.Open("/my/code");
        await visit.Looks("my-code-no-base");
        await visit.Open("/my/settings");
        await page.Locator("#Town").SelectOptionAsync("132985");
        await page.GetByRole(AriaRole.Button, new() { Name = "この自治体にする" }).ClickAsync();
        await Visit.Arrive(page, "**/my/settings?saved=base");
        await visit.Looks("my-settings-saved");
        await visit.Open("/my/code");
        await visit.Looks("my-code-ask");
        await page.GetByRole(AriaRole.Button, new() { Name = "お店で使う番号を出す" }).ClickAsync();
        await page.Locator(".result").WaitForAsync();
        await visit.Looks("my-code");
    }

    private static async Task Login(IPage page, string password)
    {
        await page.Locator("#MyKeyId").FillAsync(Residents.MyKeyId);
        await page.Locator("#Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "ログイン", Exact = true }).ClickAsync();
    }

    private static async Task Furnish(Residents town, Kernel.CitizenId me)
    {
        await town.Grant(me, 500, 47, Residents.B);
        await town.Grant(me, 1500, 197, Residents.B);
        await town.Grant(me, 800, 106);
        await town.Grant(me, 1500, 284);
        await town.Grant(me, 800, 420);
        await town.Grant(me, 1740, 320, Residents.C);
        await town.Use(me, 300);
        var wrong = await town.Use(me, 500);
        await town.Cancel(wrong);
    }
}
