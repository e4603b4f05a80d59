using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel.Db;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.SignIn;

/// <summary>Goal: everybody sees where he is logged in and ends what he does not know, at once; nobody sees or ends another's (S0-1023, V-D2, V-D3).</summary>
public class SessionsTests
{
    private static Task<List<SessionReply>> List(HttpClient client, string path = "/api/v1/my/sessions") => client.GetFromJsonAsync<List<SessionReply>>(path)!;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1023_a_citizen_ends_one_session_or_all_others(Engine engine)
    {
        await using var town = await Residents.Start(engine);
        var citizen = await town.Resident();
        await town.Resident("ZZ111111", 2);
        using var stranger = await town.LoggedIn("ZZ111111");
        using var here = await town.LoggedIn();
        using var there = await town.LoggedIn();
        using var third = await town.LoggedIn();
        var all = await List(here);
        // With the card session in which the ID was made.
        Assert.Equal((4, 1, 1), (all.Count, all.Count(s => s.This), all.Count(s => s.Way == "card")));
        var key = (await List(there)).Single(s => s.This).Key;
        Assert.False(all.Single(s => s.Key == key).This);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.DeleteAsync($"/api/v1/my/sessions/{key}")).StatusCode);

        Assert.Equal("/my/sessions?done=one", (await town.Send(here, "/my/sessions?handler=one", ("Key", key))).Headers.Location?.OriginalString);

        Assert.Equal(HttpStatusCode.SeeOther, (await there.GetAsync("/my")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await here.DeleteAsync($"/api/v1/my/sessions/{key}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await third.GetAsync("/my")).StatusCode);
        Assert.Equal("/my/sessions?done=others", (await town.Send(here, "/my/sessions?handler=others")).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.SeeOther, (await third.GetAsync("/my")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/my")).StatusCode);
        Assert.True(Assert.Single(await List(here)).This);
        Assert.DoesNotContain("すべて終わりにする", await here.GetStringAsync("/my/sessions"), StringComparison.Ordinal);
        await using var connection = await town.App.Database.Open();
        Assert.Equal(["session.ended", "session.others_ended"], await connection.QueryAsync<string>("select action from log_operation where citizen = @citizen and action like 'session.%' order by action", new { citizen }));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_staff_see_their_own_alone_and_end_them(Engine engine)
    {
        await using var town = await Residents.Start(engine);
        var desk = new StaffDesk(town.App);
        using var officer = await desk.Officer("OF-001", Residents.A, Role.Officer);
        using var again = await desk.SignIn("office", "OF-001", Residents.A);
        using var other = await desk.Officer("OF-002", Residents.A, Role.Officer);
        const string path = "/api/v1/staff/sessions/office";
        var mine = await List(officer, path);
        Assert.Equal((2, "office"), (mine.Count, mine[0].Shell));
        var key = mine.Single(s => !s.This).Key;
        Assert.Equal(HttpStatusCode.NotFound, (await other.DeleteAsync($"{path}/{key}")).StatusCode);
        Assert.Contains("自治体の業務", await officer.GetStringAsync("/office/sessions"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await officer.DeleteAsync($"{path}/{key}")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await again.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await officer.GetAsync("/api/v1/staff/sessions/operator")).StatusCode);
        Assert.Equal(0, (await (await officer.DeleteAsync($"{path}/others")).Content.ReadFromJsonAsync<OthersEndedReply>())!.Ended);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Nobody_without_a_login_sees_a_list()
    {
        await using var town = await Residents.Start();
        using var stranger = town.App.Client();
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/api/v1/my/sessions")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.DeleteAsync("/api/v1/my/sessions/others")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync("/api/v1/staff/sessions/shop")).StatusCode);
    }
}
