using System.Net.Http.Json;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Tests.App.GrantBatches;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Office;

/// <summary>Goal: the start page of staff tells what there is to do, and only to whom may do it (S2-P6d, V-D3).</summary>
public class OfficeTodayTests
{
    [Fact]
    public async Task S2_P6d_the_office_sees_what_waits_what_goes_on_and_which_budget_ends()
    {
        await using var office = await GrantOffice.Open(budget: 12_000);
        Assert.Empty(await Today(office.Officer));
        Assert.Contains("いま、急ぐ仕事はありません", await office.Officer.GetStringAsync("/office"), StringComparison.Ordinal);

        await office.Post(office.Request(10_001));
        await office.Store("マイキーID,ポイント,行事\nMY123456,5,清掃\n");
        Assert.Equal(["approvals", "grant_batch"], (await Today(office.Officer)).Select(t => t.Kind));
        foreach (var day in new[] { 6_000, 4_000, 1_000 }) await office.Post(office.Request(day));
        using var approver = await office.Approver();
        foreach (var waiting in (await approver.GetFromJsonAsync<List<MyKey.App.Grants.GrantReply>>("/api/v1/office/grants/waiting"))!.Where(w => w.Points < 10_000))
            await approver.PostAsync($"/api/v1/office/grants/{waiting.Id}/approve", null);

        var tasks = await Today(office.Officer);
        Assert.Equal(["approvals", "grant_batch", "budget"], tasks.Select(t => t.Kind));
        var page = await office.Officer.GetStringAsync("/office");
        Assert.All(tasks, t => Assert.Contains($"href=\"{t.Path}\"", page, StringComparison.Ordinal));
        using var shops = await office.Desk.Officer("TA-001", Town.A, Role.TerminalAdmin);
        Assert.Empty(await Today(shops));
    }

    private static async Task<List<TodaysTask>> Today(HttpClient client) => (await client.GetFromJsonAsync<List<TodaysTask>>("/api/v1/office/today"))!;
}
