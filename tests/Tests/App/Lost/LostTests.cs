using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Lost;
using MyKey.Identity.Citizens;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Lost;

/// <summary>Goal: from the foot of any page to a stopped ID in four screens, without a card.</summary>
public class LostTests
{
    [Fact]
    public async Task S0_1019a_S1_50_three_calls_stand_behind_the_foot_of_every_page()
    {
        await using var town = await Residents.Start();
        await town.Resident();
        using var client = await town.LoggedIn();
        foreach (var page in (string[])["/", "/my", "/my/settings"]) Assert.Contains("<a href=\"/lost\">", await client.GetStringAsync(page), StringComparison.Ordinal);
        var lost = await client.GetStringAsync("/lost");
        Assert.Contains("href=\"tel:0120950178\"", lost, StringComparison.Ordinal);
        Assert.True(lost.IndexOf("フリーダイヤル", StringComparison.Ordinal) < lost.IndexOf("警察署", StringComparison.Ordinal) && lost.IndexOf("警察署", StringComparison.Ordinal) < lost.IndexOf("市区町村の窓口", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_28_without_a_login_ID_and_password_stop_it(Engine engine)
    {
        await using var town = await Residents.Start(engine);
        await town.Resident();
        using var stranger = town.App.Client();
        Assert.Equal(HttpStatusCode.Forbidden, (await town.Send(stranger, "/lost/stop", ("MyKeyId", Residents.MyKeyId), ("Password", "wrong-wrong-wrong"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await town.Send(stranger, "/lost/stop", ("MyKeyId", ""), ("Password", ""))).StatusCode);
        using var elsewhere = await town.LoggedIn();

        var done = await town.Send(stranger, "/lost/stop", ("MyKeyId", Residents.MyKeyId), ("Password", Residents.Password));

        Assert.Equal("/lost/stopped", done.Headers.Location!.ToString());
        Assert.Contains("新しいパスワードを決めます", await stranger.GetStringAsync("/lost/stopped"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await elsewhere.GetAsync("/my")).StatusCode);
        Assert.Contains("id_suspended", await (await town.Send(stranger, "/my/login", ("MyKeyId", Residents.MyKeyId), ("Password", Residents.Password))).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task K_28_whoever_is_logged_in_presses_once()
    {
        await using var town = await Residents.Start();
        await town.Resident();
        using var client = await town.LoggedIn();
        var page = await client.GetStringAsync("/lost/stop");
        Assert.Contains("M＊＊＊＊＊56", page, StringComparison.Ordinal);
        Assert.DoesNotContain("type=\"password\"", page, StringComparison.Ordinal);

        Assert.Equal("/lost/stopped", (await town.Send(client, "/lost/stop")).Headers.Location!.ToString());

        Assert.Equal(CitizenState.Suspended, (await town.Get<FindCitizen>().ById(MyKeyId.Read(Residents.MyKeyId).Value))!.State);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1022b_resumed_the_next_card_login_offers_another_ID(Engine engine)
    {
        await using var town = await CardTown.Start(engine);
        using var card = town.Authority.Issue();
        var me = await town.Resident(card, "AB12CD34");
        using var client = town.App.Client();
        using var answer = await client.PostAsJsonAsync("/api/v1/my/stop", new { myKeyId = "AB12CD34", password = Residents.Password });
        Assert.Equal("suspended", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.PostAsJsonAsync("/api/v1/my/stop", new { })).StatusCode);
        var op = new StaffMember(Ids.New<StaffId>(TimeProvider.System), "OP-1", StaffState.Active, [new GivenRole(Role.Operator, null)]);
        Assert.True((await town.App.Services.GetRequiredService<SuspendCitizen>().Resume(op, MyKeyId.Read("AB12CD34").Value, "本人から連絡")).Ok);
        using var browser = town.Browser();

        Assert.Equal("/my/id/offer?back=%2Fmy%2Fsettings", await browser.Login(card, back: "/my/settings"));

        var page = await browser.Client.GetStringAsync("/my/id/offer?back=%2Fmy%2Fsettings");
        Assert.True(page.Contains("新しいIDにする", StringComparison.Ordinal) && page.Contains("このまま", StringComparison.Ordinal));
        var kept = await town.Residents.Send(browser.Client, "/my/id/offer", ("back", "/my/settings"));
        Assert.Equal("/my/settings", kept.Headers.Location!.ToString());
        using var again = town.Browser();
        Assert.Equal("/my", await again.Login(card));
        Assert.Equal(me, (await town.App.Services.GetRequiredService<FindCitizen>().ById(MyKeyId.Read("AB12CD34").Value))!.Id);
    }
}
