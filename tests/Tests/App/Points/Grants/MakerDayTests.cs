using System.Net;
using System.Net.Http.Json;
using MyKey.App.Attendance;
using MyKey.App.Budgets;
using MyKey.App.GrantBatches;
using MyKey.App.Grants;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Ledger;
using MyKey.Tests.App.Attendance;
using MyKey.Tests.App.GrantBatches;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Grants;

/// <summary>Goal: opening another programme is no way around four eyes: what one officer grants and sets as budgets counts over all programmes of the municipality (V-D3).</summary>
public class MakerDayTests
{
    private const string File = "マイキーID,ポイント,行事\nMY123456,3000,清掃\n";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_single_grants_files_and_attendance_of_all_programmes_are_one_sum(Engine engine)
    {
        await using var desk = await OrganiserDesk.Open(engine);
        var office = desk.Office;
        using var approver = await office.Approver();
        var occasion = await desk.Sent("体操の会", "MY123456");
        await office.Begin(GrantOffice.Rules());
        Assert.Equal("posted", await State(office.Request(4_000)));
        await office.Begin(GrantOffice.Rules());
        var file = await office.Store(File);
        Assert.Equal(HttpStatusCode.OK, (await office.Officer.Do("commit", file)).StatusCode);
        await office.Done(file);
        Assert.Equal(9_800, await office.Usable());

        await office.Begin(GrantOffice.Rules());
        Assert.Equal("waiting", await State(office.Request(3_001)));
        var second = await office.Store(File + "AB123456,1,清掃\n");
        Assert.Equal(HttpStatusCode.OK, (await office.Officer.Do("commit", second)).StatusCode);
        Assert.Equal("waiting", (await office.Officer.GetFromJsonAsync<BatchReply>($"{GrantFiles.Batches}/{second.Hash}"))!.State);
        Assert.Equal(HttpStatusCode.OK, (await desk.Approve(occasion, new ApproveAttendanceRequest(null, 3_001))).StatusCode);
        Assert.Equal("waiting", (await desk.File(occasion)).State);
        Assert.Equal(9_800, await office.Usable());

        // Up to the threshold it is still his own, and another officer has a day of his own.
        Assert.Equal("posted", await State(office.Request(3_000)));
        Assert.Equal("waiting", await State(office.Request(1)));
        Assert.Equal("posted", (await (await approver.PostAsJsonAsync("/api/v1/office/grants", office.Request(2_000))).Content.ReadFromJsonAsync<GrantReply>())!.State);
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);

        async Task<string> State(GrantRequest request) => (await (await office.Post(request)).Content.ReadFromJsonAsync<GrantReply>())!.State;
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_grants_out_of_several_programmes_at_once_do_not_slip_past_the_sum(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var requests = new List<GrantRequest>();
        for (var i = 0; i < 4; i++)
        {
            requests.AddRange([office.Request(3_000), office.Request(3_000)]);
            await office.Begin(GrantOffice.Rules());
        }

        var answers = await Task.WhenAll(requests.Select(office.Post));

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Created, a.StatusCode));
        var states = await Task.WhenAll(answers.Select(async a => (await a.Content.ReadFromJsonAsync<GrantReply>())!.State));
        Assert.Equal((3, 5), (states.Count(s => s == "posted"), states.Count(s => s == "waiting")));
        Assert.Equal(2_800 + 9_000, await office.Usable());
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_a_programme_that_is_stricter_waits_and_takes_nothing_from_the_sum_of_the_others(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        Assert.True((await office.Town.Get<SetSetting>().Run(new("grant.four_eyes_above", SettingPlace.Of(new ProgrammeId(office.Programme)), "500", Actor.Job("test")))).Ok);
        Assert.Equal("waiting", await State(office.Request(501)));
        Assert.Equal("posted", await State(office.Request(400)));
        Assert.Equal("waiting", await State(office.Request(101)));
        await office.Begin(GrantOffice.Rules());
        Assert.Equal("posted", await State(office.Request(9_600)));
        Assert.Equal("waiting", await State(office.Request(1)));

        async Task<string> State(GrantRequest request) => (await (await office.Post(request)).Content.ReadFromJsonAsync<GrantReply>())!.State;
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_budgets_that_one_officer_sets_on_a_day_are_one_sum_and_the_rest_needs_another(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine, budget: 0);
        using var approver = await office.Approver();
        var first = office.Programme;
        Assert.True((await Set(first, 6_000)).Applied);
        await office.Begin(GrantOffice.Rules(), budget: 0);
        var second = office.Programme;
        var waiting = await Set(second, 4_001);
        Assert.False(waiting.Applied);
        Assert.Equal(0, await office.Rest());
        Assert.True((await Set(second, 4_000)).Applied);
        // Made smaller at once; made as large again by two.
        Assert.True((await Set(first, 1_000)).Applied);
        Assert.False((await Set(first, 1_001)).Applied);
        Assert.Equal("role_forbidden", await GrantOffice.Code(await office.Officer.PostAsync($"/api/v1/office/budget-changes/{waiting.Change}/approve", null)));
        var approvals = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => approver.PostAsync($"/api/v1/office/budget-changes/{waiting.Change}/approve", null)));
        Assert.Single(approvals, a => a.StatusCode == HttpStatusCode.OK);
        Assert.Equal(4_001, await office.Rest());

        async Task<BudgetReply> Set(Guid programme, long total) =>
            (await (await office.Officer.PutAsJsonAsync($"/api/v1/office/programmes/{programme}/budget", new BudgetRequest(Guid.CreateVersion7(), total))).Content.ReadFromJsonAsync<BudgetReply>())!;
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_budgets_of_new_programmes_at_once_do_not_slip_past_the_sum(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine, budget: 0);
        var programmes = new List<Guid>();
        for (var i = 0; i < 6; i++)
        {
            programmes.Add(office.Programme);
            await office.Begin(GrantOffice.Rules(), budget: 0);
        }

        var answers = await Task.WhenAll(programmes.Select(p => office.Officer.PutAsJsonAsync($"/api/v1/office/programmes/{p}/budget", new BudgetRequest(Guid.CreateVersion7(), 3_000))));

        var replies = await Task.WhenAll(answers.Select(async a => (await a.Content.ReadFromJsonAsync<BudgetReply>())!));
        Assert.Equal((3, 3), (replies.Count(r => r.Applied), replies.Count(r => !r.Applied)));
    }
}
