using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using MyKey.App.Shared.Web;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Shared.Web;

/// <summary>Goal: who is not signed in can ask only so often, and is told when to come again.</summary>
public class RateLimitsTests
{
    [Fact]
    public async Task Pages_beyond_the_bound_are_refused_with_a_time()
    {
        await using var app = await TestApp.Start(["MyKey:Limits:AnonymousPerMinute=2"]);
        using var client = app.Client();
        await client.GetAsync("/");
        await client.GetAsync("/");

        var third = await client.GetAsync("/");

        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.InRange(third.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Contains("短い時間に回数が多すぎます", await third.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guessing_at_the_api_is_refused_as_a_problem()
    {
        await using var app = await TestApp.Start(["MyKey:Limits:AttemptsPerMinute=1"],
            endpoints: e => e.MapPost("/api/v1/test/guess", () => Results.Ok()).RequireRateLimiting(RateLimits.Attempts));
        using var client = app.Client(app.Loopback);
        await client.PostAsync("/api/v1/test/guess", null);

        var second = await client.PostAsync("/api/v1/test/guess", null);

        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.Equal("application/problem+json", second.Content.Headers.ContentType!.MediaType);
        Assert.Contains("\"code\":\"rate_limited\"", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
