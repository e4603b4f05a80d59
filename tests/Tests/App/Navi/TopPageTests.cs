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

    [Fact]
    public async Task Every_open_door_leads_somewhere()
    {
        await using var app = await TestApp.Start();
        using var client = app.Client();

        foreach (var door in app.Services.GetRequiredService<Doors>().Open)
            Assert.True((int)(await client.GetAsync(door.Path)).StatusCode < 404, $"{door.Path} is open but not there");
    }
}
