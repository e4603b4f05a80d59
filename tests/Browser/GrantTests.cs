using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyKey.App.GrantBatches;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: an officer grants to one person in three screens, by file in four, and another officer approves (S2-P6d, V-D3).</summary>
public class GrantTests
{
    private const string File = "マイキーID,ポイント,行事\nMY123456,200,12月15日の清掃\nMY12345,200,12月15日の清掃\nAB123456,二百,12月15日の清掃\nMY123456,200,12月15日の清掃\nAB123456,{0},12月15日の清掃\n";

    [Theory]
    [InlineData(Visit.Phone)]
    public async Task S2_P6d_one_person_gets_points_in_three_screens(int width)
    {
        await using var office = await GrantOffice.Open();
        await using var visit = await Visit.Begin(office.App, width);
        var page = visit.Page;
        await office.Desk.Invite("OF-009", Town.A, Role.Officer);
        await visit.LogIn("office", "OF-009", office.Desk);
        await visit.Looks("office-today-empty");
        await Visit.Menu(page, "施策");
        await visit.Looks("office-programmes");
        await page.GetByRole(AriaRole.Link, new() { Name = "見守り活動" }).ClickAsync();
        await visit.Looks("office-programme");
        await Visit.Menu(page, "付与");
        await page.GetByLabel("マイキーID").FillAsync("MY12345");
        await page.GetByLabel("ポイント", new() { Exact = false }).FillAsync("200");
        await page.GetByLabel("行事").FillAsync("12月15日の清掃");
        await visit.Looks("office-grant");
        await Visit.Press(page, "次へ");
        await visit.Looks("office-grant-wrong");
        await page.GetByLabel("マイキーID").FillAsync("MY123456");
        await Visit.Press(page, "次へ");
        await visit.Looks("office-grant-check");
        await Visit.Press(page, "付与する");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "付与しました" })).ToBeVisibleAsync();
        await visit.Looks("office-grant-done");
        Assert.Equal(3000, await office.Usable());
    }

    [Theory]
    [InlineData(Visit.Phone)]
    public async Task S4_02c_a_table_makes_grants_of_what_was_counted(int width)
    {
        await using var office = await GrantOffice.Open();
        await using var visit = await Visit.Begin(office.App, width);
        var page = visit.Page;
        await office.Desk.Invite("OF-009", Town.A, Role.Officer);
        await visit.LogIn("office", "OF-009", office.Desk);
        await Visit.Menu(page, "施策");
        await page.GetByRole(AriaRole.Link, new() { Name = "見守り活動" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("表で付与する") }).ClickAsync();
        await page.GetByLabel("段").FillAsync("10 1000\n20");
        await Visit.Press(page, "表を決める");
        await visit.Looks("office-table-wrong");
        await page.GetByLabel("段").FillAsync("10 1000\n20 2000");
        await Visit.Press(page, "表を決める");
        await page.GetByLabel("CSVファイル").SetInputFilesAsync(new FilePayload { Name = "hours.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes("マイキーID,時間\nMY123456,12\n") });
        await page.GetByLabel("行事").FillAsync("2026年度");
        await visit.Looks("office-table");
        await Visit.Press(page, "内容を見る");
        await Visit.Press(page, "正しい1件を付与する");
        await Finish(office, page);
        Assert.Equal(3800, await office.Usable());
    }

    [Theory]
    [InlineData(Visit.Phone)]
    public async Task S2_P6d_a_file_is_looked_at_then_granted_without_its_bad_lines(int width)
    {
        await using var office = await GrantOffice.Open();
        await office.Town.Issue("AB123456", 2);
        await office.Desk.Invite("OF-009", Town.A, Role.Officer);
        await using var visit = await Visit.Begin(office.App, width);
        var page = visit.Page;
        await visit.LogIn("office", "OF-009", office.Desk);
        await Choose(visit, "volunteer_1215.csv", File.Replace("{0}", "300", StringComparison.Ordinal), "grant-file");
        await Assertions.Expect(page.GetByText("まだ付与していません")).ToBeVisibleAsync();
        await visit.Looks("office-file-check");
        await page.GetByRole(AriaRole.Link, new() { Name = "付与できない行だけ見る" }).ClickAsync();
        await visit.Looks("office-file-refused");
        await visit.Open("/office");
        await visit.Looks("office-today");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("volunteer_1215") }).ClickAsync();
        await Visit.Press(page, "正しい2件を付与する");
        await Finish(office, page);
        await visit.Looks("office-file-done");
        Assert.Equal(3000, await office.Usable());
    }

    [Theory]
    [InlineData(Visit.Phone)]
    public async Task V_D3_a_large_file_and_a_large_grant_are_approved_by_another(int width)
    {
        await using var office = await GrantOffice.Open(budget: 50_000);
        await office.Town.Issue("AB123456", 2);
        await office.Post(office.Request(12_000));
        await office.Officer.PutAsJsonAsync($"/api/v1/office/programmes/{office.Programme}/budget", new MyKey.App.Budgets.BudgetRequest(Guid.CreateVersion7(), 90_000));
        await office.Desk.Invite("OF-008", Town.A, Role.Officer);
        await office.Desk.Invite("OF-009", Town.A, Role.Approver);
        await using (var maker = await Visit.Begin(office.App, width))
        {
            await maker.LogIn("office", "OF-008", office.Desk);
            await Choose(maker, "taiken.csv", File.Replace("{0}", "20000", StringComparison.Ordinal), null);
            await maker.Looks("office-file-large");
            await Visit.Press(maker.Page, "正しい2件の承認を頼む");
            await maker.Looks("office-file-waiting");
        }

        await using var visit = await Visit.Begin(office.App, width);
        var page = visit.Page;
        await visit.LogIn("office", "OF-009", office.Desk);
        await visit.Looks("office-today-approver");
        await Visit.Menu(page, "承認");
        await visit.Looks("office-approvals");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("taiken") }).ClickAsync();
        await visit.Looks("office-file-approve");
        await Visit.Press(page, "承認する");
        await Finish(office, page);
        await visit.Looks("office-file-approved");
        await Visit.Menu(page, "承認");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("の付与を見る") }).ClickAsync();
        await visit.Looks("office-grant-approve");
        await Visit.Press(page, "承認する");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "付与しました" })).ToBeVisibleAsync();
        Assert.Equal(2800 + 200 + 12_000, await office.Usable());
        await visit.Open($"/office/programmes/{office.Programme}");
        await visit.Looks("office-budget-approve");
    }

    private static async Task Choose(Visit visit, string name, string file, string? looks)
    {
        var page = visit.Page;
        await Visit.Menu(page, "付与");
        await page.GetByRole(AriaRole.Link, new() { Name = "ファイルで付与" }).ClickAsync();
        await page.GetByLabel("CSVファイル").SetInputFilesAsync(new FilePayload { Name = name, MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(file) });
        if (looks is not null) await visit.Looks($"office-{looks}");
        await Visit.Press(page, "内容を見る");
    }

    /// <summary>Looks again, as the page tells, until the file is done.</summary>
    private static async Task Finish(GrantOffice office, IPage page)
    {
        var done = page.GetByRole(AriaRole.Heading, new() { Name = "付与が終わりました" });
        for (var deadline = DateTime.UtcNow.AddSeconds(30); !await done.IsVisibleAsync() && DateTime.UtcNow < deadline;)
        {
            if (await office.Town.Get<FindBatches>().NextRunning() is { } running) await office.Town.Get<PostBatches>().Some(running, 100);
            await page.ReloadAsync();
        }
        await Assertions.Expect(done).ToBeVisibleAsync();
    }
}
