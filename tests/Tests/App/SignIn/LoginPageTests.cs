using System.Net;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.SignIn;
using MyKey.Kernel.Db;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.SignIn;

/// <summary>Goal: nobody is in the citizens' pages but the citizen, and logging in tells nothing to whoever guesses.</summary>
public class LoginPageTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1004a_S0_1004b_S0_1009a_with_id_and_password_to_the_page_asked_for(Engine engine)
    {
        await using var town = await Residents.Start(engine);
        await town.Resident();
        using var client = town.App.Client();
        var sent = await client.GetAsync("/my/history/132985?before=");
        Assert.Equal(HttpStatusCode.SeeOther, sent.StatusCode);
        Assert.Equal("/my/login?back=%2Fmy%2Fhistory%2F132985%3Fbefore%3D", sent.Headers.Location!.ToString());

        var answer = await town.Send(client, "/my/login", ("MyKeyId", "ｍｙ123456"), ("Password", Residents.Password), ("back", "/my/history/132985?before="));

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("/my/history/132985?before=", answer.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/my")).StatusCode);
    }

    [Theory]
    [InlineData("//other.example"), InlineData("https://other.example/my"), InlineData("/\\other.example"), InlineData("/office"), InlineData("/my/login"), InlineData("/my/logout"), InlineData("/mystery"), InlineData("")]
    public void The_way_on_leads_nowhere_else(string asked) => Assert.Equal("/my", CitizenShell.Back(asked));

    [Theory]
    [InlineData(Residents.MyKeyId, "not-the-password"), InlineData("NOBODY99", Residents.Password), InlineData("?", ""), InlineData("", "")]
    public async Task V_D2_login_failed_says_the_same_for_both_fields(string id, string password)
    {
        await using var town = await Residents.Start();
        await town.Resident();
        using var client = town.App.Client();

        var answer = await town.Send(client, "/my/login", ("MyKeyId", id), ("Password", password));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("マイキーIDとパスワードの、どちらかがちがいます", page, StringComparison.Ordinal);
        Assert.Contains("login_failed", page, StringComparison.Ordinal);
        Assert.DoesNotContain("aria-invalid", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await client.GetAsync("/my")).StatusCode);
    }

    [Fact]
    public async Task V_D2_login_throttled_says_how_long()
    {
        await using var town = await Residents.Start(change: b => b.Services.AddSingleton<TimeProvider>(new TestClock()));
        await town.Resident();
        using var client = town.App.Client();
        for (var i = 0; i < 4; i++) await town.Send(client, "/my/login", ("MyKeyId", Residents.MyKeyId), ("Password", $"wrong-password-{i}"));

        var answer = await town.Send(client, "/my/login", ("MyKeyId", Residents.MyKeyId), ("Password", Residents.Password));

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.True(answer.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        Assert.Contains("秒たってから", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_15a_logging_out_ends_the_session_itself(Engine engine)
    {
        await using var town = await Residents.Start(engine);
        await town.Resident();
        using var client = await town.LoggedIn();
        using var copy = town.App.Client();
        var cookie = await CookieOf(town);
        copy.DefaultRequestHeaders.Add("Cookie", cookie.Pair);
        Assert.Equal(HttpStatusCode.OK, (await copy.GetAsync("/my")).StatusCode);

        var answer = await town.Send(cookie.Client, "/my/logout");

        Assert.Equal("/my/login?left=1", answer.Headers.Location!.ToString());
        var after = await copy.GetAsync("/my");
        Assert.Equal("/my/login?back=%2Fmy&expired=1", after.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/my")).StatusCode);
        cookie.Client.Dispose();
    }

    [Fact]
    public async Task S1_15a_a_session_that_lay_idle_is_over_and_says_so()
    {
        var clock = new TestClock();
        await using var town = await Residents.Start(change: b => b.Services.AddSingleton<TimeProvider>(clock));
        await town.Resident();
        using var client = await town.LoggedIn();
        clock.Advance(TimeSpan.FromMinutes(16));

        var answer = await client.GetAsync("/my/settings");

        Assert.Equal("/my/login?back=%2Fmy%2Fsettings&expired=1", answer.Headers.Location!.ToString());
        Assert.Contains("安全のために終わりにしました", await client.GetStringAsync(answer.Headers.Location), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S0_1022a_a_suspended_citizen_is_refused()
    {
        await using var town = await Residents.Start();
        await town.Resident();
        using var client = town.App.Client();
        await using (var connection = await town.App.Database.Open())
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "update idn_citizen set state = 2";
            await command.ExecuteNonQueryAsync();
        }

        var answer = await town.Send(client, "/my/login", ("MyKeyId", Residents.MyKeyId), ("Password", Residents.Password));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("id_suspended", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_of_the_shell_asks_for_the_login()
    {
        await using var town = await Residents.Start();
        using var client = town.App.Client();
        var pages = town.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<PageActionDescriptor>() is not null).Select(e => e.RoutePattern.RawText!.TrimStart('/')).Where(p => p == "my" || p.StartsWith("my/", StringComparison.Ordinal)).Distinct().ToList();

        Assert.True(pages.Count >= 7);
        foreach (var page in pages.Except(["my/login", "my/logout"]))
        {
            var answer = await client.GetAsync("/" + EveryRouteTests.Path(page));
            Assert.StartsWith("/my/login?back=%2Fmy", answer.Headers.Location?.ToString(), StringComparison.Ordinal);
        }
    }

    /// <summary>Another login of the same person, with its cookie in sight.</summary>
    private static async Task<(HttpClient Client, string Pair)> CookieOf(Residents town)
    {
        var client = town.App.Client();
        var answer = await town.Send(client, "/my/login", ("MyKeyId", Residents.MyKeyId), ("Password", Residents.Password));
        var set = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("mykey-citizen=", StringComparison.Ordinal));
        Assert.Contains("httponly", set, StringComparison.OrdinalIgnoreCase);
        return (client, set.Split(';')[0]);
    }
}
