using System.Net;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Shared.Web;

/// <summary>Goal: pages exist under one host name only, so that no other program on 127.0.0.1 shares their cookies.</summary>
public class HostRuleTests
{
    [Fact]
    public async Task Loopback_serves_machines_and_leads_people_to_the_site()
    {
        await using var app = await TestApp.Start();
        using var loopback = app.Client(app.Loopback);

        Assert.Equal(HttpStatusCode.OK, (await loopback.GetAsync("/healthz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await loopback.GetAsync("/readyz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await loopback.GetAsync("/api/v1/openapi.json")).StatusCode);
        var page = await loopback.GetAsync("/my?from=here");
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        Assert.Equal($"http://mykey.localhost:{app.Port}/my?from=here", page.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await loopback.PostAsync("/", null)).StatusCode);
    }

    [Fact]
    public async Task A_name_that_is_not_ours_gets_nothing()
    {
        await using var app = await TestApp.Start();
        using var rebound = app.Client(new Uri($"http://rebound.example:{app.Port}"));

        foreach (var path in (string[])["/", "/api/v1/openapi.json", "/mykey.css"])
            Assert.Equal(HttpStatusCode.MisdirectedRequest, (await rebound.GetAsync(path)).StatusCode);
    }
}
