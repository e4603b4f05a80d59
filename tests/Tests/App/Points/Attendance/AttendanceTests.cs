using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.Attendance;
using MyKey.App.GrantBatches;
using MyKey.App.SignIn;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.GrantBatches;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Attendance;

/// <summary>Goal: an organiser records who was there and credits nothing; the office approves the whole at once, and each person gets something once (S2-P3d, S2-P19c).</summary>
public class AttendanceTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P3d_from_the_list_of_an_organiser_to_points_once(Engine engine)
    {
        await using var desk = await OrganiserDesk.Open(engine);
        var occasion = await desk.Occasion();
        var line = new AttendanceRequest(Guid.CreateVersion7(), "my123456");
        for (var click = 0; click < 2; click++) Assert.Equal(HttpStatusCode.Created, (await desk.Add(occasion, line)).StatusCode);
        Assert.Equal("already_recorded", await GrantOffice.Code(await desk.Add(occasion, line with { Id = Guid.CreateVersion7() })));
        var (_, session) = await desk.Office.Town.Issue("EF123456", 4);
        var byCode = new AttendanceRequest(Guid.CreateVersion7(), "EF123456", await desk.Office.Town.Code(session), Leads: true);
        Assert.Equal(HttpStatusCode.Created, (await desk.Add(occasion, byCode)).StatusCode);
        var read = await OrganiserDesk.Read<AttendanceFile>(await desk.File(occasion, "マイキーID,役割\nAB123456,\nMY123456,\nZZ999999,\nCD123456,会長\nCD12345,\n"));
        Assert.Equal(1, read.Recorded);
        Assert.Equal([(3, "already_recorded"), (4, "mykey_unknown"), (5, "role_unknown"), (6, "id_format")], read.Refused.Select(r => (r.Line, r.Code)));
        Assert.Equal("not_found", await GrantOffice.Code(await desk.Approve(occasion)));
        await desk.Send(occasion);
        Assert.Equal(2_800, await desk.Office.Usable());

        var tasks = (await desk.Office.Officer.GetFromJsonAsync<List<TodaysTask>>("/api/v1/office/today"))!;
        Assert.Contains(tasks, t => t.Kind == "attendance");
        Assert.Equal([("M＊＊＊＊＊56", "id", false), ("E＊＊＊＊＊56", "code", true), ("A＊＊＊＊＊56", "file", false)], (await desk.Lines(occasion)).Select(l => (l.MyKeyId, l.By, l.Leads)));
        var approved = await OrganiserDesk.Read<OfficeOccasionReply>(await desk.Approve(occasion, new ApproveAttendanceRequest([3])));
        // Asking twice is asking once: what was struck stays struck.
        Assert.Equal(approved, await OrganiserDesk.Read<OfficeOccasionReply>(await desk.Approve(occasion)));
        await desk.Office.Done(await desk.File(occasion));
        Assert.Equal([("posted", 200L), ("posted", 500L), (null, (long?)null)], (await desk.Lines(occasion)).Select(l => (l.State, l.Granted)));
        Assert.Equal((3_000, 9_300), (await desk.Office.Usable(), await desk.Office.Rest()));

        var seen = (await desk.Device.GetFromJsonAsync<OccasionReply>($"{OrganiserDesk.Api}/{occasion}"))!;
        Assert.Equal(("approved", 3, 2), (seen.State, seen.Lines, seen.Good!.Value));
        Assert.Equal([true, true, false], (await desk.Device.GetFromJsonAsync<List<AttendanceReply>>($"{OrganiserDesk.Api}/{occasion}/lines"))!.Select(l => l.Counts!.Value));
        // The same list on paper, typed at the office, gives nobody anything twice (S2-P19c).
        Assert.Equal("already_granted", await GrantOffice.Code(await desk.Office.Post(desk.Office.Request(200, approved.Occasion))));
        Assert.Null((await desk.Office.Town.Get<Audit>().Run()).Broken);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P19c_presses_and_devices_at_once_record_and_grant_once(Engine engine)
    {
        await using var desk = await OrganiserDesk.Open(engine);
        using var second = await desk.NewDevice(desk.Organiser);
        var occasion = await desk.Occasion();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => desk.Add(occasion, new AttendanceRequest(Guid.CreateVersion7(), i % 4 < 2 ? "MY123456" : "AB123456"), i % 2 == 0 ? desk.Device : second)));
        Assert.Equal(2, answers.Count(a => a.StatusCode == HttpStatusCode.Created));
        await desk.Send(occasion);

        var approvals = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => desk.Approve(occasion)));
        Assert.All(approvals, a => Assert.True(a.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{a.StatusCode}"));
        Assert.Equal(HttpStatusCode.OK, (await desk.Approve(occasion)).StatusCode);
        Assert.Equal(2, (await desk.Office.Done(await desk.File(occasion))).Posted);
        Assert.Equal((3_000, 9_600), (await desk.Office.Usable(), await desk.Office.Rest()));
        Assert.Null((await desk.Office.Town.Get<Audit>().Run()).Broken);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P3d_a_process_that_died_after_the_decision_leaves_one_that_goes_on_as_it_was_decided(Engine engine)
    {
        await using var desk = await OrganiserDesk.Open(engine);
        var occasion = await desk.Sent("公園の清掃", "MY123456", "AB123456");
        await desk.Office.App.Database.Write(async tx =>
        {
            await tx.Connection.ExecuteAsync("update pts_occasion set state = 'approved', points = 300", transaction: tx.Handle);
            await tx.Connection.ExecuteAsync("update pts_attendance set struck = 1 where line = 2", transaction: tx.Handle);
        });
        Assert.Single((await desk.Office.Officer.GetFromJsonAsync<List<OfficeOccasionReply>>($"{OrganiserDesk.OfficeApi}?waiting=true"))!);

        Assert.Equal(HttpStatusCode.OK, (await desk.Approve(occasion, new ApproveAttendanceRequest([1], 900))).StatusCode);
        await desk.Office.Done(await desk.File(occasion));
        Assert.Equal((3_100, 9_700), (await desk.Office.Usable(), await desk.Office.Rest()));
        Assert.Empty((await desk.Office.Officer.GetFromJsonAsync<List<OfficeOccasionReply>>($"{OrganiserDesk.OfficeApi}?waiting=true"))!);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_above_the_threshold_another_officer_approves_and_a_budget_is_never_exceeded(Engine engine)
    {
        await using var desk = await OrganiserDesk.Open(engine, usual: null, leader: null, budget: 15_000);
        using var approver = await desk.Office.Approver();
        var occasion = await desk.Sent("体操の会", "MY123456", "AB123456");
        Assert.Equal("field_required", await GrantOffice.Code(await desk.Approve(occasion)));
        Assert.Equal("occasion_empty", await GrantOffice.Code(await desk.Approve(occasion, new ApproveAttendanceRequest([1, 2], 10))));
        Assert.Equal("amount_format", await GrantOffice.Code(await desk.Approve(occasion, new ApproveAttendanceRequest(null, 0))));

        Assert.Equal(HttpStatusCode.OK, (await desk.Approve(occasion, new ApproveAttendanceRequest(null, 6_000))).StatusCode);
        var file = await desk.File(occasion);
        Assert.Equal(("waiting", 2_800L), (file.State, await desk.Office.Usable()));
        Assert.Equal("role_forbidden", await GrantOffice.Code(await desk.Office.Officer.Do("approve", file)));
        Assert.Equal(HttpStatusCode.OK, (await approver.Do("approve", file)).StatusCode);
        await desk.Office.Done(file);
        Assert.Equal((8_800, 3_000), (await desk.Office.Usable(), await desk.Office.Rest()));

        var more = await desk.Sent("体操の会 2", "MY123456", "AB123456");
        Assert.Equal("budget_exhausted", await GrantOffice.Code(await desk.Approve(more, new ApproveAttendanceRequest(null, 2_000), approver)));
        Assert.Equal("sent", (await desk.Office.Officer.GetFromJsonAsync<OfficeOccasionReply>($"{OrganiserDesk.OfficeApi}/{more}"))!.State);
        Assert.Equal(HttpStatusCode.OK, (await desk.Approve(more, new ApproveAttendanceRequest(null, 1_000), approver)).StatusCode);
        await desk.Office.Done(await desk.File(more));
        Assert.Equal((9_800, 1_000), (await desk.Office.Usable(), await desk.Office.Rest()));
        Assert.Null((await desk.Office.Town.Get<Audit>().Run()).Broken);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_03_who_was_there_gets_no_more_in_a_year_than_the_programme_says(Engine engine)
    {
        await using var desk = await OrganiserDesk.Open(engine, cap: 300);
        var occasions = new List<Guid>();
        foreach (var name in new[] { "清掃 1回", "清掃 2回", "清掃 3回" })
        {
            occasions.Add(await desk.Sent(name, "MY123456", "AB123456"));
            Assert.Equal(HttpStatusCode.OK, (await desk.Approve(occasions[^1])).StatusCode);
            if (occasions.Count < 3) await desk.Office.Done(await desk.File(occasions[^1]));
        }
        // The third gives nobody anything, and its file says why.
        var last = await desk.File(occasions[2]);
        Assert.Equal(("stored", 0), (last.State, last.Good));
        Assert.Equal(["cap_reached", "cap_reached"], (await desk.Office.Officer.GetFromJsonAsync<List<BatchRowReply>>($"{GrantFiles.Batches}/{last.Hash}/rows"))!.Select(r => r.Code));
        Assert.Equal((3_100, 9_400), (await desk.Office.Usable(), await desk.Office.Rest()));
        Assert.Null((await desk.Office.Town.Get<Audit>().Run()).Broken);
    }

    [Fact]
    public async Task S2_P3d_who_may_not_and_what_is_over_is_refused()
    {
        await using var desk = await OrganiserDesk.Open();
        var occasion = await desk.Occasion();
        Assert.Equal(HttpStatusCode.Created, (await desk.Begin(occasion)).StatusCode);
        Assert.Equal("id_reused", await GrantOffice.Code(await desk.Begin(occasion, "別の行事")));
        Assert.Equal("occasion_exists", await GrantOffice.Code(await desk.Begin(Guid.CreateVersion7())));
        Assert.Equal("field_required", await GrantOffice.Code(await desk.Begin(Guid.CreateVersion7(), " ")));
        Assert.Equal("out_of_period", await GrantOffice.Code(await desk.Begin(Guid.CreateVersion7(), "あす", desk.Today.AddDays(1))));
        Assert.Equal("not_started", await GrantOffice.Code(await desk.Begin(Guid.CreateVersion7(), "前", desk.Today.AddDays(-9))));
        Assert.Equal("occasion_empty", await GrantOffice.Code(await desk.Device.PostAsync($"{OrganiserDesk.Api}/{occasion}/send", null)));
        Assert.Equal("count_format", await GrantOffice.Code(await desk.Add(occasion, "MY123456", 0)));
        Assert.Equal("code_wrong", await GrantOffice.Code(await desk.Add(occasion, new AttendanceRequest(Guid.CreateVersion7(), "MY123456", "000000"))));
        Assert.Equal("token_expired", await GrantOffice.Code(await desk.Add(occasion, new AttendanceRequest(Guid.CreateVersion7(), CitizenToken: "x"))));
        Assert.Equal("field_unknown", await GrantOffice.Code(await desk.File(occasion, "マイキーID,氏名\nMY123456,x\n")));
        Assert.Equal("file_empty", await GrantOffice.Code(await desk.File(occasion, "マイキーID\n")));

        var line = new AttendanceRequest(Guid.CreateVersion7(), "MY123456");
        await desk.Add(occasion, line);
        Assert.Equal("id_reused", await GrantOffice.Code(await desk.Add(await desk.Occasion("別の行事"), line)));
        await desk.Device.DeleteAsync($"{OrganiserDesk.Api}/{occasion}/lines/{line.Id}");
        await desk.Add(occasion, line);
        await desk.Send(occasion);
        Assert.Equal("occasion_closed", await GrantOffice.Code(await desk.Add(occasion, "AB123456")));
        Assert.Equal("occasion_closed", await GrantOffice.Code(await desk.File(occasion, "マイキーID\nAB123456\n")));
        Assert.Equal("occasion_closed", await GrantOffice.Code(await desk.Device.DeleteAsync($"{OrganiserDesk.Api}/{occasion}/lines/{line.Id}")));
        Assert.Equal("recording", (await OrganiserDesk.Read<OccasionReply>(await desk.Device.PostAsync($"{OrganiserDesk.Api}/{occasion}/take-back", null))).State);
        await desk.Send(occasion);

        using var approver = await desk.Office.Desk.Officer("AP-001", Town.A, MyKey.Identity.Staffing.Role.Approver);
        Assert.Equal("role_forbidden", await GrantOffice.Code(await desk.Approve(occasion, officer: approver)));
        using var elsewhere = await desk.Office.Desk.Officer("OF-003", Town.B, MyKey.Identity.Staffing.Role.Officer);
        Assert.Equal("not_found", await GrantOffice.Code(await desk.Approve(occasion, officer: elsewhere)));
        for (var click = 0; click < 2; click++) Assert.Equal(HttpStatusCode.OK, (await desk.Office.Officer.PostAsync($"{OrganiserDesk.OfficeApi}/{occasion}/decline", null)).StatusCode);
        Assert.Equal("occasion_closed", await GrantOffice.Code(await desk.Approve(occasion)));
        Assert.Equal("occasion_closed", await GrantOffice.Code(await desk.Device.PostAsync($"{OrganiserDesk.Api}/{occasion}/take-back", null)));
        Assert.Equal("declined", (await desk.Device.GetFromJsonAsync<OccasionReply>($"{OrganiserDesk.Api}/{occasion}"))!.State);
        // What was declined stands in nobody's way.
        Assert.Equal(HttpStatusCode.Created, (await desk.Begin(Guid.CreateVersion7())).StatusCode);
        Assert.Equal(2_800, await desk.Office.Usable());
    }

    [Fact]
    public async Task S4_04_where_a_proof_is_asked_for_the_officer_confirms_it_for_everybody()
    {
        await using var desk = await OrganiserDesk.Open(eligibility: "proof");
        var occasion = await desk.Sent("外出の会", "MY123456");
        Assert.Equal("proof_required", await GrantOffice.Code(await desk.Approve(occasion)));
        Assert.Equal(HttpStatusCode.OK, (await desk.Approve(occasion, new ApproveAttendanceRequest(Proven: true))).StatusCode);
        Assert.Equal(1, (await desk.Office.Done(await desk.File(occasion))).Posted);
    }

    [Fact]
    public async Task S2_P3d_nobody_who_can_get_anything_is_an_answer_with_reasons()
    {
        await using var desk = await OrganiserDesk.Open(eligibility: "list");
        var occasion = await desk.Sent("外出の会", "MY123456");
        Assert.Equal(HttpStatusCode.OK, (await desk.Approve(occasion)).StatusCode);
        Assert.Equal([("refused", "not_eligible")], (await desk.Lines(occasion)).Select(l => (l.State, l.Code)));
        Assert.Equal(0, (await desk.Device.GetFromJsonAsync<OccasionReply>($"{OrganiserDesk.Api}/{occasion}"))!.Good);
    }
}
