using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using MyKey.Identity.Staffing;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Shared.Web;

/// <summary>Goal: what is the same for everybody is made once for all who ask at the time, and nothing that is somebody's is ever kept.</summary>
public class PublicPagesTests
{
    // Long enough that no test is over before what it has put there.
    private static readonly string[] Kept = ["MyKey:PublicCacheMs=600000"];

    private const string Counting = "/navi/counting", Personal = "/navi/personal";

    [Fact]
    public async Task S0_5018_one_answer_serves_all_who_ask_the_same_and_nobody_who_brings_a_cookie()
    {
        var made = 0;
        await using var app = await TestApp.Start(Kept, endpoints: a => a.MapGet(Counting, () => Results.Text($"{Interlocked.Increment(ref made)}")));
        Assert.Equal("1", await Get(app, Counting));
        Assert.Equal("1", await Get(app, Counting));
        Assert.Equal("2", await Get(app, $"{Counting}?a=1"));
        Assert.Equal("3", await Get(app, Counting, "mykey_text=large"));
        Assert.Equal("3", await Get(app, Counting, "mykey_text=large"));
        Assert.Equal("1", await Get(app, Counting, "mykey_text=normal"));
        foreach (var cookie in new[] { "mykey-citizen", "mykey-office", "mykey-operator", "mykey-terminal", "mykey_form", "mykey-place", "anything" })
        {
            var before = made;
            Assert.Equal($"{before + 1}", await Get(app, Counting, $"{cookie}=x"));
            Assert.Equal($"{before + 2}", await Get(app, Counting, $"mykey_text=large; {cookie}=x"));
        }
        Assert.Equal("1", await Get(app, Counting));
        var asked = made;
        using var machine = new HttpRequestMessage(HttpMethod.Get, Counting) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", "x") } };
        using var client = app.Client();
        Assert.Equal($"{asked + 1}", await (await client.SendAsync(machine)).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task S0_5018_what_sets_a_cookie_is_not_kept_nor_what_is_refused()
    {
        var made = 0;
        await using var app = await TestApp.Start(Kept, endpoints: a =>
        {
            a.MapGet(Personal, (HttpContext context) =>
            {
                context.Response.Cookies.Append("mykey-citizen", "token");
                return Results.Text($"{Interlocked.Increment(ref made)}");
            });
            a.MapGet($"{Personal}/no", () => { made++; return Results.NotFound(); });
            a.MapGet($"{Personal}/own", (HttpContext context) => { context.Response.Headers.CacheControl = "no-store"; return Results.Text($"{Interlocked.Increment(ref made)}"); });
        });
        Assert.Equal("1", await Get(app, Personal));
        Assert.Equal("2", await Get(app, Personal));
        await Get(app, $"{Personal}/no");
        await Get(app, $"{Personal}/no");
        Assert.Equal(4, made);
        Assert.NotEqual(await Get(app, $"{Personal}/own"), await Get(app, $"{Personal}/own"));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/navi/places")]
    [InlineData("/faq")]
    [InlineData("/support")]
    [InlineData("/libraries")]
    [InlineData("/programmes")]
    [InlineData("/online")]
    [InlineData("/exchange")]
    [InlineData("/api/v1/places")]
    [InlineData("/api/v1/offers")]
    public async Task S0_1008_a_browser_that_has_the_page_gets_no_second_copy_and_asks_each_time(string path)
    {
        await using var app = await TestApp.Start(Kept);
        using var client = app.Client();
        var first = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal("no-cache, public", string.Join(", ", first.Headers.CacheControl!.ToString().Split(", ").Order()));
        Assert.Equal("Cookie", first.Headers.Vary.Single());
        Assert.Contains("default-src 'none'", first.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        for (var again = 0; again < 2; again++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
            var second = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
            Assert.Empty(await second.Content.ReadAsByteArrayAsync());
        }
        Assert.Contains("default-src 'none'", (await client.GetAsync(path)).Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S0_5018_the_pages_of_somebody_who_is_logged_in_say_so_and_go_to_nobody_else()
    {
        await using var app = await TestApp.Start(Kept);
        await Town.Build(app.Services);
        using var office = await new StaffDesk(app).Officer("TA-001", Town.A, Role.TerminalAdmin);
        foreach (var path in new[] { "/navi/places", "/support", "/programmes" })
        {
            var theirs = await office.GetAsync(path);
            Assert.Equal("no-store", theirs.Headers.CacheControl!.ToString());
            Assert.Null(theirs.Headers.ETag);
        }
        foreach (var path in new[] { "/office", "/office/shops", "/my", "/api/v1/office/acceptors", "/office/login", "/lost" })
            Assert.Equal("no-store", (await office.GetAsync(path)).Headers.CacheControl!.ToString().Replace("no-cache, ", "", StringComparison.Ordinal).Replace("no-store, no-cache", "no-store", StringComparison.Ordinal));
    }

    [Fact]
    public async Task S0_5018_a_change_is_there_within_a_second()
    {
        await using var app = await TestApp.Start(["MyKey:PublicCacheMs=200"]);
        var town = await Town.Build(app.Services);
        Assert.Contains("くらしの店", await Get(app, "/navi/places"), StringComparison.Ordinal);
        await town.OpenShop("あたらしい店");
        var changed = TimeProvider.System.GetTimestamp();
        while (!(await Get(app, "/navi/places")).Contains("あたらしい店", StringComparison.Ordinal))
            Assert.True(TimeProvider.System.GetElapsedTime(changed) < TimeSpan.FromSeconds(1));
    }

    private static async Task<string> Get(TestApp app, string path, string? cookie = null)
    {
        using var client = app.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (cookie is not null) request.Headers.Add("Cookie", cookie);
        return await (await client.SendAsync(request)).Content.ReadAsStringAsync();
    }
}
