using System.Net;
using System.Net.Http.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.SignIn;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.SignIn;

/// <summary>Goal: staff change their own password, with both factors, and whoever sat in another session is out (V-D3).</summary>
public class StaffPasswordTests
{
    private const string Newer = "kaze-no-mori-5530";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_old_password_and_one_time_password_change_it_and_the_other_sessions_end(Engine engine)
    {
        var clock = new TestClock();
        await using var app = await TestApp.Start(["MyKey:Limits:AttemptsPerMinute=1000"], b => b.Services.AddSingleton<TimeProvider>(clock), engine: engine);
        await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        using var here = await desk.Officer("OF-001", Town.A, MyKey.Identity.Staffing.Role.Officer);
        using var elsewhere = await desk.SignIn("office", "OF-001", Town.A);

        async Task<string> Try(string old, string password, string code)
        {
            var page = await app.Submit(here, "/office/password", "/office/password", ("Old", old), ("Password", password), ("Code", code));
            return page.StatusCode == HttpStatusCode.SeeOther ? page.Headers.Location!.ToString() : await page.Content.ReadAsStringAsync();
        }

        Assert.Contains("このパスワードは使えません", await Try(StaffDesk.Password, "short", "000000"), StringComparison.Ordinal);
        Assert.Contains("このパスワードは使えません", await Try(StaffDesk.Password, StaffDesk.Password, "000000"), StringComparison.Ordinal);
        Assert.Contains("いまのパスワードがちがいます", await Try("another-word-7781", Newer, "000000"), StringComparison.Ordinal);
        Assert.Contains("6けたの番号がちがいます", await Try(StaffDesk.Password, Newer, "12345"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.GetAsync("/office")).StatusCode);   // nothing has happened yet
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("/office/password?done=1", await Try(StaffDesk.Password, Newer, desk.Code("OF-001")));

        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/office")).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await elsewhere.GetAsync("/office")).StatusCode);
        clock.Advance(TimeSpan.FromMinutes(1));
        using var again = app.Client();
        var old = await again.PostAsJsonAsync("/api/v1/staff/sessions", new StaffSessionRequest("office", "OF-001", StaffDesk.Password, desk.Code("OF-001"), Town.A.Value));
        Assert.Contains("login_failed", await old.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, (await again.PostAsJsonAsync("/api/v1/staff/sessions", new StaffSessionRequest("office", "OF-001", Newer, desk.Code("OF-001"), Town.A.Value))).StatusCode);
        await using var connection = await app.Database.Open();
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'staff.password_set' and actor = subject"));
    }

    [Fact]
    public async Task V_D2_V_D3_guesses_of_the_old_one_slow_down_as_those_of_the_login_do_over_the_api_too()
    {
        var clock = new TestClock();
        await using var app = await TestApp.Start(["MyKey:Limits:AttemptsPerMinute=1000"], b => b.Services.AddSingleton<TimeProvider>(clock));
        var desk = new StaffDesk(app);
        using var me = await desk.Operator();
        async Task<string> Put(string old, string code = "123456")
        {
            var answer = await me.PutAsJsonAsync("/api/v1/staff/sessions/operator/password", new StaffPasswordRequest(old, Newer, code));
            return answer.IsSuccessStatusCode ? "ok" : (await answer.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>()).GetProperty("code").GetString()!;
        }

        for (var wrong = 0; wrong < 3; wrong++) Assert.Equal("password_wrong", await Put($"wrong-{wrong}"));
        var tries = new List<string>();
        for (var more = 0; more < 3; more++) tries.Add(await Put(StaffDesk.Password));
        Assert.Contains("login_throttled", tries);
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("ok", await Put(StaffDesk.Password, desk.Code("OP-001")));
        using var nobody = app.Client();
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.PutAsJsonAsync("/api/v1/staff/sessions/operator/password", new StaffPasswordRequest("a", "b", "c"))).StatusCode);
    }
}
