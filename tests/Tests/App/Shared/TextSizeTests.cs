using System.Net;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Shared;

/// <summary>Goal: whoever needs larger letters gets them on every page, without script, and stays where they are (S4-16).</summary>
public class TextSizeTests
{
    [Fact]
    public async Task S4_16_a_chosen_size_stays_over_pages()
    {
        await using var app = await TestApp.Start();
        using var client = app.Client();
        Assert.Contains("href=\"/text-size/largest?back=%2Ferrors%3Fa%3D1\"", await client.GetStringAsync("/errors?a=1"), StringComparison.Ordinal);

        var chosen = await client.GetAsync("/text-size/largest?back=%2Ferrors%3Fa%3D1");

        Assert.Equal("/errors?a=1", chosen.Headers.Location!.ToString());
        foreach (var path in (string[])["/", "/errors"])
            Assert.Contains("<html lang=\"ja\" class=\"text-largest\">", await client.GetStringAsync(path), StringComparison.Ordinal);
        Assert.Contains("<html lang=\"ja\" class=\"text-largest\">", await (await client.GetAsync("/nowhere")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await client.GetAsync("/text-size/normal");
        Assert.Contains("<html lang=\"ja\">", await client.GetStringAsync("/"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("//other.example"), InlineData("/\\other.example"), InlineData("https://other.example"), InlineData("/a%0d%0aX: y"), InlineData("/text-size/large"), InlineData("")]
    public async Task The_way_back_leads_nowhere_else(string back)
    {
        await using var app = await TestApp.Start();
        using var client = app.Client();

        var answer = await client.GetAsync($"/text-size/large?back={Uri.EscapeDataString(Uri.UnescapeDataString(back))}");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task S4_16_there_are_three_sizes()
    {
        await using var app = await TestApp.Start();
        using var client = app.Client();

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/text-size/huge")).StatusCode);
    }
}
