using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.OperationSearch;
using MyKey.App.Operator;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.OperationSearch;

/// <summary>Goal: misuse can be investigated at once: the operation log is found by days, action, person and thing (S0-1022c).</summary>
public class OperationSearchTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1022c_the_platform_finds_by_id_person_and_action(Engine engine)
    {
        await using var app = await TestApp.Start(engine: engine);
        var town = await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        var platform = await desk.Operator();
        Assert.Equal(HttpStatusCode.OK, (await platform.PostAsJsonAsync("/api/v1/operator/citizens/MY123456/suspend", new ReasonRequest("受付番号12"))).StatusCode);

        var about = await Find(platform, "operator", "about=my123456");
        Assert.Equal(["log.searched", "citizen.suspended"], about.Operations.Take(2).Select(o => o.Action));
        Assert.Contains(about.Operations, o => o is { Action: "id.issued", ByKind: "citizen" });
        Assert.All(about.Operations, o => Assert.Equal(town.Citizen.Value, o.Citizen));
        var suspended = (await Find(platform, "operator", "action=citizen.suspended&by=op-001")).Operations.Single();
        Assert.Equal(("OP-001", "受付番号12", "Active", "Suspended"), (suspended.ByName, suspended.Reason, suspended.Before, suspended.After));
        Assert.Empty((await Find(platform, "operator", "until=2020-01-31&from=2020-01-01")).Operations);

        Assert.Equal("out_of_period", await Code(platform, "from=2026-02-02&until=2026-02-01"));
        Assert.Equal("out_of_period", await Code(platform, "from=yesterday"));
        Assert.Equal("not_found", await Code(platform, "by=OP-777"));
        Assert.Equal("not_found", await Code(platform, "about=ZZ999999"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1022c_leaves_follow_each_other_without_gap_or_repeat(Engine engine)
    {
        await using var app = await TestApp.Start(engine: engine);
        var platform = await new StaffDesk(app).Operator();
        var log = app.Services.GetRequiredService<MyKey.Kernel.OperationLog.OperationLog>();
        for (var i = 0; i < 120; i++) await app.Database.Write(tx => log.Write(tx, new Operation("shop.opened", Actor.Job("test"), Guid.CreateVersion7(), After: $"{i}")));

        var (seen, next) = (new List<string?>(), "");
        do
        {
            var leaf = await Find(platform, "operator", $"action=shop.opened&after={next}");
            seen.AddRange(leaf.Operations.Select(o => o.After));
            next = leaf.Next;
        }
        while (next is not null);
        Assert.Equal(120, seen.Distinct().Count());
        Assert.Equal(120, seen.Count);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_an_office_finds_what_its_own_people_and_devices_did_and_no_citizen(Engine engine)
    {
        await using var app = await TestApp.Start(engine: engine);
        var town = await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        var office = await desk.Officer("SA-001", Town.A, Role.StaffAdmin);
        await desk.Officer("SA-002", Town.B, Role.StaffAdmin);
        await town.Terminal(town.Shop);
        await town.Code();

        var found = await Find(office, "office", "");
        Assert.Contains(found.Operations, o => o is { Action: "staff.logged_in", ByName: "SA-001" });
        Assert.Contains(found.Operations, o => o.Action == "terminal.enrolled");
        Assert.DoesNotContain(found.Operations, o => o.ByName == "SA-002" || o.Action is "id.issued" or "code.issued" or "municipality.imported");
        Assert.All(found.Operations, o => Assert.Null(o.Citizen));
        Assert.Equal("not_found", (await (await office.GetAsync("/api/v1/office/operations?about=MY123456")).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.Equal("not_found", (await (await office.GetAsync("/api/v1/office/operations?by=SA-002")).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        var officer = await desk.Officer("OF-001", Town.A, Role.Officer);
        Assert.Equal(HttpStatusCode.Forbidden, (await officer.GetAsync("/api/v1/office/operations")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await officer.GetAsync("/office/operations")).StatusCode);
    }

    [Fact]
    public async Task S0_1022c_the_page_says_it_in_plain_words()
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        var platform = await new StaffDesk(app).Operator();
        await platform.PostAsJsonAsync("/api/v1/operator/citizens/MY123456/suspend", new ReasonRequest("受付番号12"));

        var page = WebUtility.HtmlDecode(await platform.GetStringAsync("/operator/operations?about=MY123456"));
        Assert.Contains("マイキーIDを止めた", page, StringComparison.Ordinal);
        Assert.Contains("ご本人が選んだ", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Suspended", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await platform.GetAsync("/operator/operations?by=OP-777")).StatusCode);
    }

    [Fact]
    public void Every_action_of_the_document_is_said_in_Japanese()
    {
        var named = System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(Path.Combine(MyKey.Tests.Support.Golden.Repository, "docs/operation-log.md")), "^\\| `([a-z_.]+)` \\|", System.Text.RegularExpressions.RegexOptions.Multiline)
            .Select(m => m.Groups[1].Value).ToArray();
        Assert.NotEmpty(named);
        Assert.DoesNotContain(named, a => ActionWords.Of(a) == a);
    }

    [Theory]
    [InlineData("citizen.suspended", "Active", "使えます")]
    [InlineData("id.issued", "chosen", "ご本人が選んだ")]
    [InlineData("password.set", "by old password", "前のパスワードで決めた")]
    [InlineData("setting.set", "municipality/132985 spend.tap=on from 2026-04-01T00:00:00+09:00", "かざすだけの支払い　132985　使える　2026年4月1日から")]
    [InlineData("machine_key.issued", "132985 uses.write 90d", "132985　お店での利用と取り消し　90日間")]
    public void Raw_words_are_said_in_plain_Japanese(string action, string raw, string said) => Assert.Equal(said, LogWords.Say(action, raw));

    private static async Task<OperationsReply> Find(HttpClient client, string shell, string query)
    {
        var answer = await client.GetAsync($"/api/v1/{shell}/operations?{query}");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<OperationsReply>())!;
    }

    private static async Task<string?> Code(HttpClient client, string query) =>
        (await (await client.GetAsync($"/api/v1/operator/operations?{query}")).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
}
