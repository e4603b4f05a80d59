using Microsoft.Playwright;
using MyKey.App.Pledges;
using MyKey.App.SiteEvents;
using MyKey.Browser.Support;
using MyKey.Kernel;
using MyKey.Kernel.Settings;
using MyKey.Sandbox.Online;
using MyKey.Sandbox.Partners;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Pledges;
using static MyKey.Tests.App.Pledges.OnlineTown;

namespace MyKey.Browser;

/// <summary>Goal: a citizen links a shop, pays there with points, wholly or in part, and gets them back; supports a project; and operators see it all (group M).</summary>
public class OnlineTests
{
    [Theory, InlineData(Visit.Phone)]
    public async Task S0_4015_K_02_by_password_the_page_asks_for_the_card_first(int width)
    {
        await using var town = await OnlineTown.Open(asShipped: true);
        await town.Town.Resident(home: Residents.A);
        await using var visit = await Visit.Begin(town.Town.App, width);
        await visit.Open($"/my/online/link/{Shop}");
        await visit.Page.Locator("#MyKeyId").FillAsync(Residents.MyKeyId);
        await visit.Page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(visit.Page, "ログイン");
        await visit.Page.GetByText("先に、カードでたしかめます").WaitForAsync();
        await visit.Looks("online-link-card");
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task S0_4009a_S0_4015_S0_4010b_S4_12a_M_D1_S2_P19a_S2_P20_from_the_portal_to_the_shop_and_back(int width)
    {
        await using var town = await OnlineTown.Open(timeoutMs: 2_000);
        var citizen = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(citizen, 5_000, 60);
        await using var visit = await Visit.Begin(town.Town.App, width, agent: town.HomeOf(Shop));
        var page = visit.Page;

        await visit.Open("/");
        await Follow("オンラインサイトから自治体ポイントを使う");
        await visit.Looks("online-list");
        await Follow("やまびこ");
        await visit.Looks("online-site");
        await Follow("やまびこのIDとつなぐ");
        await page.Locator("#MyKeyId").FillAsync(Residents.MyKeyId);
        await page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(page, "ログイン");
        await Visit.Arrive(page, $"**/my/online/link/{Shop}");
        await visit.Looks("online-link");
        await Follow("やまびこのログインへ進む");
        await page.GetByLabel("会員番号").FillAsync("member01");
        await page.GetByLabel("パスワード").FillAsync(PartnerBooks.Password);
        await visit.Looks("shop-login");
        await Visit.Press(page, "ログイン");
        await visit.Looks("shop-consent");
        await Visit.Press(page, "OK（つなぐ）");
        await Visit.Arrive(page, $"**/my/online/link/{Shop}?linked=1");
        await visit.Looks("online-linked");
        await visit.Open("/my/settings/links");
        await visit.Looks("online-settings");
        await page.GetByRole(AriaRole.Link, new() { Name = "使い方" }).ClickAsync();
        await Follow("やまびこを開く");
        foreach (var block in (string[])["市区町村ピックアップ", "特集", "市区町村のオススメ", "人気の品物"]) await page.GetByRole(AriaRole.Heading, new() { Name = block, Exact = true }).WaitForAsync();
        await visit.Looks("shop-home");
        await Follow("特集の一覧");
        await visit.Looks("shop-features");
        await Follow("お茶の京都");
        await page.GetByText("現時点の案").WaitForAsync();
        await visit.Looks("shop-feature");
        await Buy(town, visit, citizen);

        async Task Follow(string name) => await page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).First.ClickAsync();
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task S0_4009b_S4_13a_S0_4047_Z2_a_project_is_supported_a_gift_is_given_and_operators_keep_sites_and_give_back(int width)
    {
        await using var town = await OnlineTown.Open(timeoutMs: 2_000);
        var citizen = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(citizen, 5_000, 60);
        Assert.True((await town.Town.Get<SetSetting>().Run(new("donation.open", SettingPlace.Of(Residents.A), "on", Actor.Job("test")))).Ok);
        using var linked = await town.Linked(Fund);
        using var shopper = await town.Linked();
        await using var visit = await Visit.Begin(town.Town.App, width, agent: town.HomeOf(Fund));
        var page = visit.Page;

        await visit.Open("/crowdfunding");
        await visit.Looks("crowdfunding-list");
        await page.GotoAsync($"{town.HomeOf(Fund)}/login?back=/projects/library");
        await page.GetByLabel("会員番号").FillAsync("member01");
        await page.GetByLabel("パスワード").FillAsync(PartnerBooks.Password);
        await Visit.Press(page, "ログイン");
        await Visit.Arrive(page, "**/projects/library");
        await page.GetByLabel("応援するポイントの数").FillAsync("800");
        await visit.Looks("fund-project");
        await Visit.Press(page, "応援する");
        await Visit.Arrive(page, "**/orders/f-0001");
        await visit.Looks("fund-order");
        await page.GotoAsync($"{town.HomeOf(Fund)}/");
        await visit.Looks("fund-home");
        await page.GotoAsync($"{town.HomeOf(Fund)}/desk");
        await visit.Looks("fund-desk");
        await page.GetByRole(AriaRole.Button, new() { Name = "成立した" }).First.ClickAsync();
        await page.GotoAsync($"{town.HomeOf(Fund)}/orders/f-0001");
        await page.GetByRole(AriaRole.Heading, new() { Name = "支払いがすみました" }).WaitForAsync();

        await visit.Open("/my/donate");
        await page.Locator("#MyKeyId").FillAsync(Residents.MyKeyId);
        await page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(page, "ログイン");
        await Visit.Arrive(page, "**/my/donate");
        await page.GetByLabel("A市").CheckAsync();
        await page.GetByLabel("寄附するポイント数").FillAsync("100");
        await visit.Looks("donate");
        await Visit.Press(page, "確認へ進む");
        await visit.Looks("donate-confirm");
        await page.GetByRole(AriaRole.Button, new() { Name = "寄附する", Exact = true }).DblClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/my/donate/done/"));
        await visit.Looks("donate-done");
        Assert.Equal(4_100, await town.Coupons.Usable(citizen));

        await Operate(town, width);
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task S0_4010b_more_than_the_limits_is_confirmed_in_mykey_and_paid_once(int width)
    {
        await using var town = await OnlineTown.Open();
        var citizen = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(citizen, 90_000, 60);
        Assert.True((await town.Town.Get<SetSetting>().Run(new("online.limit_per_use", SettingPlace.Of(Residents.A), "500", Actor.Job("test")))).Ok);
        using var linked = await town.Linked();
        await using var visit = await Visit.Begin(town.Town.App, width, agent: town.HomeOf(Shop));
        var page = visit.Page;
        await page.GotoAsync($"{town.HomeOf(Shop)}/login?back=/items/apron");
        await page.GetByLabel("会員番号").FillAsync("member01");
        await page.GetByLabel("パスワード").FillAsync(PartnerBooks.Password);
        await Visit.Press(page, "ログイン");
        await Visit.Arrive(page, "**/items/apron");
        await page.GetByLabel("ポイントの数").FillAsync("1000");
        await Visit.Press(page, "注文する");
        await Visit.Arrive(page, "**/orders/s-0001");
        await visit.Looks("confirm-shop");
        await Visit.Press(page, "確認したので、支払う");
        await page.GetByRole(AriaRole.Link, new() { Name = "マイキーで確認する" }).ClickAsync();
        await page.Locator("#MyKeyId").FillAsync(Residents.MyKeyId);
        await page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(page, "ログイン");
        await Visit.Arrive(page, "**/my/online/confirm/*");
        await page.GetByText("暗証番号（4けた）がいります").WaitForAsync();
        await visit.Looks("confirm-needs-card");
        await page.Context.AddCookiesAsync([new Cookie { Name = "mykey-citizen", Value = await town.CardToken(citizen), Url = town.Town.App.Site.ToString() }]);
        await page.ReloadAsync();
        await visit.Looks("confirm-ask");
        await page.GetByRole(AriaRole.Button, new() { Name = "この支払いを確認する" }).DblClickAsync();
        await page.GetByRole(AriaRole.Status).WaitForAsync();
        await visit.Looks("confirm-done");
        await page.GetByRole(AriaRole.Link, new() { Name = "やまびこに戻る" }).ClickAsync();
        await Visit.Arrive(page, "**/orders/s-0001");
        await Visit.Press(page, "確認したので、支払う");
        await page.GetByRole(AriaRole.Heading, new() { Name = "ポイントを取り置きました" }).WaitForAsync();
        await visit.Looks("confirm-held");
        Assert.Equal(89_000, await town.Coupons.Usable(citizen));
    }

    /// <summary>Partly with points: held, sent, partly returned; an answer that is lost; what points do not pay.</summary>
    private static async Task Buy(OnlineTown town, Visit visit, CitizenId citizen)
    {
        var page = visit.Page;
        await page.GotoAsync($"{town.HomeOf(Shop)}/items/apron");
        await page.GetByLabel("ポイントの数").FillAsync("1000");
        await visit.Looks("shop-article");
        await Visit.Press(page, "注文する");
        await Visit.Arrive(page, "**/orders/s-0001");
        await visit.Looks("shop-order-held");
        await visit.Open("/my");
        await visit.Looks("online-my-home");
        await page.GetByRole(AriaRole.Link, new() { Name = "ネットの取り置き" }).ClickAsync();
        await visit.Looks("online-my-held");
        await page.GotoAsync($"{town.HomeOf(Shop)}/desk");
        await visit.Looks("shop-desk");
        await page.GetByRole(AriaRole.Button, new() { Name = "発送する" }).ClickAsync();
        await page.GotoAsync($"{town.HomeOf(Shop)}/orders/s-0001");
        await page.GetByLabel("戻すポイントの数").FillAsync("300");
        await Visit.Press(page, "返品する");
        await page.GetByText("300ポイントは返金ずみ").WaitForAsync();
        await visit.Looks("shop-order-returned");
        Assert.Equal(4_300, await town.Coupons.Usable(citizen));

        town.Books.Set(Shop, OnlineFault.LosesAnswers);
        var articles = $"{town.HomeOf(Shop)}/items";
        await page.GotoAsync($"{articles}/rice");
        town.Books.Set(Shop, OnlineFault.None);
        await page.ReloadAsync();
        await page.GetByLabel("ポイントの数").FillAsync("200");
        town.Books.Set(Shop, OnlineFault.LosesAnswers);
        await Visit.Press(page, "注文する");
        await Visit.Arrive(page, "**/orders/s-0002");
        await visit.Looks("shop-order-asking");
        town.Books.Set(Shop, OnlineFault.None);
        await Visit.Press(page, "もう一度たずねる");
        await page.GetByRole(AriaRole.Heading, new() { Name = "ポイントを取り置きました" }).WaitForAsync();
        Assert.Equal(4_100, await town.Coupons.Usable(citizen));
        await Visit.Press(page, "取りやめる");
        await page.GetByRole(AriaRole.Heading, new() { Name = "取りやめました" }).WaitForAsync();
        await page.GotoAsync($"{articles}/tea");
        await page.GetByText("この品物に使えるポイントはありません").WaitForAsync();
        await page.GotoAsync($"{articles}/furusato");
        await page.GetByLabel("ポイントの数").FillAsync("100");
        await Visit.Press(page, "注文する");
        await Visit.Arrive(page, "**/orders/s-0003");
        await page.GetByText("この支払いには、ポイントを使えません").WaitForAsync();
        await visit.Looks("shop-order-refused");
        await visit.Open("/my/online");
        await visit.Looks("online-my-used");
        Assert.Equal(4_300, await town.Coupons.Usable(citizen));
    }

    /// <summary>Operators see the site, give a pledge back with a reason, and see that it does not hear of it.</summary>
    private static async Task Operate(OnlineTown town, int width)
    {
        var held = await town.Held(400);
        town.Books.Set(Shop, OnlineFault.Deaf);
        await using var operators = await Visit.Begin(town.Town.App, width);
        await operators.LogIn("operator", "OP-001", town.Coupons.Desk);
        foreach (var (path, name) in ((string, string)[])[("", "list"), ("/new", "new"), ($"/{Shop}", "one"), ($"/{Shop}/change", "change"), ($"/{Shop}/logins", "login"), ($"/{Shop}/sellers", "seller"), ($"/{Shop}/keys", "key"), ($"/{Shop}/hook", "hook")])
        {
            await operators.Open($"/operator/online-sites{path}");
            await operators.Looks($"operator-online-{name}");
        }
        await Visit.Press(operators.Page, "決めて、合言葉を出す");
        await Assertions.Expect(operators.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("もう1人の承認を待っています");
        await operators.Looks("operator-online-waits");
        await using (var other = await Visit.Begin(town.Town.App, width))
        {
            await other.LogIn("operator", "OP-002", town.Coupons.Desk);
            await other.Open("/operator/proposals");
            await other.Looks("operator-proposals");
            await other.Page.GetByRole(AriaRole.Link, new() { Name = "中身を見る" }).ClickAsync();
            await other.Looks("operator-proposal");
            await Visit.Press(other.Page, "承認する");
            await other.Page.GetByText("whsec_").WaitForAsync();
            await other.Looks("operator-proposal-secret");
        }
        await operators.Open($"/operator/online-sites/{Shop}/pledges");
        await operators.Looks("operator-online-pledges");
        await operators.Page.GetByRole(AriaRole.Link, new() { Name = "取り置きを戻す" }).ClickAsync();
        await operators.Page.GetByLabel("わけ").FillAsync("お店から頼まれた");
        await operators.Looks("operator-online-end");
        await Visit.Press(operators.Page, "戻す");
        await Assertions.Expect(operators.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("戻しました");
        Assert.Equal("staff", (await town.Now(held)).Reason);
        for (var tried = 0; tried < 3; tried++)
        {
            await town.Run<SendSiteEvents>();
            town.Clock.Jump(TimeSpan.FromMinutes(1));
        }
        await operators.Open("/operator/site-events");
        await operators.Looks("operator-site-events");
        await operators.Page.GetByRole(AriaRole.Button, new() { Name = "もう一度送る" }).ClickAsync();
        await Assertions.Expect(operators.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("もう一度送ります");
    }
}
