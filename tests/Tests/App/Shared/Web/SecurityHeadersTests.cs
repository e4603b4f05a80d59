using Microsoft.AspNetCore.Builder;
using MyKey.App.Shared.Web;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Shared.Web;

/// <summary>Goal: every answer carries the headers, also those that the framework makes by itself.</summary>
public class SecurityHeadersTests
{
    [Theory]
    [InlineData("/"), InlineData("/mykey.css"), InlineData("/no/such/page"), InlineData("/api/v1/no-such-thing"), InlineData("/healthz"), InlineData("/boom")]
    public async Task Every_answer_is_guarded(string path)
    {
        await using var app = await TestApp.Start(endpoints: e => e.MapGet("/boom", () => { throw new InvalidOperationException("planted"); }));
        using var client = app.Client();

        var headers = (await client.GetAsync(path)).Headers;

        Assert.Equal(SecurityHeaders.ContentPolicy, Assert.Single(headers.GetValues("Content-Security-Policy")));
        Assert.DoesNotContain("unsafe", SecurityHeaders.ContentPolicy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", Assert.Single(headers.GetValues("Referrer-Policy")));
        Assert.Equal("same-origin", Assert.Single(headers.GetValues("Cross-Origin-Opener-Policy")));
        Assert.Contains("camera=()", Assert.Single(headers.GetValues("Permissions-Policy")), StringComparison.Ordinal);
        Assert.False(headers.Contains("Server"));
    }

    [Fact]
    public async Task Pages_are_not_kept_and_files_with_a_hash_are_kept_for_good()
    {
        await using var app = await TestApp.Start();
        using var client = app.Client();

        Assert.True((await client.GetAsync("/lost")).Headers.CacheControl!.NoStore);
        // What everybody may read is kept, but asked for each time.
        Assert.True((await client.GetAsync("/")).Headers.CacheControl is { NoStore: false, NoCache: true });
        Assert.True((await client.GetAsync("/mykey.css")).Headers.CacheControl!.NoCache);
        Assert.Equal(TimeSpan.FromDays(365), (await client.GetAsync("/mykey.css?v=1")).Headers.CacheControl!.MaxAge);
    }
}
