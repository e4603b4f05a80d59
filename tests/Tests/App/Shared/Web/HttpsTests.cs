using System.Net;
using MyKey.Tests.App.MyPage;
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

    [Fact]
    public async Task S0_1021_a_citizen_logs_in_over_real_tls()
    {
        using var certificate = new ThrowAwayCertificate("mykey.example");
        await using var town = await Residents.Start(settings: ["MyKey:Host=mykey.example", .. certificate.Kestrel]);
        await town.Resident();
        using var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, ConnectCallback = TestApp.ToThisMachine, SslOptions = { CertificateChainPolicy = certificate.TrustOnlyThis() },
        })
        { BaseAddress = town.App.Site };

        var page = await client.GetAsync("/my/login");
        var answer = await town.App.Submit(client, "/my/login", "/my/login", ("MyKeyId", Residents.MyKeyId), ("Password", Residents.Password));

        Assert.Equal("https", town.App.Site.Scheme);
        Assert.Equal("max-age=31536000; includeSubDomains", Assert.Single(page.Headers.GetValues("Strict-Transport-Security")));
        Assert.Equal((HttpStatusCode.SeeOther, "/my"), (answer.StatusCode, answer.Headers.Location?.ToString()));
        var cookies = answer.Headers.GetValues("Set-Cookie").Where(c => !c.StartsWith("mykey_form=", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, cookies.Count);
        Assert.All(cookies, c => Assert.Matches("^__Host-mykey-(citizen|device)=[^;]+;.* path=/; secure; samesite=lax; httponly$", c));
        Assert.All(page.Headers.GetValues("Set-Cookie"), c => Assert.Contains("; secure;", c, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/my")).StatusCode);
        using var plain = town.App.Client(new Uri($"http://mykey.example:{town.App.Port}"));
        await Assert.ThrowsAsync<HttpRequestException>(() => plain.GetAsync("/my"));
    }

    private static HttpClient Outside(TestApp app, string scheme)
    {
        var client = app.Client(new Uri($"http://mykey.example:{app.Port}"));
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.5");
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", scheme);
        return client;
    }
}
