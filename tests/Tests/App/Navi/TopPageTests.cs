using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Navi;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Navi;

/// <summary>Goal: the top page leads each audience to its door, and to no door that is not there.</summary>
public class TopPageTests
{
    [Fact]
    public async Task Only_open_doors_are_shown()
    {
        var doors = new Doors([.. Doors.Today.All.Select(d => d with { Open = d.Key == "office" })]);
        await using var app = await TestApp.Start(change: b => b.Services.AddSingleton(doors));
        using var client = app.Client();
        var page = await client.GetStringAsync("/");

        Assert.Contains("href=\"/office\"", page, StringComparison.Ordinal);
        foreach (var closed in (string[])["href=\"/my\"", "href=\"/terminal\"", "href=\"/operator\""])
            Assert.DoesNotContain(closed, page, StringComparison.Ordinal);
        Assert.DoesNotContain("お店の支払いに使えます", page, StringComparison.Ordinal);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task S2_P19f_S2_P18i_the_portal_says_how_a_municipality_grants_once_offices_can(bool office)
    {
        var doors = new Doors([.. Doors.Today.All.Select(d => d with { Open = d.Key != "office" || office })]);
        await using var app = await TestApp.Start(change: b => b.Services.AddSingleton(doors));
        using var client = app.Client();

        var page = System.Net.WebUtility.HtmlDecode(await client.GetStringAsync("/"));

        foreach (var said in (string[])["お住まいの自治体から", "自分の予算から", ">1回ごと<", ">望ましい出来事<", ">1年ごと<"])
            Assert.Equal(office, page.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_open_door_leads_somewhere()
    {
        await using var app = await TestApp.Start();
        using var client = app.Client();

        foreach (var door in app.Services.GetRequiredService<Doors>().Open)
            Assert.True((int)(await client.GetAsync(door.Path)).StatusCode < 404, $"{door.Path} is open but not there");
    }
}
