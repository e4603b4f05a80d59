using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.MyPage;

/// <summary>Goal: with the card in hand another MyKey ID is two presses away, and nothing else changes.</summary>
public class IdPageTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5015_points_and_history_are_the_same_before_and_after(Engine engine)
    {
        await using var town = await CardTown.Start(engine);
        using var card = town.Authority.Issue();
        var me = await town.Resident(card, "AB12CD34");
        await town.Residents.Grant(me, 500, 40);
        await town.Residents.Use(me, 120);
        using var browser = town.Browser();
        await browser.Login(card);
        async Task<string> Read() => await browser.Client.GetStringAsync("/api/v1/my/balances") + await browser.Client.GetStringAsync("/api/v1/my/history?issuer=132985");
        var before = await Read();
        Assert.Contains("/my/id", await browser.Client.GetStringAsync("/my/settings"), StringComparison.Ordinal);

        var wrong = await town.Residents.Send(browser.Client, "/my/id", ("MyKeyId", "short"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        var changed = await town.Residents.Send(browser.Client, "/my/id", ("MyKeyId", "ZY98XW76"));

        Assert.Equal("/my/id?saved=1", changed.Headers.Location!.ToString());
        Assert.Contains("ZY98XW76", await browser.Client.GetStringAsync("/my/id?saved=1"), StringComparison.Ordinal);
        Assert.Equal(before, await Read());
        using var later = town.App.Client();
        Assert.Equal(HttpStatusCode.Forbidden, (await later.PostAsJsonAsync("/api/v1/my/sessions", new { myKeyId = "AB12CD34", password = Residents.Password })).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await later.PostAsJsonAsync("/api/v1/my/sessions", new { myKeyId = "ZY98XW76", password = Residents.Password })).StatusCode);
    }

    [Fact]
    public async Task S1_54_K_19_S0_5005a_the_header_of_every_page_names_the_id_masked_and_leads_to_it()
    {
        await using var town = await Residents.Start();
        await town.Resident();
        using var client = await town.LoggedIn();
        foreach (var path in (string[])["/my/settings", "/my/id", "/my/id/revoke", "/my/card", "/lost/stop"])
        {
            var page = await client.GetStringAsync(path);
            Assert.Contains("M＊＊＊＊＊56", page[..page.IndexOf("<main", StringComparison.Ordinal)], StringComparison.Ordinal);
            Assert.Contains("href=\"/my?id=show\"", page, StringComparison.Ordinal);
        }
        Assert.Contains(Residents.MyKeyId, await client.GetStringAsync("/my?id=show"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S0_1004a_by_password_the_card_is_asked_for_on_the_page_and_in_the_api()
    {
        await using var town = await CardTown.Start();
        using var card = town.Authority.Issue();
        await town.Resident(card, "AB12CD34");
        using var browser = town.Browser();
        await town.Residents.Send(browser.Client, "/my/login", ("MyKeyId", "AB12CD34"), ("Password", Residents.Password));
        Assert.Contains("/card/ask?purpose=step-up&amp;back=%2Fmy%2Fid", await browser.Client.GetStringAsync("/my/id"), StringComparison.Ordinal);
        var no = await browser.Client.PutAsJsonAsync("/api/v1/my/id", new { myKeyId = "ZY98XW76" });
        Assert.Equal((HttpStatusCode.Forbidden, "card_login_required"), (no.StatusCode, (await no.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()));

        Assert.Equal("/my/id", await browser.Login(card, "step-up", "/my/id"));
        var body = new { myKeyId = "ZY98XW76", instead = "AB12CD34" };
        for (var i = 0; i < 2; i++)
        {
            var yes = await browser.Client.PutAsJsonAsync("/api/v1/my/id", body);
            Assert.Equal((HttpStatusCode.OK, "ZY98XW76"), (yes.StatusCode, (await yes.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("myKeyId").GetString()));
        }
    }
}
