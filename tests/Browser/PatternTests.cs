using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: the shared parts do in a browser what they promise, so that pages built of them do, too.</summary>
public class PatternTests
{
    [Theory, InlineData(Visit.Phone)]
    public async Task A_form_in_error_says_where_and_keeps_what_was_typed(int width)
    {
        await using var app = await TestApp.Start(change: PatternPages.Add);
        await using var visit = await Visit.Begin(app, width);
        var page = visit.Page;
        await visit.Open("/my/patterns/form");
        await visit.Looks("form");
        await page.GetByLabel("マイキーID").FillAsync("K7PM2XQ");
        await page.GetByLabel("人数").FillAsync("二人");
        await page.GetByLabel("パスワード").FillAsync("secret");

        var answer = await page.RunAndWaitForResponseAsync(() => page.GetByRole(AriaRole.Button).ClickAsync(), "**/form");

        Assert.Equal(422, answer.Status);
        await visit.Looks("form-in-error");
        Assert.Equal("エラー: はじめての設定 | マイキー", await page.TitleAsync());
        await Assertions.Expect(page.Locator(".summary")).ToBeFocusedAsync();
        await Assertions.Expect(page.Locator(".summary h2")).ToHaveTextAsync("入力内容に5件の誤りがあります");
        await Assertions.Expect(page.GetByLabel("マイキーID")).ToHaveValueAsync("K7PM2XQ");
        await Assertions.Expect(page.GetByLabel("人数")).ToHaveValueAsync("二人");
        await Assertions.Expect(page.GetByLabel("パスワード")).ToHaveValueAsync("");
        Assert.Equal("MyKeyId-h MyKeyId-e", await page.GetByLabel("マイキーID").GetAttributeAsync("aria-describedby"));
        Assert.Equal(new string?[] { "#MyKeyId", "#Town", "#Amount", "#People", "#Way" },
            await Task.WhenAll((await page.Locator(".summary a").AllAsync()).Select(l => l.GetAttributeAsync("href"))));
        foreach (var link in await page.Locator(".summary a").AllAsync())
            Assert.Equal(1, await page.Locator((await link.GetAttributeAsync("href"))!).CountAsync());
    }

    [Fact]
    public async Task A_form_with_an_action_carries_its_token_and_works_without_script()
    {
        await using var app = await TestApp.Start(change: PatternPages.Add);
        await using var visit = await Visit.Begin(app, script: false);
        var page = visit.Page;
        await visit.Open("/my/patterns/form");
        await page.GetByLabel("マイキーID").FillAsync("K7PM2XQ4");
        await page.GetByLabel("基本の自治体").SelectOptionAsync("A市");
        await page.GetByLabel("使うポイント").FillAsync("１，０００");
        await page.GetByLabel("紙の券").CheckAsync();

        await page.GetByRole(AriaRole.Button).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("受け取りました");
        visit.Quiet();
    }

    [Theory]
    [InlineData("terminal"), InlineData("office"), InlineData("operator")]
    public async Task Work_places_wear_their_colour(string shell)
    {
        await using var app = await TestApp.Start(change: PatternPages.Add);
        await using var visit = await Visit.Begin(app, Visit.Phone);
        await visit.Open($"/{shell}/patterns");
        await visit.Looks($"frame-{shell}");
    }

    [Fact]
    public async Task The_watch_sees_what_it_is_there_for()
    {
        await using var app = await TestApp.Start(change: PatternPages.Add);
        await using var visit = await Visit.Begin(app);
        await visit.Open("/");
        await visit.Page.EvaluateAsync("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p><img src=\"http://other.example/x.png\">')");
        await Assertions.Expect(visit.Page.Locator("body > p")).ToHaveCountAsync(1);

        Assert.ThrowsAny<Xunit.Sdk.XunitException>(visit.Quiet);

        await using var another = await Visit.Begin(app);
        await another.Open("/");
        await another.Page.EvaluateAsync("document.querySelector('main').insertAdjacentHTML('beforeend', '<a href=\"/\"></a>')");
        another.Quiet();
        Assert.Contains("link-name", (await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => another.Looks("planted"))).Message, StringComparison.Ordinal);
    }
}
