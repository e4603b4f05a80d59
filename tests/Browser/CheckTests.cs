using Microsoft.Playwright;
using MyKey.Browser.Support;

namespace MyKey.Browser;

/// <summary>Goal: a person who sets up a machine sees what is missing, mends it and sees it well, without starting anew (S1-12a).</summary>
public sealed class CheckTests
{
    [Theory, InlineData(Visit.Phone)]
    public async Task S1_12a_from_no_card_to_all_well(int width)
    {
        await using var rig = await CardVisit.Begin(width);
        var (town, visit, page) = (rig.Town, rig.Visit, rig.Visit.Page);
        using var card = town.Authority.Issue();

        await visit.Open("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "事前チェック" }).ClickAsync();
        await visit.Looks("check");
        await page.GetByRole(AriaRole.Link, new() { Name = "準備ソフトがないときの結果" }).ClickAsync();
        await Assertions.Expect(page.Locator("tbody tr").First).ToContainTextAsync("○ 使えます");
        await visit.Looks("check-no-software");
        await page.GetByRole(AriaRole.Link, new() { Name = "準備ソフトを入れる" }).ClickAsync();
        await visit.Looks("downloads-none");
        await page.GetByRole(AriaRole.Link, new() { Name = "事前チェック" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "しらべる" }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("置かれていません");
        await visit.Looks("check-no-card");
        rig.Put(card);
        await page.GetByRole(AriaRole.Link, new() { Name = "もう一度しらべる" }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("この機器で、カードを使えます");
        await visit.Looks("check-well");
        visit.Quiet();
    }
}
