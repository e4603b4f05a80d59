using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Sandbox.Partners;
using MyKey.Tests.App.LinkedExchange;
using MyKey.Tests.App.MyPage;

namespace MyKey.Browser;

/// <summary>Goal: a partner's points become municipal points over its own login, and what is stuck is seen and settled (S2-P11a, S2-P17g).</summary>
public class LinkedExchangeTests
{
    [Theory, InlineData(Visit.Phone)]
    public async Task S2_P11a_S2_P17g_link_once_then_three_screens_and_an_operator_settles_what_is_stuck(int width)
    {
        await using var town = await LinkTown.Open();
        var me = await town.Town.Resident(home: Residents.A);
        await using var visit = await Visit.Begin(town.Town.App, width, agent: town.Partner);
        var page = visit.Page;

        await visit.Open($"/exchange/{LinkTown.Sora}");
        await visit.Looks("link-partner");
        await page.GetByRole(AriaRole.Link, new() { Name = "ポイント数を決めて交換する" }).ClickAsync();
        await page.Locator("#MyKeyId").FillAsync(Residents.MyKeyId);
        await page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(page, "ログイン");
        await Visit.Arrive(page, $"**/my/exchange/link/{LinkTown.Sora}");
        await visit.Looks("link-begin");
        await page.GetByRole(AriaRole.Link, new() { Name = "そらエアーのログインへ進む" }).ClickAsync();
        await page.GetByLabel("会員番号").FillAsync("member01");
        await page.GetByLabel("パスワード").FillAsync(PartnerBooks.Password);
        await visit.Looks("link-partner-login");
        await Visit.Press(page, "ログイン");
        await visit.Looks("link-partner-consent");
        await Visit.Press(page, "許す");
        await Visit.Arrive(page, $"**/my/exchange/link/{LinkTown.Sora}?linked=1");
        await page.GetByLabel("交換するポイント数").FillAsync("250");
        await Visit.Press(page, "確認へ進む");
        await page.Locator(".summary").WaitForAsync();
        await visit.Looks("link-amount-wrong");
        await page.GetByLabel("交換するポイント数").FillAsync("１０００");
        await Visit.Press(page, "確認へ進む");
        await Visit.Arrive(page, "**/confirm");
        await visit.Looks("link-confirm");
        await Visit.Press(page, "交換する");
        await Visit.Arrive(page, "**/my/exchange/orders/*");
        await visit.Looks("link-done");
        Assert.Equal((4_000L, 1_000L), await town.Points(me));

        town.Books.Set(LinkTown.Sora, PartnerFault.Lies);
        await page.GetByRole(AriaRole.Link, new() { Name = "つづけてためる" }).ClickAsync();
        await page.GetByLabel("交換するポイント数").FillAsync("200");
        await Visit.Press(page, "確認へ進む");
        await Visit.Press(page, "交換する");
        await Visit.Arrive(page, "**/my/exchange/orders/*");
        await visit.Looks("link-stuck");
        await visit.Open("/my/settings/links");
        await visit.Looks("link-settings");
        await page.GetByRole(AriaRole.Button, new() { Name = "つながりを外す" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("外しました");

        await using var operators = await Visit.Begin(town.Town.App, width);
        await operators.LogIn("operator", "OP-001", town.Coupons.Desk);
        await operators.Open($"/operator/partners/{LinkTown.Sora}");
        await operators.Looks("operator-partner-link");
        await operators.Open($"/operator/partners/{LinkTown.Sora}/sites");
        await operators.Looks("operator-partner-site");
        await Visit.Menu(operators.Page, "とちゅうの交換");
        await operators.Looks("operator-link-orders");
        await operators.Page.GetByRole(AriaRole.Link, new() { Name = "終わりにする" }).ClickAsync();
        await operators.Looks("operator-link-order-end");
        await operators.Page.GetByRole(AriaRole.Link, new() { Name = "やめて戻る" }).ClickAsync();
        town.Books.Set(LinkTown.Sora, PartnerFault.None);
        await operators.Page.GetByRole(AriaRole.Button, new() { Name = "もう一度たずねる" }).ClickAsync();
        await Assertions.Expect(operators.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("ポイントがふえました");
        Assert.Equal((3_800L, 1_200L), await town.Points(me));
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task S2_P3b_a_member_begins_on_the_partners_own_page(int width)
    {
        await using var town = await LinkTown.Open();
        var me = await town.Town.Resident(home: Residents.A);
        using var linked = await town.Linked();
        using var machine = await town.Coupons.Machine(LinkTown.Sora);
        town.Books.SetUp(LinkTown.Sora, machine.DefaultRequestHeaders.Authorization!.Parameter!);
        await using var visit = await Visit.Begin(town.Town.App, width, agent: town.Partner);
        var page = visit.Page;
        await page.GotoAsync($"{town.Partner}/");
        await page.GetByLabel("マイキーのポイントにする数（member01）").FillAsync("1000");
        await visit.Looks("partner-begin");
        await page.GetByRole(AriaRole.Button, new() { Name = "マイキーのポイントにする" }).First.DblClickAsync();
        await page.GetByText("マイキーのポイントになりました").WaitForAsync();
        await visit.Looks("partner-begun");
        Assert.Equal(4_000, town.Books.PointsOf(LinkTown.Sora, "member01"));
        await visit.Open("/my/reserved");
        await page.Locator("#MyKeyId").FillAsync(Residents.MyKeyId);
        await page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(page, "ログイン");
        await Visit.Arrive(page, "**/my/reserved");
        await visit.Looks("partner-begun-reserved");
        Assert.Equal((4_000L, 0L), await town.Points(me));
    }
}
