using System.Net.Http.Json;
using MyKey.App.UseNotices;
using MyKey.Identity.Citizens;
using MyKey.Identity.Passwords;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Tests.App.UsePoints;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.UseNotices;

/// <summary>Goal: what was paid with nothing but a card or a password is told to its citizen until he has looked, and to nobody else (K-02).</summary>
public class UseNoticesTests
{
    private const string Password = "midori-no-oka-1873";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_02_a_password_typed_at_a_terminal_is_told_until_it_was_looked_at(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var (town, notices) = (till.Town, till.Town.Get<MyKey.App.UseNotices.UseNotices>());
        await AllowPassword(till);
        await till.Use(Guid.CreateVersion7(), await till.CitizenToken(), "132985", 5);
        Assert.Empty(await notices.Unseen(town.Citizen));

        var paid = await Pay(till, 10);
        await Pay(till, 20);
        var (other, _) = await town.Issue("ZZ999999", 7);
        Assert.Empty(await notices.Unseen(other));
        using var client = await LoggedIn(till);
        var told = (await client.GetFromJsonAsync<UseNoticeReply[]>("/api/v1/my/use-notices"))!;
        Assert.Equal([(20, "password", "くらしの店", "A市ポイント"), (10, "password", "くらしの店", "A市ポイント")], told.Select(t => ((int)t.Amount, t.Way, t.Place, t.Points)));
        Assert.Contains("2回使われました", await client.GetStringAsync("/my"), StringComparison.Ordinal);
        Assert.Contains(paid, await client.GetStringAsync("/my/use-notices"), StringComparison.Ordinal);
        Assert.Contains("マイキーIDとパスワード", await client.GetStringAsync($"/my/history/132985/{paid}"), StringComparison.Ordinal);

        // What comes after the page was shown is still told.
        Assert.True((await notices.See(town.Citizen, told[1].TimeMs)).Value);
        Assert.Single(await notices.Unseen(town.Citizen));
        Assert.Equal("/my", (await till.App.Submit(client, "/my/use-notices", "/my/use-notices", ("UntilMs", $"{told[0].TimeMs}"))).Headers.Location?.OriginalString);
        Assert.DoesNotContain("使われました", await client.GetStringAsync("/my"), StringComparison.Ordinal);
        Assert.Contains("いまありません", await client.GetStringAsync("/my/use-notices"), StringComparison.Ordinal);
        Assert.False((await notices.See(town.Citizen, told[1].TimeMs)).Value);
        Assert.Equal("out_of_period", (await notices.See(town.Citizen, long.MaxValue)).Refused?.Code);
    }

    [Fact]
    public async Task What_was_given_back_is_no_matter_any_more()
    {
        await using var till = await Till.Open(Engine.Sqlite);
        await AllowPassword(till);
        var receipt = await Pay(till, 10);
        var notices = till.Town.Get<MyKey.App.UseNotices.UseNotices>();
        Assert.Single(await notices.Unseen(till.Town.Citizen));
        await till.Call(HttpMethod.Post, "/api/v1/cancels", new { id = Guid.CreateVersion7(), receipt, shopCode = Town.ShopCode });
        Assert.Empty(await notices.Unseen(till.Town.Citizen));
    }

    [Fact]
    public async Task Who_is_not_logged_in_is_told_nothing()
    {
        await using var till = await Till.Open(Engine.Sqlite);
        using var stranger = till.App.Client();
        Assert.Contains("login_required", await (await stranger.GetAsync("/api/v1/my/use-notices")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("login_required", await (await stranger.PostAsJsonAsync("/api/v1/my/use-notices/seen", new { untilMs = 1 })).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task AllowPassword(Till till)
    {
        Assert.True((await till.Town.Get<SetPassword>().Set(till.Town.Session, new NewPassword(Password, null, new ClientNetwork("192.0.2.0/24")))).Ok);
        await till.Town.Get<SetSetting>().Run(new("spend.password", SettingPlace.Platform, "on", Actor.Job("test")));
    }

    private static async Task<string> Pay(Till till, long amount)
    {
        var shown = await till.Call(HttpMethod.Post, "/api/v1/citizen-tokens", new { myKeyId = "MY123456", password = Password });
        return (await till.Use(Guid.CreateVersion7(), shown.Body.GetProperty("citizenToken").GetString()!, "132985", amount)).Body.GetProperty("receipt").GetString()!;
    }

    private static async Task<HttpClient> LoggedIn(Till till)
    {
        var client = till.App.Client();
        Assert.Equal("/my", (await till.App.Submit(client, "/my/login", "/my/login", ("MyKeyId", "MY123456"), ("Password", Password))).Headers.Location?.OriginalString);
        return client;
    }
}
