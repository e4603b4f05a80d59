using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using MyKey.App.Staffing;
using MyKey.Identity.Staffing;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Staffing;

/// <summary>Goal: staff come, change and go by two people, never by the one it concerns (V-D3).</summary>
public class StaffingTests
{
    private const string Api = "/api/v1/operator/staff";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_with_two_operators_one_proposes_and_the_other_approves(Engine engine)
    {
        await using var app = await TestApp.Start(engine: engine);
        await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        var first = await desk.Operator();
        await desk.Invite("OP-002", null, Role.Operator);
        var second = await desk.SignIn("operator", "OP-002");
        var wanted = new WantedChange(Guid.CreateVersion7(), "invite", null, "OF-001", "officer", "13298");

        var waits = await Read<StaffChangeReply>(await first.PostAsJsonAsync(Api, wanted));
        Assert.Equal((false, null), (waits.Applied, waits.EnrolUrl));
        Assert.Equal(waits, await Read<StaffChangeReply>(await first.PostAsJsonAsync(Api, wanted)));
        await Says("id_reused", await first.PostAsJsonAsync(Api, wanted with { Number = "OF-002" }));
        Assert.Single((await second.GetFromJsonAsync<WaitingChangeReply[]>($"{Api}/changes"))!);
        await Says("four_eyes", await first.PostAsync($"{Api}/changes/{waits.Change}/approve", null));
        var done = await Read<StaffChangeReply>(await second.PostAsync($"{Api}/changes/{waits.Change}/approve", null));
        Assert.Matches("^http://mykey.localhost:[0-9]+/office/enrol\\?token=.{20,}$", done.EnrolUrl);
        Assert.Contains((await first.GetFromJsonAsync<StaffReply[]>(Api))!, s => s is { Number: "OF-001", State: "invited" } && s.Roles.Single() == "officer@132985");

        var end = await Read<StaffChangeReply>(await first.PostAsJsonAsync(Api, new WantedChange(Guid.CreateVersion7(), "end", done.Staff, null, null, null)));
        Assert.Equal(HttpStatusCode.OK, (await second.PostAsync($"{Api}/changes/{end.Change}/refuse", null)).StatusCode);
        Assert.Empty((await second.GetFromJsonAsync<WaitingChangeReply[]>($"{Api}/changes"))!);
    }

    [Fact]
    public async Task V_D3_the_pages_invite_give_take_and_end()
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        var platform = await desk.Operator();

        var noRole = await app.Submit(platform, "/operator/staff/new", "/operator/staff/new", ("Id", $"{Guid.CreateVersion7()}"), ("Number", "OF-001"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, noRole.StatusCode);
        var invited = await app.Submit(platform, "/operator/staff/new", "/operator/staff/new", ("Id", $"{Guid.CreateVersion7()}"), ("Number", "OF-001"), ("RoleName", "officer"), ("Town", "132985"));
        Assert.Contains("/office/enrol?token=", await invited.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var list = await platform.GetStringAsync("/operator/staff");
        Assert.Contains("A市 付与の担当", list, StringComparison.Ordinal);
        var member = Regex.Match(list, "/operator/staff/([0-9a-f-]{36})\">OF-001").Groups[1].Value;
        var page = $"/operator/staff/{member}";
        async Task<string> Change(params (string, string)[] fields) =>
            (await app.Submit(platform, page, page, [("Change", $"{Guid.CreateVersion7()}"), .. fields])).Headers.Location?.ToString() ?? "";
        Assert.Equal("/operator/staff?saved=done", await Change(("kind", "give_role"), ("RoleName", "approver"), ("Town", "132985")));
        Assert.Equal("/operator/staff?saved=done", await Change(("kind", "take_role"), ("RoleName", "officer"), ("Town", "132985")));
        Assert.Contains("A市 承認の担当", await platform.GetStringAsync("/operator/staff"), StringComparison.Ordinal);
        Assert.Equal("/operator/staff?saved=done", await Change(("kind", "end")));
        Assert.Contains("終わりました", await platform.GetStringAsync("/operator/staff"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task V_D3_a_staff_admin_proposes_for_the_own_municipality_only()
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        var office = await desk.Officer("SA-001", Town.A, Role.StaffAdmin);
        var officer = await desk.Officer("OF-001", Town.A, Role.Officer);
        await desk.Invite("OF-009", Town.B, Role.Officer);

        var waits = await Read<StaffChangeReply>(await office.PostAsJsonAsync("/api/v1/office/staff", new WantedChange(Guid.CreateVersion7(), "invite", null, "OF-002", "officer", "134988")));
        Assert.False(waits.Applied);
        Assert.Equal("132985", (await office.GetFromJsonAsync<WaitingChangeReply[]>("/api/v1/office/staff/changes"))!.Single().Municipality);
        await Says("field_required", await office.PostAsJsonAsync("/api/v1/office/staff", new WantedChange(Guid.CreateVersion7(), "invite", null, "OP-009", "operator", null)));
        Assert.Equal(["OF-001", "SA-001"], (await office.GetFromJsonAsync<StaffReply[]>("/api/v1/office/staff"))!.Select(s => s.Number));
        await Says("role_forbidden", await officer.GetAsync("/api/v1/office/staff"));
        Assert.Equal(HttpStatusCode.Forbidden, (await officer.GetAsync("/office/staff")).StatusCode);
    }

    private static async Task<T> Read<T>(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<T>())!;
    }

    private static async Task Says(string words, HttpResponseMessage answer) => Assert.Contains(words, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
}
