using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.MyPage;

/// <summary>Goal: whatever a citizen can do on the pages, a machine can do with the same session.</summary>
public class MyEndpointTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1004b_from_a_fresh_card_to_a_number_for_shops(Engine engine)
    {
        await using var town = await CardTown.Start(engine);
        using var card = town.Authority.Issue();
        using var browser = town.Browser();
        await browser.Login(card);
        var body = new { myKeyId = "AB12CD34", municipality = "132985", password = Residents.Password };
        Assert.Equal(HttpStatusCode.Created, (await browser.Client.PostAsJsonAsync("/api/v1/my/id", body)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.Client.PostAsJsonAsync("/api/v1/my/id", body)).StatusCode);

        using var later = town.App.Client();
        Assert.Equal(HttpStatusCode.Unauthorized, (await later.GetAsync("/api/v1/my/balances")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await later.PostAsJsonAsync("/api/v1/my/sessions", new { myKeyId = "AB12CD34", password = "wrong-password-1" })).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await later.PostAsJsonAsync("/api/v1/my/sessions", new { myKeyId = "ab12cd34", password = Residents.Password })).StatusCode);
        var settings = await Json(await later.PutAsJsonAsync("/api/v1/my/settings", new { municipality = "134988", tapOff = true }));
        Assert.Equal(("134988", true), (settings.GetProperty("municipality").GetString(), settings.GetProperty("tapOff").GetBoolean()));
        var code = await Json(await later.PostAsJsonAsync("/api/v1/my/codes", new { municipality = "132985" }));
        Assert.Equal(6, code.GetProperty("code").GetString()!.Length);
        Assert.Equal(0, (await Json(await later.GetAsync("/api/v1/my/balances"))).GetProperty("balances").GetArrayLength());
        Assert.Equal(0, (await Json(await later.GetAsync("/api/v1/my/history?issuer=132985"))).GetProperty("entries").GetArrayLength());

        // S0_5005b: without the old password only in the card session.
        Assert.Equal(HttpStatusCode.Forbidden, (await later.PutAsJsonAsync("/api/v1/my/password", new { password = "kita-no-hama-5521" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.Client.PutAsJsonAsync("/api/v1/my/password", new { password = "kita-no-hama-5521" })).StatusCode);
    }

    private static async Task<JsonElement> Json(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
