using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using MyKey.App.SignIn;
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
        Assert.Null(done.InvitationCode);
        Assert.Contains((await first.GetFromJsonAsync<StaffReply[]>(Api))!, s => s is { Number: "OF-001", State: "invited" } && s.Roles.Single() == "officer@132985");

        var end = await Read<StaffChangeReply>(await first.PostAsJsonAsync(Api, new WantedChange(Guid.CreateVersion7(), "end", done.Staff, null, null, null)));
        Assert.Equal(HttpStatusCode.OK, (await second.PostAsync($"{Api}/changes/{end.Change}/refuse", null)).StatusCode);
        Assert.Empty((await second.GetFromJsonAsync<WaitingChangeReply[]>($"{Api}/changes"))!);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_the_address_of_one_and_the_digits_of_the_other_are_both_needed_to_enrol(Engine engine)
    {
        await using var app = await TestApp.Start(engine: engine, settings: ["MyKey:Limits:AttemptsPerMinute=10000"]);
        await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        var first = await desk.Operator();
        await desk.Invite("OP-002", null, Role.Operator);
        var second = await desk.SignIn("operator", "OP-002");
        var wanted = new WantedChange(Guid.CreateVersion7(), "invite", null, "OF-001", "officer", "13298");
        var waits = await Read<StaffChangeReply>(await first.PostAsJsonAsync(Api, wanted));
        Assert.Matches("^[0-9]{6}$", waits.InvitationCode);
        Assert.Contains(waits.InvitationCode!, await first.GetStringAsync("/operator/staff"), StringComparison.Ordinal);
        Assert.DoesNotContain(waits.InvitationCode!, await second.GetStringAsync("/operator/staff") + await second.GetStringAsync($"{Api}/changes"), StringComparison.Ordinal);

        var approved = await app.Submit(second, "/operator/staff", "/operator/staff?handler=approve", ("change", $"{waits.Change}"));
        var html = await approved.Content.ReadAsStringAsync();
        var token = Regex.Match(html, "token=([A-Za-z0-9_.%-]+)").Groups[1].Value;
        Assert.DoesNotContain(waits.InvitationCode!, html, StringComparison.Ordinal);
        Assert.Contains(waits.InvitationCode!, await first.GetStringAsync("/operator/staff"), StringComparison.Ordinal);

        using var stranger = app.Client();
        const string enrolments = "/api/v1/staff/enrolments";
        var page = $"/office/enrol?token={token}";
        Assert.DoesNotContain("otpauth", await stranger.GetStringAsync(page), StringComparison.Ordinal);
        Assert.Contains("招いた人に、6けたの番号を聞いて", await stranger.GetStringAsync(page), StringComparison.Ordinal);
        await Says("invitation_code_required", await stranger.PostAsJsonAsync(enrolments, new EnrolmentRequest(token)));
        await Says("invitation_code_required", await stranger.PostAsJsonAsync($"{enrolments}/finish", new EnrolmentFinish(token, StaffDesk.Password, "000000")));
        // Without the part that names its change it is another address.
        await Says("not_found", await stranger.PostAsJsonAsync(enrolments, new EnrolmentRequest(token.Split('.')[0])));
        await Says("not_found", await stranger.PostAsJsonAsync(enrolments, new EnrolmentRequest($"{token.Split('.')[0]}.{Guid.NewGuid():N}", waits.InvitationCode)));
        var wrong = waits.InvitationCode == "000000" ? "000001" : "000000";
        await Says("invitation_code_wrong", await stranger.PostAsJsonAsync(enrolments, new EnrolmentRequest(token, wrong)));
        var typed = await app.Submit(stranger, page, "/office/enrol?handler=begin", ("token", token), ("InvitationCode", waits.InvitationCode!));
        var form = await typed.Content.ReadAsStringAsync();
        Assert.Contains("認証アプリに登録する", form, StringComparison.Ordinal);
        Assert.Contains("action=\"/office/enrol\"", form, StringComparison.Ordinal);   // the address of this answer is the step before
        await desk.Enrol(token, waits.InvitationCode);
        Assert.DoesNotContain(waits.InvitationCode!, await first.GetStringAsync("/operator/staff"), StringComparison.Ordinal);
        Assert.NotNull(await desk.SignIn("office", "OF-001", Town.A));

        // A lost telephone: anew by two, and who guesses waits longer and longer.
        var staff = (await first.GetFromJsonAsync<StaffReply[]>(Api))!.Single(s => s.Number == "OF-001").Id;
        var again = await Read<StaffChangeReply>(await second.PostAsJsonAsync(Api, new WantedChange(Guid.CreateVersion7(), "invite_again", staff, null, null, null)));
        var anew = await Read<StaffChangeReply>(await first.PostAsync($"{Api}/changes/{again.Change}/approve", null));
        Assert.NotEqual(waits.InvitationCode, again.InvitationCode);
        var lost = Uri.UnescapeDataString(anew.EnrolUrl!.Split("token=")[1]);
        await Says("invitation_code_wrong", await stranger.PostAsJsonAsync(enrolments, new EnrolmentRequest(lost, waits.InvitationCode)));
        for (var i = 0; i < 4; i++) await Says("invitation_code_wrong", await stranger.PostAsJsonAsync(enrolments, new EnrolmentRequest(lost, waits.InvitationCode)));
        await Says("rate_limited", await stranger.PostAsJsonAsync(enrolments, new EnrolmentRequest(lost, again.InvitationCode)));
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
