using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Settlement;

namespace MyKey.Browser;

/// <summary>Goal: an office reads its report, picks a span and writes what a year cost; anybody reads the open data (S2-P8f, S2-P8g, S2-P6f, K-16).</summary>
public class ReportsTests
{
    [Theory]
    [InlineData(Visit.Phone)]
    [InlineData(Visit.Desk)]
    public async Task S2_P8f_S2_P6f_from_the_report_to_the_cost_of_a_year_and_the_open_data(int width)
    {
        await using var town = await SettledTown.Open();
        for (var i = 0; i < 12; i++) await town.Town.Grant(town.Citizen, 500, 300);
        await town.Exchange(1_000);
        for (var i = 0; i < 11; i++) await town.Use(100 + i);
        await town.Post(Transfer.Donate(town.Id(), town.Citizen, Residents.A, new Points(20), Actor.Job("town")));
        await town.Coupons.Desk.Invite("OF-001", Residents.A, Role.Officer, Role.Approver);
        await town.Close(2018, 1, 5);
        await town.Use(250);
        await town.Close(2018, 2, 5);

        await Office(town, width);
        await using var anybody = await Visit.Begin(town.Town.App, width);
        await anybody.Open("/navi");
        await anybody.Page.GetByRole(AriaRole.Link, new() { Name = "ポイントの数を見る（オープンデータ）" }).ClickAsync();
        await Assertions.Expect(anybody.Page.Locator("main")).ToContainTextAsync("出典を書けば、だれでも自由に使えます");
        await anybody.Looks("navi-open-data");
    }

    private static async Task Office(SettledTown town, int width)
    {
        await using var office = await Visit.Begin(town.Town.App, width);
        var page = office.Page;
        await office.LogIn("office", "OF-001", town.Coupons.Desk);
        await office.Open("/office/settlement");
        await page.GetByRole(AriaRole.Link, new() { Name = "ポイントの報告" }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("電話なしで使った人のわりあいは、分かりません");
        await office.Looks("office-reports");
        await page.GetByLabel("はじめの月").SelectOptionAsync("2018-01");
        await Visit.Press(page, "えらぶ");
        await Assertions.Expect(page.GetByLabel("はじめの月")).ToHaveValueAsync("2018-01");
        await office.Looks("office-reports-january");
        await page.GetByRole(AriaRole.Link, new() { Name = "運営の費用とポイント" }).ClickAsync();
        await Visit.Press(page, "入れる");
        await office.Looks("office-costs-wrong");
        await page.GetByLabel("運営の費用（円）").FillAsync("12,000");
        await page.GetByLabel("覚え書き").FillAsync("委託料");
        await Visit.Press(page, "入れる");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("費用を入れました");
        await office.Looks("office-costs");
    }
}
