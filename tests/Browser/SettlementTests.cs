using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Settlement;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: a shop claims its month, the office approves it and books what a partner paid, and an operator follows a yen back to its lot (S2-P8a, S2-P8b, S2-Q1).</summary>
public class SettlementTests
{
    [Theory]
    [InlineData(Visit.Phone)]
    public async Task S2_P8b_S2_P8a_from_the_shops_month_to_the_approval_and_the_way_of_a_yen(int width)
    {
        await using var town = await SettledTown.Open();
        await town.Town.Grant(town.Citizen, 5_000, 300);
        await town.Exchange(1_000);
        await town.Use(1_300);
        await town.Town.Cancel(await town.Use(200));
        await town.Coupons.Desk.Invite("OF-001", Residents.A, Role.Officer, Role.Approver);
        await town.Close(2018, 1, 5);

        await Shop(town, width);
        await Office(town, width);
        await Platform(town, width);
    }

    private static async Task Shop(SettledTown town, int width)
    {
        await using var shop = await Visit.Begin(town.Town.App, width);
        var page = shop.Page;
        await shop.Open("/terminal/enrol");
        await page.GetByLabel("登録用の番号").FillAsync(await new Town(town.Town.App.Services).EnrolCode(town.Town.Shop, Residents.A));
        await page.GetByLabel("お店の番号").FillAsync(Town.ShopCode);
        await Visit.Press(page, "登録する");
        await page.GetByRole(AriaRole.Link, new() { Name = "月ごとの精算" }).ClickAsync();
        await shop.Looks("terminal-settlement-shut");
        await page.GetByLabel("お店の番号").FillAsync(Town.ShopCode);
        await Visit.Press(page, "開く");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("2017年12月");
        await shop.Looks("terminal-settlement");
        await page.GetByRole(AriaRole.Link, new() { Name = "2017年12月" }).ClickAsync();
        await Visit.Press(page, "ちがうと伝える");
        await shop.Looks("terminal-settlement-month");
        await page.GetByRole(AriaRole.Button, new() { Name = "1,300円を請求する" }).DblClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("請求されました");
        await shop.Looks("terminal-settlement-claimed");
    }

    private static async Task Office(SettledTown town, int width)
    {
        await using var office = await Visit.Begin(town.Town.App, width);
        var page = office.Page;
        await office.LogIn("office", "OF-001", town.Coupons.Desk);
        await office.Open("/office/settlement");
        await office.Looks("office-settlement");
        await page.GetByRole(AriaRole.Link, new() { Name = "2017年12月" }).ClickAsync();
        await office.Looks("office-settlement-month");
        await page.GetByRole(AriaRole.Link, new() { Name = "請求をたしかめて承認する" }).ClickAsync();
        await office.Looks("office-settlement-claims");
        await Visit.Press(page, "選んだ請求を承認する");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("支払いを待っています");
        await office.Looks("office-settlement-approved");
        await office.Open("/office/settlement/payments");
        await Visit.Press(page, "入れる");
        await office.Looks("office-settlement-payments-wrong");
        await page.GetByLabel("額（円）").FillAsync("1,000");
        await page.GetByLabel("覚え書き").FillAsync("銀行の記録 0105-12");
        await Visit.Press(page, "入れる");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("承認を待っています");
        await office.Looks("office-settlement-payments");
    }

    private static async Task Platform(SettledTown town, int width)
    {
        await using var platform = await Visit.Begin(town.Town.App, width);
        var page = platform.Page;
        await platform.LogIn("operator", "OP-001", town.Coupons.Desk);
        await platform.Open("/operator/settlement");
        await platform.Looks("operator-settlement");
        await page.GetByRole(AriaRole.Link, new() { Name = "2017年12月" }).ClickAsync();
        await platform.Looks("operator-settlement-month");
        await page.GetByRole(AriaRole.Link, new() { Name = "この月の明細" }).ClickAsync();
        await platform.Looks("operator-settlement-lines");
        await page.GetByRole(AriaRole.Link, new() { Name = "利用", Exact = true }).First.ClickAsync();
        await platform.Looks("operator-settlement-line");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^[0-9]{2}-") }).First.ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("ポイントのたどった道");
        await platform.Looks("operator-settlement-lineage");
        await platform.Open("/operator/settlement/corrections");
        await platform.Looks("operator-settlement-corrections");
    }
}
