using System.Text;
using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Tests.App.GrantBatches;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: a programme with a cap and a list is begun, grants only what is left, and a wrong grant goes back; who could not be paid is paid later (S4-03, S4-04, S2-P2c, Z2).</summary>
public class GrantRuleTests
{
    [Theory]
    [InlineData(Visit.Phone)]
    public async Task S4_03_S4_04_Z2_from_the_rules_of_a_programme_to_a_recall(int width)
    {
        await using var office = await GrantOffice.Open();
        await office.Desk.Invite("OF-009", Town.A, Role.Officer);
        await using var visit = await Visit.Begin(office.App, width);
        var page = visit.Page;
        await visit.LogIn("office", "OF-009", office.Desk);
        await visit.Open("/office/programmes");
        await page.GetByLabel("施策の名前").FillAsync("高齢者の外出");
        await page.GetByLabel("付与のしかた").SelectOptionAsync("activity");
        await page.GetByLabel("始まる日").FillAsync("2020-04-01");
        await page.GetByLabel("終わる日").FillAsync("2099-03-31");
        await page.GetByLabel("いつものポイント").FillAsync("1500");
        await page.GetByLabel("1人の1年の上限").FillAsync("2000");
        await page.GetByLabel("付与できる人").SelectOptionAsync("list");
        await visit.Looks("office-programme-rules");
        await Visit.Press(page, "始める");
        await page.GetByLabel("新しい予算").FillAsync("5000");
        await Visit.Press(page, "予算を変える");
        await visit.Looks("office-programme-capped");
        await page.GetByRole(AriaRole.Link, new() { Name = "決まりを変える" }).ClickAsync();
        await page.GetByLabel("1人の1年の上限").FillAsync("");
        await Visit.Press(page, "変える");
        await page.Locator(".summary").WaitForAsync();
        await visit.Looks("office-programme-change-wrong");
        await page.GetByLabel("1人の1年の上限").FillAsync("2000");
        await page.GetByLabel("施策の名前").FillAsync("高齢者の外出");
        await Visit.Press(page, "変える");
        await page.GetByRole(AriaRole.Link, new() { Name = "対象者の一覧" }).ClickAsync();
        await page.GetByLabel("CSVファイル").SetInputFilesAsync(new FilePayload { Name = "list.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes("マイキーID\nMY123456\nMY12345\n") });
        await Visit.Press(page, "内容を見る");
        await visit.Looks("office-eligible");
        await Visit.Press(page, "いまの対象者に加える");
        await Assertions.Expect(page.GetByText("いま、1人が対象です")).ToBeVisibleAsync();

        await Grant(page, visit, null);
        await Visit.Press(page, "付与する");
        await Grant(page, visit, "800");
        await Assertions.Expect(page.GetByText("500ポイントだけ付与します")).ToBeVisibleAsync();
        await visit.Looks("office-grant-capped");
        await Visit.Press(page, "付与する");
        await visit.Looks("office-granted-capped");
        Assert.Equal(4_800, await office.Usable());
        await page.GetByRole(AriaRole.Link, new() { Name = "使われていない分を取り戻せます" }).ClickAsync();
        await page.GetByLabel("取り戻す理由").FillAsync("行事のまちがい");
        await visit.Looks("office-recall");
        await Visit.Press(page, "取り戻す");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "取り戻しました" })).ToBeVisibleAsync();
        await visit.Looks("office-recalled");
        await page.GetByRole(AriaRole.Link, new() { Name = "取り戻した付与の一覧" }).ClickAsync();
        await visit.Looks("office-recalls");
        Assert.Equal(4_300, await office.Usable());
    }

    [Theory]
    [InlineData(Visit.Phone)]
    public async Task S2_P2c_who_was_not_paid_is_found_and_paid(int width)
    {
        await using var office = await GrantOffice.Open();
        await office.Begin(GrantOffice.Rules("benefit"));
        var stored = await office.Store("整理番号,マイキーID,ポイント\nR-1,,1000\nR-2,ZZ999999,1000\nR-3,MY123456,10\n");
        await office.Officer.Do("commit", stored);
        await office.Done(stored);
        await office.Town.Issue("AB123456", 2);
        await office.Desk.Invite("OF-009", Town.A, Role.Officer);
        await using var visit = await Visit.Begin(office.App, width);
        var page = visit.Page;
        await visit.LogIn("office", "OF-009", office.Desk);
        await visit.Open($"/office/programmes/{office.Programme}");
        await page.GetByRole(AriaRole.Link, new() { Name = "まだ支払っていない人（2件）" }).ClickAsync();
        await visit.Looks("office-unpaid");
        await page.GetByRole(AriaRole.Link, new() { Name = "R-1の手続きを開く" }).ClickAsync();
        await page.GetByLabel("マイキーID").FillAsync("AB123456");
        await visit.Looks("office-unpaid-pay");
        await Visit.Press(page, "支払う");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "付与しました" })).ToBeVisibleAsync();
        await visit.Open($"/office/programmes/{office.Programme}/unpaid");
        await Assertions.Expect(page.GetByText("1件")).ToBeVisibleAsync();
    }

    private static async Task Grant(IPage page, Visit visit, string? points)
    {
        await visit.Open("/office/grants");
        await page.GetByLabel("施策").SelectOptionAsync(new SelectOptionValue { Label = "高齢者の外出（いつもは1500）" });
        await page.GetByLabel("マイキーID").FillAsync("MY123456");
        await page.GetByLabel("ポイント", new() { Exact = false }).FillAsync(points ?? "");
        await Visit.Press(page, "次へ");
    }
}
