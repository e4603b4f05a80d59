using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;

namespace MyKey.Browser;

/// <summary>Goal: a code from paper, mail or a link becomes points in few steps, and operators keep the companies alone on their pages (group E).</summary>
public class ExchangeTests
{
    [Theory, InlineData(Visit.Phone)]
    public async Task S0_5007_codes_from_paper_three_screens_after_the_log_in(int width)
    {
        await using var town = await CouponTown.Open();
        await town.AddPartner(CouponTown.Air, "そらエアー", "airline", mode: "coupon_paper");
        var me = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(me, 800, 100);
        await town.Bring(await town.Machine(), 500, "GOOD0001XY", "GOOD0002XY");
        await using var visit = await Visit.Begin(town.Town.App, width);
        var page = visit.Page;

        await visit.Open("/exchange");
        await visit.Looks("exchange-partners");
        await page.GetByRole(AriaRole.Link, new() { Name = "あおばカード" }).ClickAsync();
        await visit.Looks("exchange-partner");
        await page.GetByRole(AriaRole.Link, new() { Name = "コードを入れて交換する" }).ClickAsync();
        await page.Locator("#MyKeyId").FillAsync(Residents.MyKeyId);
        await page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(page, "ログイン");
        await Visit.Arrive(page, "**/my/exchange");
        await visit.Looks("my-exchange");
        Assert.Equal(Residents.A.Value, await page.Locator("#Town").InputValueAsync());
        await page.GetByLabel("1つめのコード").FillAsync("NONE0001XY");
        await Visit.Press(page, "確認へ進む");
        await page.Locator(".summary").WaitForAsync();
        await visit.Looks("my-exchange-wrong");
        await page.GetByLabel("1つめのコード").FillAsync("good-0001-xy");
        await page.GetByText("2つめからのコードを入れる").ClickAsync();
        await page.GetByLabel("2つめのコード").FillAsync("GOOD0002XY");
        await page.GetByLabel("3つめのコード").FillAsync("NONE0002XY");
        await Visit.Press(page, "確認へ進む");
        await Visit.Arrive(page, "**/my/exchange/confirm");
        await visit.Looks("my-exchange-confirm");
        await page.GetByRole(AriaRole.Link, new() { Name = "直す" }).ClickAsync();
        Assert.Equal("NONE0002XY", await page.GetByLabel("3つめのコード").InputValueAsync());
        await Visit.Press(page, "確認へ進む");
        await Visit.Press(page, "交換する");
        await Visit.Arrive(page, "**/my/exchange/done/*");
        await visit.Looks("my-exchange-done");
        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "マイページへ" }).ClickAsync();
        await visit.Looks("my-home-exchange");
        Assert.Equal(1_800, await town.Usable(me));
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task S2_P11d_a_link_needs_two_screens_after_the_log_in(int width)
    {
        await using var town = await CouponTown.Open();
        var me = await town.Town.Resident(home: Residents.A);
        await town.Bring(await town.Machine(), 500, "LINK0001XY");
        await using var visit = await Visit.Begin(town.Town.App, width);
        var page = visit.Page;

        await visit.Open("/my/exchange/c/LINK0001XY");
        await page.Locator("#MyKeyId").FillAsync(Residents.MyKeyId);
        await page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(page, "ログイン");
        await Visit.Arrive(page, "**/my/exchange/confirm");
        await Visit.Press(page, "交換する");
        await Visit.Arrive(page, "**/my/exchange/done/*");
        visit.Quiet();
        await visit.Open("/my/exchange/c/LINK0001XY");
        await visit.Looks("my-exchange-used");
        Assert.Equal(500, await town.Usable(me));
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task S0_5006_an_operator_adds_a_company_with_its_way_terms_campaign_and_key(int width)
    {
        await using var town = await CouponTown.Open(partner: false);
        await using var visit = await Visit.Begin(town.Town.App, width);
        var page = visit.Page;
        await visit.LogIn("operator", "OP-001", town.Desk);
        await Visit.Menu(page, "協力会社");
        await visit.Looks("operator-partners-empty");
        await page.GetByRole(AriaRole.Link, new() { Name = "会社を加える" }).ClickAsync();
        await page.GetByLabel("番号").FillAsync("aoba-card");
        await page.GetByLabel("会社の名前").FillAsync("あおばカード");
        await page.GetByLabel("よみがな").FillAsync("あおばカード");
        await page.GetByLabel("カード", new() { Exact = true }).CheckAsync();
        await page.GetByLabel("交換の案内のアドレス").FillAsync("http://partner.example/");
        await page.GetByLabel("問い合わせ先のアドレス").FillAsync("https://partner.example/help");
        await Visit.Press(page, "加える");
        await page.Locator(".summary").WaitForAsync();
        await visit.Looks("operator-partner-new-wrong");
        await page.GetByLabel("交換の案内のアドレス").FillAsync("https://partner.example/exchange");
        await Visit.Press(page, "加える");
        await Visit.Arrive(page, "**/operator/partners/aoba-card");
        await page.GetByRole(AriaRole.Link, new() { Name = "受け取り方を加える" }).ClickAsync();
        await page.GetByLabel("メールなどのリンク").CheckAsync();
        await page.GetByLabel("いつから").FillAsync("2017-12-15");
        await visit.Looks("operator-partner-mode");
        await Visit.Press(page, "加える");
        await page.GetByRole(AriaRole.Link, new() { Name = "条件を加える" }).ClickAsync();
        await page.GetByLabel("会社のポイント").FillAsync("100");
        await page.GetByLabel("自治体ポイント").FillAsync("100");
        await page.GetByLabel("いくつから").FillAsync("５００");
        await page.GetByLabel("単位").FillAsync("100");
        await page.GetByLabel("受付を始める時刻").FillAsync("07:00");
        await page.GetByLabel("受付を終える時刻").FillAsync("23:00");
        await visit.Looks("operator-partner-terms");
        await Visit.Press(page, "加える");
        await page.GetByRole(AriaRole.Link, new() { Name = "交換率アップを加える" }).ClickAsync();
        await page.GetByLabel("いつから").FillAsync("2017-12-20");
        await page.GetByLabel("いつまで").FillAsync("2017-12-31");
        await page.GetByLabel("会社のポイント").FillAsync("100");
        await page.GetByLabel("自治体ポイント").FillAsync("120");
        await Visit.Press(page, "加える");
        await page.GetByRole(AriaRole.Link, new() { Name = "かぎを申しこむ" }).ClickAsync();
        await page.GetByLabel("システムの名前").FillAsync("クーポンのシステム");
        await Visit.Press(page, "申しこむ");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("承認を待っています");
        await visit.Looks("operator-partner");
        await page.GetByRole(AriaRole.Link, new() { Name = "会社の登録を変える" }).ClickAsync();
        await visit.Looks("operator-partner-change");
        await visit.Open("/operator/partners");
        await visit.Looks("operator-partners");
        await visit.Open("/operator/machine-keys");
        await visit.Looks("operator-keys-partner");
    }
}
