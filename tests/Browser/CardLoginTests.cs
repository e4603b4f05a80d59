using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: journey 2 in a real browser, with the real agent on a software card, under the policy of production.</summary>
public sealed class CardLoginTests
{
    [Theory, InlineData(Visit.Phone)]
    public async Task Journey_2_from_a_fresh_card_to_the_next_login_without_it(int width)
    {
        await using var rig = await CardVisit.Begin(width);
        var (town, visit, page) = (rig.Town, rig.Visit, rig.Visit.Page);
        using var card = town.Authority.Issue();
        rig.Put(card);

        await visit.Open("/");
        await page.Locator("a.door[href='/my']").ClickAsync();
        await visit.Looks("card-login");
        await page.GetByRole(AriaRole.Link, new() { Name = "カードでログイン" }).First.ClickAsync();
        await visit.Looks("card-prepare");
        await page.GetByRole(AriaRole.Link, new() { Name = "入っています" }).ClickAsync();
        await Pin("0000");
        await page.GetByText("あと2回").First.WaitForAsync();
        await Pin(TestCards.Pin);
        await Visit.Arrive(page, "**/my/start");
        await visit.Looks("card-start");
        await Press("マイキーIDをつくる");
        await page.Locator("[aria-invalid='true']").First.WaitForAsync();
        await visit.Looks("card-start-wrong");
        await page.GetByLabel("マイキーID").FillAsync("AB12CD34");
        await page.Locator("#Town").SelectOptionAsync("132985");
        await page.Locator("#Password").FillAsync(Residents.Password);
        await Press("マイキーIDをつくる");
        await Visit.Arrive(page, "**/my?id=show");
        Assert.Contains("AB12CD34", await page.InnerTextAsync("main"), StringComparison.Ordinal);

        await Press("ログアウト");
        await page.GetByRole(AriaRole.Link, new() { Name = "カードでログイン" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "やめて戻る" }).First.ClickAsync();
        await Visit.Arrive(page, "**/my/login?card=cancelled");
        await page.GetByRole(AriaRole.Link, new() { Name = "カードでログイン" }).First.ClickAsync();
        await Pin(TestCards.Pin);
        await page.WaitForURLAsync("**/my", new() { WaitUntil = WaitUntilState.Commit });

        await Press("ログアウト");
        await page.Locator("#MyKeyId").FillAsync("AB12CD34");
        await page.Locator("#Password").FillAsync(Residents.Password);
        await page.Locator("form[action='/my/login'] button").ClickAsync();
        await page.WaitForURLAsync("**/my", new() { WaitUntil = WaitUntilState.Commit });
        await visit.Open("/my/settings");
        await page.GetByRole(AriaRole.Link, new() { Name = "カードでたしかめる" }).ClickAsync();
        await page.GetByLabel("利用者証明用の暗証番号").FillAsync(TestCards.Pin);
        await Press("たしかめる");
        await Visit.Arrive(page, "**/my/settings");
        Assert.Equal(0, await page.Locator("#OldPassword").CountAsync());
        visit.Quiet();

        async Task Pin(string pin)
        {
            await page.GetByLabel("利用者証明用の暗証番号").FillAsync(pin);
            await Press("ログインする");
        }

        Task Press(string word) => page.GetByRole(AriaRole.Button, new() { Name = word }).ClickAsync();
    }
}
