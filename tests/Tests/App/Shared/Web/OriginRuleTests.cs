using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Shared.Web;

/// <summary>Goal: a change comes from a page of ours, or from a machine that is no browser.</summary>
public class OriginRuleTests
{
    private static void Endpoint(WebApplication app) => app.MapPost("/api/v1/test/ping", () => "pong");

    [Fact]
    public async Task Another_site_can_change_nothing_through_a_browser()
    {
        await using var app = await TestApp.Start(endpoints: Endpoint);
        using var client = app.Client();
        foreach (var origin in (string[])["https://other.example", "null", $"http://127.0.0.1:{app.Port}", $"http://mykey.localhost:{app.Port + 1}"])
            foreach (var path in (string[])["/", "/api/v1/test/ping"])
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Headers = { { "Origin", origin } } };
                var answer = await client.SendAsync(request);
                Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
                Assert.Contains("origin_forbidden", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
    }

    [Fact]
    public async Task Machines_name_no_origin_and_pages_demand_one()
    {
        await using var app = await TestApp.Start(endpoints: Endpoint);
        using var client = app.Client();

        Assert.Equal(HttpStatusCode.OK, (await client.PostAsJsonAsync("/api/v1/test/ping", new { })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.PostAsync("/", null)).StatusCode);
    }

    [Fact]
    public async Task The_right_origin_without_a_token_is_an_old_form()
    {
        await using var app = await TestApp.Start();
        using var client = app.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Headers = { { "Origin", app.Site.GetLeftPart(UriPartial.Authority) } } };

        var answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("この画面は古くなっています", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
