using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Sandbox.Cards;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: a computer without a reader is logged in by a telephone; both screens in real browsers, without a script.</summary>
public sealed class PhoneLoginTests
{
    [Fact]
    public async Task S0_2005_S1_10_S1_14a_a_computer_is_logged_in_by_a_telephone_that_signs()
    {
        await using var town = await PhoneTown.Start();
        using var card = town.Cards.Authority.Issue();
        town.Lay("わたしのカード", card);
        await town.Cards.Resident(card, "AB12CD34");
        // The pages are looked at in the width of a phone and of a desk: whoever has no reader may have no desk either.
        await using var visit = await Visit.Begin(town.App, Visit.Phone);
        var computer = visit.Page;
        await visit.Open("/my/login?back=/my/settings");
        await visit.Looks("phone-login");
        await computer.GetByRole(AriaRole.Link, new() { Name = "スマートフォンで", Exact = true }).ClickAsync();
        await Visit.Arrive(computer, "**/card/phone/wait");
        await visit.Looks("phone-qr");
        var link = Assert.Single(await Others.Read(await computer.Locator(".totp").ScreenshotAsync()));
        Assert.Equal(await computer.Locator(".wrap-anywhere a").GetAttributeAsync("href"), link);

        await using var telephone = await Chromium.Browser.NewContextAsync(new() { Locale = "ja-JP", ViewportSize = new() { Width = Visit.Phone, Height = 800 } });
        var phone = await telephone.NewPageAsync();
        // An ordinary camera opens the address in a browser.
        await phone.GotoAsync(link);
        await Assertions.Expect(phone.Locator("h1")).ToContainTextAsync("アプリで");
        await Judge("phone-camera");
        await phone.GotoAsync(town.PhoneSite.ToString());
        await phone.GetByLabel("QRコードの中身").FillAsync("http://mykey.example/card/phone/app#x");
        await Visit.Press(phone, "読み取る");
        await Judge("phone-app-stranger");
        await phone.GetByLabel("QRコードの中身").FillAsync(link);
        await Visit.Press(phone, "読み取る");
        await phone.GetByLabel("2けたの数字").WaitForAsync();
        await Judge("phone-app-number");
        await computer.Locator(".amount .num").WaitForAsync();
        await visit.Looks("phone-number");
        await phone.GetByLabel("2けたの数字").FillAsync(await computer.Locator(".amount .num").InnerTextAsync());
        await Visit.Press(phone, "次へ");
        await phone.GetByLabel("4けたの暗証番号").WaitForAsync();
        await Judge("phone-app-card");
        await Assertions.Expect(computer.Locator("h1")).ToContainTextAsync("カードを");
        await visit.Looks("phone-card");
        await phone.GetByLabel("4けたの暗証番号").FillAsync(FirstCards.Pin);
        await Visit.Press(phone, "ログインする");
        await Assertions.Expect(phone.Locator("h1")).ToHaveTextAsync("ログインしました");
        await Judge("phone-app-done");
        await Visit.Arrive(computer, "**/my/settings");
        visit.Quiet();

        async Task Judge(string name)
        {
            await Visit.Picture(phone, name);
            await Axe.Judge(phone);
        }
    }

    [Fact]
    public async Task S0_2005_without_script_the_page_goes_on_and_a_wrong_number_begins_again()
    {
        await using var town = await PhoneTown.Start();
        await using var visit = await Visit.Begin(town.App, Visit.Desk, script: false);
        await visit.Open("/card/phone");
        var link = await visit.Page.Locator(".wrap-anywhere a").GetAttributeAsync("href");
        var (ask, _) = await town.Phone.Scan(link, TestContext.Current.CancellationToken);
        await visit.Page.Locator(".amount .num").WaitForAsync();
        await town.Phone.Choose(ask!.Id, "01", TestContext.Current.CancellationToken);
        await Visit.Arrive(visit.Page, "**/my/login?card=phone_number_wrong");
        await Visit.Picture(visit.Page, "phone-wrong");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "スマートフォンで", Exact = true }).ClickAsync();
        await Visit.Arrive(visit.Page, "**/card/phone/wait");
    }
}
