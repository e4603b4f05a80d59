using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: a shop takes points in four screens, exactly once, and gives them back in three (S2-P7, S0-1014, decision 16).</summary>
public class TerminalTests
{
    [Theory]
    [InlineData(Visit.Phone)]
    public async Task S2_P7_from_enrolment_over_payment_to_cancel(int width)
    {
        await using var app = await TestApp.Start();
        var town = await Town.Build(app.Services);
        await using var visit = await Visit.Begin(app, width);
        var page = visit.Page;

        Assert.Equal(401, await visit.Open("/terminal"));
        await page.GetByRole(AriaRole.Link, new() { Name = "この端末を登録する" }).ClickAsync();
        await page.GetByLabel("登録用の番号").FillAsync(await town.EnrolCode(town.Shop));
        await page.GetByLabel("お店の番号").FillAsync(Town.ShopCode);
        await visit.Looks("terminal-enrol");
        await Press(page, "登録する");
        await visit.Looks("terminal-show");

        await page.GetByLabel("マイキーID").FillAsync("MY123456");
        await page.GetByLabel("お店で使う番号").FillAsync("000000");
        await Press(page, "次へ");
        await Assertions.Expect(page.Locator(".summary")).ToContainTextAsync("番号がちがいます");
        await visit.Looks("terminal-show-wrong");
        await page.GetByLabel("マイキーID").FillAsync("my123456");
        await page.GetByLabel("お店で使う番号").FillAsync(await town.Code());
        await Press(page, "次へ");

        Assert.Equal(["1 A市ポイントこの端末で使えます 2,800ポイント つかう", "2 B町ポイントこの端末で使えます 2,000ポイント つかう", "3 C村ポイントこの店では使えません 1,740ポイント"],
            (await page.Locator(".held > li").AllInnerTextsAsync()).Select(t => string.Join(' ', t.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries))).Select(t => t.Replace("ポイント この", "ポイントこの", StringComparison.Ordinal)));
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("どのポイントを使うか、お客さまに聞いてください");   // S0-4037b
        await page.GetByRole(AriaRole.Link, new() { Name = "A市ポイント つかう" }).ClickAsync();
        foreach (var (key, typed) in new[] { ("2", "2"), ("8", "28"), ("0", "280"), ("1", "2801") }) await Key(page, key, typed);
        await Press(page, "お客さまに見せる");
        await Assertions.Expect(page.Locator(".summary")).ToContainTextAsync("ポイントが足りません");
        await Key(page, "1字消す", "280");
        await page.GetByLabel("使うポイント").FillAsync("１，０００");
        await Key(page, "00", "100000");
        await Key(page, "1字消す", "10000");
        await Key(page, "1字消す", "1000");
        await Assertions.Expect(page.Locator(".till")).ToContainTextAsync("1,800");
        await visit.Looks("terminal-points");
        await Press(page, "お客さまに見せる");
        await visit.Looks("terminal-confirm");
        Assert.Equal(2800, await town.Usable(Town.A));

        await page.GetByRole(AriaRole.Button, new() { Name = "使う", Exact = true }).DblClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/terminal/done/"));
        await page.ReloadAsync();
        await visit.Looks("terminal-done");
        Assert.Equal(1800, await town.Usable(Town.A));
        var receipt = await page.Locator("dd.mono").InnerTextAsync();

        await page.GotoAsync("/terminal/cancel");
        await page.GetByLabel("控えの番号").FillAsync(receipt);
        await page.GetByLabel("お店の番号").FillAsync("999888");
        await Press(page, "次へ");
        await Assertions.Expect(page.Locator(".summary")).ToBeVisibleAsync();
        await page.GetByLabel("お店の番号").FillAsync(Town.ShopCode);
        await Press(page, "次へ");
        await visit.Looks("terminal-cancel-confirm");
        await Press(page, "取り消す");
        await visit.Looks("terminal-cancelled");
        Assert.Equal(2800, await town.Usable(Town.A));

        await page.GotoAsync("/terminal/cancel");
        await page.GetByLabel("控えの番号").FillAsync(receipt);
        await page.GetByLabel("お店の番号").FillAsync(Town.ShopCode);
        await Press(page, "次へ");
        await Assertions.Expect(page.Locator(".summary")).ToContainTextAsync("もう取り消してあります");
    }

    /// <summary>Each key is a round trip; the next one is pressed when its digit stands there.</summary>
    private static async Task Key(IPage page, string key, string typed)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = key, Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("使うポイント")).ToHaveValueAsync(typed, new() { Timeout = 30_000 });
    }

    private static Task Press(IPage page, string button) => page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).Last.ClickAsync();
}
