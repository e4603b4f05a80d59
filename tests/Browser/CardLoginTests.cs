using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.CardAgent;
using MyKey.Kernel.Db;
using MyKey.Sandbox.Cards;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.CardAgent;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: journey 2 in a real browser, with the real agent on a software card, under the policy of production.</summary>
public sealed class CardLoginTests
{
    [Theory, InlineData(Visit.Phone)]
    public async Task Journey_2_from_a_fresh_card_to_the_next_login_without_it(int width)
    {
        var port = TemporaryPostgres.FreePort();
        await using var agent = await TestAgent.Start(configure: o => o.Sites.Add(new KnownSite { Origin = $"http://{TestApp.SiteHost}:{port}", Address = $"127.0.0.1:{port}" }));
        await using var town = await CardTown.Start(Engine.Sqlite, $"urls=http://127.0.0.1:{port}", $"MyKey:Card:Agent={agent.Self}");
        using var card = town.Authority.Issue();
        agent.Put(CardFile.Of("カード", card.CertificateDer, card.RootDer, card.Rsa!, TestCards.Pin));
        await using var visit = await Visit.Begin(town.App, width, agent: agent.Self);
        var page = visit.Page;

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
