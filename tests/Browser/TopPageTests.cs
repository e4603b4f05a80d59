using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Navi;
using MyKey.Browser.Support;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: everybody finds their door, at any width, with large letters, without script.</summary>
public class TopPageTests
{
    private static readonly Doors AllOpen = new([.. Doors.Today.All.Select(d => d with { Open = true })]);

    [Theory, InlineData(Visit.Phone)]
    public async Task The_top_page_of_today(int width)
    {
        await using var app = await TestApp.Start();
        await using var visit = await Visit.Begin(app, width);

        Assert.Equal(200, await visit.Open("/"));

        await visit.Looks("top-today");
    }

    [Theory, InlineData(Visit.Phone), InlineData(320)]
    public async Task The_top_page_with_every_door(int width)
    {
        await using var app = await TestApp.Start(change: b => b.Services.AddSingleton(AllOpen));
        await using var visit = await Visit.Begin(app, width);

        await visit.Open("/");

        Assert.Equal(4, await visit.Page.Locator("a.door").CountAsync());
        await visit.Looks("top");
    }

    [Fact]
    public async Task S4_16_larger_letters_without_script_on_the_same_page()
    {
        await using var app = await TestApp.Start(change: b => b.Services.AddSingleton(AllOpen));
        await using var visit = await Visit.Begin(app, Visit.Phone, script: false);
        await visit.Open("/errors");

        await visit.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "特大" }).ClickAsync();

        Assert.EndsWith("/errors", visit.Page.Url, StringComparison.Ordinal);
        await visit.Open("/");
        Assert.Equal("text-largest", await visit.Page.Locator("html").GetAttributeAsync("class"));
        visit.Quiet();
    }

    [Fact]
    public async Task Japanese_is_set_in_a_japanese_font()
    {
        await using var app = await TestApp.Start();
        await using var visit = await Visit.Begin(app);
        await visit.Open("/");

        var fonts = await Fonts(visit.Page);

        Assert.NotEmpty(fonts);
        Assert.All(fonts, f => Assert.True(f is "Noto Sans JP" or "Noto Sans CJK JP", $"a font for Japanese, not {f}"));
    }

    /// <summary>What the browser really draws the heading with.</summary>
    private static async Task<List<string>> Fonts(Microsoft.Playwright.IPage page)
    {
        var tools = await page.Context.NewCDPSessionAsync(page);
        await tools.SendAsync("DOM.enable");
        await tools.SendAsync("CSS.enable");
        var root = (await tools.SendAsync("DOM.getDocument"))!.Value.GetProperty("root").GetProperty("nodeId").GetInt32();
        var heading = (await tools.SendAsync("DOM.querySelector", new() { ["nodeId"] = root, ["selector"] = "h1" }))!.Value.GetProperty("nodeId").GetInt32();
        var used = await tools.SendAsync("CSS.getPlatformFontsForNode", new() { ["nodeId"] = heading });
        return [.. used!.Value.GetProperty("fonts").EnumerateArray().Select(f => f.GetProperty("familyName").GetString()!)];
    }
}
