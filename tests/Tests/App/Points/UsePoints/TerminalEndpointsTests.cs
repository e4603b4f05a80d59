using System.Net;
using System.Text.Json;
using MyKey.Identity.Citizens;
using MyKey.Identity.Passwords;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.UsePoints;

/// <summary>Goal: whatever a terminal's pages do, its calls do by the same rules (S2-P7, S4-06b, S0-1014).</summary>
public class TerminalEndpointsTests
{
    private const string Password = "midori-no-oka-1873";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4016a_S0_4037_from_the_number_over_the_table_to_the_receipt_and_back(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var shown = await till.Call(HttpMethod.Post, "/api/v1/citizen-tokens", new { myKeyId = "my123456", code = await till.Town.Code() });
        Assert.Equal((HttpStatusCode.Created, 300_000), (shown.Status, shown.Body.GetProperty("validMs").GetInt64()));
        var token = shown.Body.GetProperty("citizenToken").GetString()!;

        var held = await till.Call(HttpMethod.Get, "/api/v1/holdings", citizenToken: token);
        Assert.Equal(["A市ポイント 2800 True", "B町ポイント 2000 True", "C村ポイント 1740 False"], held.Body.GetProperty("holdings").EnumerateArray().Select(Row));
        var used = await till.Use(Guid.CreateVersion7(), token, "132985", 1000);
        var receipt = used.Body.GetProperty("receipt").GetString();
        Assert.Equal("token_expired", (await till.Call(HttpMethod.Get, "/api/v1/holdings", citizenToken: token)).Code);

        var id = Guid.CreateVersion7();
        Assert.Equal("shop_code_wrong", (await till.Call(HttpMethod.Post, "/api/v1/cancels", new { id, receipt, shopCode = "999888" })).Code);
        Assert.Equal(HttpStatusCode.Created, (await till.Call(HttpMethod.Post, "/api/v1/cancels", new { id, receipt, shopCode = Town.ShopCode })).Status);
        Assert.Equal(HttpStatusCode.OK, (await till.Call(HttpMethod.Post, "/api/v1/cancels", new { id, receipt, shopCode = Town.ShopCode })).Status);
        Assert.Equal("already_cancelled", (await till.Call(HttpMethod.Post, "/api/v1/cancels", new { id = Guid.CreateVersion7(), receipt, shopCode = Town.ShopCode })).Code);
        Assert.Equal(2800, await till.Town.Usable(Town.A));
    }

    [Fact]
    public async Task S0_1014b_another_shop_cannot_cancel_and_its_terminal_cannot_use_the_token()
    {
        await using var till = await Till.Open(Engine.Sqlite);
        var token = await till.CitizenToken();
        await using var other = await till.Second(await till.Town.OpenShop("となりの店"));
        Assert.Equal("token_expired", (await other.Call(HttpMethod.Get, "/api/v1/holdings", citizenToken: token)).Code);
        var receipt = (await till.Use(Guid.CreateVersion7(), token, "132985", 1000)).Body.GetProperty("receipt").GetString();
        Assert.Equal("scope_denied", (await other.Call(HttpMethod.Post, "/api/v1/cancels", new { id = Guid.CreateVersion7(), receipt, shopCode = Town.ShopCode })).Code);
        using var browser = till.App.Client();
        browser.DefaultRequestHeaders.Add("Cookie", $"mykey-terminal={other.Cookie}");
        var page = await till.App.Submit(browser, "/terminal/cancel", "/terminal/cancel", ("Receipt", receipt!), ("ShopCode", Town.ShopCode));
        Assert.Contains(RefusalText.For("scope_denied").What, WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Equal(1800, await till.Town.Usable(Town.A));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_06b_the_password_pays_where_the_municipalities_allow_it(Engine engine)
    {
        await using var till = await Till.Open(engine);
        Assert.True((await till.Town.Get<SetPassword>().Set(till.Town.Session, new NewPassword(Password, null, new ClientNetwork("192.0.2.0/24")))).Ok);
        var right = new { myKeyId = "MY123456", password = Password };
        Assert.Equal("step_up_required", (await till.Call(HttpMethod.Post, "/api/v1/citizen-tokens", right)).Code);
        Assert.DoesNotContain("パスワード", await till.Page("/terminal"), StringComparison.Ordinal);

        await till.Town.Get<SetSetting>().Run(new("spend.password", SettingPlace.Platform, "on", Actor.Job("test")));
        Assert.Contains("/terminal?by=password", await till.Page("/terminal"), StringComparison.Ordinal);
        Assert.Contains("type=\"password\"", await till.Page("/terminal?by=password"), StringComparison.Ordinal);
        Assert.Equal("login_failed", (await till.Call(HttpMethod.Post, "/api/v1/citizen-tokens", new { myKeyId = "MY123456", password = "not-this-one" })).Code);
        var shown = await till.Call(HttpMethod.Post, "/api/v1/citizen-tokens", right);
        Assert.Equal(HttpStatusCode.Created, shown.Status);
        Assert.Equal(HttpStatusCode.Created, (await till.Use(Guid.CreateVersion7(), shown.Body.GetProperty("citizenToken").GetString()!, "132985", 1)).Status);
    }

    [Fact]
    public async Task Who_shows_nothing_or_two_things_is_told_so_and_a_stranger_gets_nowhere()
    {
        await using var till = await Till.Open(Engine.Sqlite);
        Assert.Equal("field_required", (await till.Call(HttpMethod.Post, "/api/v1/citizen-tokens", new { myKeyId = "MY123456" })).Code);
        Assert.Equal("field_required", (await till.Call(HttpMethod.Post, "/api/v1/citizen-tokens", new { myKeyId = "MY123456", code = "123456", password = Password })).Code);
        Assert.Equal("token_expired", (await till.Call(HttpMethod.Get, "/api/v1/holdings")).Code);
        till.Client.DefaultRequestHeaders.Remove("Cookie");
        Assert.Equal("terminal_unknown", (await till.Call(HttpMethod.Get, "/api/v1/holdings", citizenToken: "x")).Code);
        Assert.Equal("terminal_unknown", (await till.Call(HttpMethod.Post, "/api/v1/citizen-tokens", new { myKeyId = "MY123456", code = "123456" })).Code);
    }

    private static string Row(JsonElement holding) => $"{holding.GetProperty("name").GetString()} {holding.GetProperty("usable").GetInt64()} {holding.GetProperty("accepted").GetBoolean()}";
}
