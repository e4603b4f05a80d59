using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Operator.DatedSettings;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;
using Book = MyKey.Kernel.Settings.Settings;

namespace MyKey.Tests.App.Operator.DatedSettings;

/// <summary>Goal: an operator sees what holds where and from when on, and sets it from a day on, by two people as soon as there are two (Z1, identity.md).</summary>
public class PlatformSettingsTests
{
    private const string Api = "/api/v1/operator/settings";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_02_one_operator_sets_and_two_need_each_other(Engine engine)
    {
        await using var app = await TestApp.Start(engine: engine);
        await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        var first = await desk.Operator();
        var clock = app.Services.GetRequiredService<TimeProvider>();
        var tomorrow = clock.Today().AddDays(1);

        var now = new WantedSetting(Guid.CreateVersion7(), "spend.pin_above", "municipality/132985", "２，５００", null, "会議で決まった");
        Assert.True((await Read<SettingAskedReply>(await first.PostAsJsonAsync(Api, now))).Applied);
        Assert.True((await Read<SettingAskedReply>(await first.PostAsJsonAsync(Api, now))).Applied);
        Assert.Equal("id_reused", await Code(await first.PostAsJsonAsync(Api, now with { Value = "2600" })));

        await desk.Invite("OP-002", null, Role.Operator);
        var second = await desk.SignIn("operator", "OP-002");
        var coming = now with { Id = Guid.CreateVersion7(), Value = "1000", From = $"{tomorrow:yyyy-MM-dd}" };
        Assert.False((await Read<SettingAskedReply>(await first.PostAsJsonAsync(Api, coming))).Applied);
        Assert.Equal("four_eyes", await Code(await first.PostAsync($"{Api}/changes/{coming.Id}/approve", null)));
        Assert.Single((await second.GetFromJsonAsync<WaitingSettingReply[]>($"{Api}/changes"))!);
        Assert.True((await Read<SettingAskedReply>(await second.PostAsync($"{Api}/changes/{coming.Id}/approve", null))).Applied);
        Assert.Equal("not_found", await Code(await second.PostAsync($"{Api}/changes/{coming.Id}/approve", null)));
        var turnedDown = now with { Id = Guid.CreateVersion7(), Value = "1" };
        await first.PostAsJsonAsync(Api, turnedDown);
        Assert.Equal(HttpStatusCode.OK, (await first.PostAsync($"{Api}/changes/{turnedDown.Id}/refuse", null)).StatusCode);

        var lines = (await second.GetFromJsonAsync<SettingLineReply[]>($"{Api}/spend.pin_above"))!;
        Assert.Equal([("platform", "3000", "now"), ("municipality/132985", "1000", "coming"), ("municipality/132985", "2500", "now")], lines.Select(l => (l.Place, l.Value!, l.When)));
        var scope = new MyKey.Kernel.Settings.SettingScope(Issuer: Town.A);
        var book = app.Services.GetRequiredService<Book>();
        Assert.Equal((2500, 1000), (await book.Get("spend.pin_above", scope, clock.NowMs()) is { } before ? before.Number : 0, (await book.Get("spend.pin_above", scope, Jst.EndOf(tomorrow.AddDays(-1)))).Number));
        Assert.Contains((await second.GetFromJsonAsync<SettingReply[]>(Api))!, s => s.Key == "spend.pin_above" && s.Value == "3000" && s.Name.Length > 0);
    }

    [Fact]
    public async Task Z1_the_past_what_is_out_of_range_and_unknown_places_are_refused()
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        var platform = await desk.Operator();
        var wanted = new WantedSetting(Guid.CreateVersion7(), "cancel.grace_days", "platform", "10", null, "会議で決まった");
        async Task Says(string code, WantedSetting asked) => Assert.Equal(code, await Code(await platform.PostAsJsonAsync(Api, asked)));

        await Says("out_of_period", wanted with { From = "2020-01-01" });
        await Says("number_format", wanted with { Value = "181" });
        await Says("field_unknown", wanted with { Key = "no.such" });
        await Says("field_unknown", wanted with { Place = "terminal/x" });
        await Says("field_unknown", wanted with { Place = $"programme/{Guid.NewGuid()}" });
        await Says("municipality_unknown", wanted with { Place = "municipality/141305" });
        await Says("field_required", wanted with { Reason = " " });
        var office = await desk.Officer("SA-001", Town.A, Role.StaffAdmin);
        Assert.Equal("login_required", await Code(await office.GetAsync(Api)));
        Assert.Single((await platform.GetFromJsonAsync<SettingLineReply[]>($"{Api}/cancel.grace_days"))!);
    }

    [Fact]
    public async Task Z1_the_pages_show_and_set()
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        var platform = await new StaffDesk(app).Operator();
        const string page = "/operator/settings/spend.tap";
        Assert.Contains("かざすだけの支払い", WebUtility.HtmlDecode(await platform.GetStringAsync("/operator/settings")), StringComparison.Ordinal);
        var wrong = await app.Submit(platform, page, page, ("Id", $"{Guid.CreateVersion7()}"), ("Kind", "municipality"), ("Name", "132984"), ("Value", "on"), ("Reason", "会議で決まった"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        var set = await app.Submit(platform, page, page, ("Id", $"{Guid.CreateVersion7()}"), ("Kind", "municipality"), ("Name", "１３２９８５"), ("Value", "on"), ("From", ""), ("Reason", "会議で決まった"));
        Assert.Equal("/operator/settings?saved=set", set.Headers.Location?.ToString());
        var shown = WebUtility.HtmlDecode(await platform.GetStringAsync(page));
        Assert.Contains("A市（ポイントを出した自治体）", shown, StringComparison.Ordinal);
        Assert.Contains("使える", shown, StringComparison.Ordinal);
        var back = await app.Submit(platform, page, $"{page}?handler=back", ("Id", $"{Guid.CreateVersion7()}"), ("Kind", "municipality"), ("Name", "132985"), ("Reason", "元に戻す"));
        Assert.Equal("/operator/settings?saved=set", back.Headers.Location?.ToString());
        Assert.Contains("決めない", WebUtility.HtmlDecode(await platform.GetStringAsync(page)), StringComparison.Ordinal);
    }

    private static async Task<T> Read<T>(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<T>())!;
    }

    private static async Task<string?> Code(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
}
