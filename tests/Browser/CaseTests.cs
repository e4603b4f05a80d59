using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: who does not recognise a line tells the office with two presses, has a number for it, and reads the answer; the office does its part in three screens (S0-5011).</summary>
public class CaseTests
{
    [Theory, InlineData(Visit.Phone)]
    public async Task S0_5011_from_a_line_of_the_history_to_the_answer(int width)
    {
        await using var town = await Residents.Start();
        var citizen = await town.Resident(home: Residents.A);
        await town.Grant(citizen, 1_000, 60);
        await town.Use(citizen, 120);
        var desk = new StaffDesk(town.App);
        await desk.Invite("SD-001", Residents.A, Role.SupportDesk);
        await using var visit = await Visit.Begin(town.App, width);
        var page = visit.Page;
        await LogIn(page, "/my/history/132985");
        await visit.Looks("case-history");
        await page.GetByRole(AriaRole.Link, new() { Name = "心当たりがない" }).First.ClickAsync();
        await visit.Looks("case-new");
        await page.GetByLabel("つたえたいこと").FillAsync("この日は、お店に行っていません。");
        await page.GetByRole(AriaRole.Button, new() { Name = "知らせる", Exact = true }).DblClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/my/cases/[0-9]{9}"));
        await page.Locator("h1").First.WaitForAsync();
        await visit.Looks("case-sent");
        var number = (await page.Locator("h1 .num").InnerTextAsync()).Replace("-", "", StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Link, new() { Name = "知らせた記録と質問の一覧へ" }).ClickAsync();
        await visit.Looks("case-mine");

        await Office(town, desk, number, width);

        await visit.Open("/my");
        await visit.Looks("case-home");
        await page.GetByRole(AriaRole.Link, new() { Name = "返事を読む" }).ClickAsync();
        await page.GetByText("お店の打ちまちがいでした").WaitForAsync();
        await visit.Looks("case-answered");
        await Visit.Press(page, "分かったので、終わりにする");
        await page.GetByText("終わりました").WaitForAsync();
        await visit.Looks("case-closed");
    }

    [Theory, InlineData(Visit.Phone), InlineData(Visit.Desk)]
    public async Task S0_1022d_from_the_help_a_question_is_two_pages(int width)
    {
        await using var town = await Residents.Start();
        var citizen = await town.Resident(home: Residents.A);
        await town.Grant(citizen, 1_000, 60);
        await using var visit = await Visit.Begin(town.App, width);
        var page = visit.Page;
        await LogIn(page, "/my");
        await visit.Open("/support");
        await visit.Looks("question-support");
        await page.GetByRole(AriaRole.Link, new() { Name = "質問する", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "質問を送る" }).WaitForAsync();
        await visit.Looks("question-form");
        await Visit.Press(page, "質問を送る");
        await page.GetByText("入力内容に").First.WaitForAsync();
        await visit.Looks("question-wrong");
        await page.GetByLabel("ポイントのこと").CheckAsync();
        await page.Locator("#Said").FillAsync("ポイントは、いつまで使えますか。");
        await Visit.Press(page, "質問を送る");
        await page.GetByText("質問を送りました").WaitForAsync();
        await visit.Looks("question-sent");
        await visit.Open("/my/cases");
        await visit.Looks("question-mine");
    }

    private static async Task Office(Residents town, StaffDesk desk, string number, int width)
    {
        await using var visit = await Visit.Begin(town.App, width);
        var page = visit.Page;
        await visit.LogIn("office", "SD-001", desk);
        await visit.Looks("case-office-today");
        await page.GetByRole(AriaRole.Link, new() { Name = "問い合わせが1件ありますを開く" }).ClickAsync();
        await visit.Looks("case-office-list");
        await page.Locator($"a[href='/office/cases/{number}']").ClickAsync();
        await visit.Looks("case-office-one");
        await Visit.Press(page, "返事をする");
        await page.Locator(".summary").WaitForAsync();
        await page.GetByLabel("返事").FillAsync("お店の打ちまちがいでした。お店が取り消します。");
        await Visit.Press(page, "返事をする");
        await page.GetByRole(AriaRole.Status).WaitForAsync();
        await visit.Looks("case-office-answered");

        await visit.Open("/office/cases/new");
        await visit.Looks("case-desk");
        await page.GetByLabel("マイキーID").FillAsync(Residents.MyKeyId);
        await page.Locator("#Day").FillAsync($"{town.Get<TimeProvider>().Today():yyyy-MM-dd}");
        await Visit.Press(page, "次へ");
        await visit.Looks("case-desk-lines");
        await page.GetByLabel("健康ウォーク").CheckAsync();
        await Visit.Press(page, "問い合わせを作る");
        await Visit.Arrive(page, "**/office/cases/*?saved=opened");
        await visit.Looks("case-desk-made");
        await Visit.Press(page, "運用に渡す");
        await page.GetByRole(AriaRole.Status).WaitForAsync();
        await visit.Looks("case-office-passed");
        await using var operators = await Visit.Begin(town.App, width);
        await operators.LogIn("operator", "OP-001", desk);
        await operators.Open("/operator/cases");
        await operators.Looks("case-operator-list");
    }

    private static async Task LogIn(IPage page, string path)
    {
        await page.GotoAsync(path);
        await page.Locator("#MyKeyId").FillAsync(Residents.MyKeyId);
        await page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(page, "ログイン");
        await Visit.Arrive(page, $"**{path}");
    }
}
