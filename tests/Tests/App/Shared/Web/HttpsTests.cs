using System.Net;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Shared.Web;

/// <summary>Goal: nothing from another machine travels in the clear (S0-1021).</summary>
public class HttpsTests
{
    private static readonly string[] Production = ["MyKey:Host=mykey.example", "MyKey:BehindProxy=true", "MyKey:HttpsPort=8443"];

    [Theory]
    [InlineData("/"), InlineData("/api/v1/openapi.json")]
    public async Task S0_1021_plain_http_from_outside_is_sent_to_https(string path)
    {
        await using var app = await TestApp.Start(Production);
        using var client = Outside(app, "http");

        var answer = await client.GetAsync(path);

        Assert.Equal(HttpStatusCode.PermanentRedirect, answer.StatusCode);
        Assert.Equal($"https://mykey.example:8443{path}", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task S0_1021_browsers_remember_https()
    {
        await using var app = await TestApp.Start(Production);
        using var client = Outside(app, "https");

        var answer = await client.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("max-age=31536000; includeSubDomains", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
    }

    [Fact]
    public async Task The_forwarded_address_is_believed_only_behind_a_proxy()
    {
        await using var app = await TestApp.Start(["MyKey:Host=mykey.example"]);
        using var client = Outside(app, "http");

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/")).StatusCode);
    }

    private static HttpClient Outside(TestApp app, string scheme)
    {
        var client = app.Client(new Uri($"http://mykey.example:{app.Port}"));
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.5");
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", scheme);
        return client;
    }
}
