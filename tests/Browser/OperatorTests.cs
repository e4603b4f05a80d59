using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: operators run municipalities, staff, settings and the search of the log alone on their pages, and offices their keys.</summary>
public class OperatorTests
{
    private const string Country = "code6,prefecture,name,kana,kind\n132985,東京都,A市,エーシ,city\n134988,東京都,B町,ビーマチ,town\n132984,東京都,まちがい町,マチガイチョウ,town\n";

    [Theory]
    [InlineData(Visit.Phone)]
    public async Task S2_P14b_the_country_and_the_council_come_in_and_a_municipality_goes_live(int width)
    {
        await using var app = await TestApp.Start();
        var desk = new StaffDesk(app);
        await desk.Operator();
        await using var visit = await Visit.Begin(app, width);
        var page = visit.Page;
        await visit.LogIn("operator", "OP-001", desk);
        await Visit.Menu(page, "自治体");
        await visit.Looks("operator-municipalities-empty");
        await page.GetByRole(AriaRole.Link, new() { Name = "ファイルを取りこむ" }).ClickAsync();
        await visit.Looks("operator-import");
        await Upload(page, "全国の自治体", Country);
        await Assertions.Expect(page.Locator("dl")).ToContainTextAsync("新しく入れた行");
        await visit.Looks("operator-import-result");
        await visit.Open("/operator/municipalities/import");
        await page.GetByLabel("会員になった日").FillAsync("2017-09-25");
        await Upload(page, "協議会の会員", "都道府県名,市区町村名\n東京都,A市\n");
        await Assertions.Expect(page.Locator("dl")).ToContainTextAsync("1");
        await visit.Open("/operator/municipalities?search=A市");
        await visit.Looks("operator-municipalities");
        await page.GetByRole(AriaRole.Link, new() { Name = "東京都A市" }).ClickAsync();
        await page.GetByLabel("発行する", new() { Exact = true }).CheckAsync();
        await page.GetByLabel("ポイントの名前").FillAsync("Aポイント");
        await page.GetByLabel("期限の長さ").FillAsync("12");
        await Visit.Press(page, "変える");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("変えました");
        await visit.Looks("operator-municipality");
    }

    [Theory]
    [InlineData(Visit.Desk)]
    public async Task V_D3_staff_and_settings_change_by_two_people(int width)
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        await desk.Operator();
        await desk.Invite("OP-002", null, Role.Operator);
        await using var visit = await Visit.Begin(app, width);
        var page = visit.Page;
        await visit.LogIn("operator", "OP-001", desk);
        await Visit.Menu(page, "職員");
        await page.GetByRole(AriaRole.Link, new() { Name = "職員を招く" }).ClickAsync();
        await page.GetByLabel("職員番号").FillAsync("OF-001");
        await page.GetByLabel("役わり").SelectOptionAsync("officer");
        await page.GetByLabel("自治体の番号").FillAsync("132985");
        await visit.Looks("operator-invite");
        await Visit.Press(page, "招く");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("承認を待っています");
        await visit.Looks("operator-staff-waiting");
        await Visit.Menu(page, "設定");
        await visit.Looks("operator-settings");
        await page.GetByRole(AriaRole.Link, new() { Name = "暗証番号がいる金額" }).ClickAsync();
        await page.GetByLabel("ポイントを出した自治体").CheckAsync();
        await page.GetByLabel("番号", new() { Exact = false }).First.FillAsync("132985");
        await page.GetByLabel("新しい値").FillAsync("2000");
        await page.GetByLabel("理由").FillAsync("会議で決まった");
        await visit.Looks("operator-setting");
        await Visit.Press(page, "この値にする");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("承認を待っています");

        await using var other = await Visit.Begin(app, width);
        await other.LogIn("operator", "OP-002", desk);
        await other.Open("/operator/settings");
        await other.Looks("operator-settings-waiting");
        await other.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^承認する") }).ClickAsync();
        await Assertions.Expect(other.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("承認しました");
        await other.Open("/operator/settings/spend.pin_above");
        await Assertions.Expect(other.Page.Locator("table")).ToContainTextAsync("2,000ポイント");
        await other.Looks("operator-setting-set");
        await other.Open("/operator/staff");
        await other.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^承認する") }).ClickAsync();
        await Assertions.Expect(other.Page.GetByRole(AriaRole.Heading, new() { Name = "登録のアドレス" })).ToBeVisibleAsync();
        await other.Looks("operator-staff-approved");
        await Visit.Menu(other.Page, "操作の記録");
        await Assertions.Expect(other.Page.Locator("table")).ToContainTextAsync("設定を変えた");
        await other.Looks("operator-operations");
        await other.Page.GetByLabel("だれが").FillAsync("OP-777");
        await Visit.Press(other.Page, "探す");
        await other.Looks("operator-operations-none");
    }

    [Theory]
    [InlineData(Visit.Phone)]
    public async Task V_D1_an_office_asks_for_a_key_another_approves_and_it_is_stopped(int width)
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        await desk.Invite("TA-001", Town.A, Role.TerminalAdmin);
        await desk.Invite("TA-002", Town.A, Role.TerminalAdmin, Role.StaffAdmin);
        await using var visit = await Visit.Begin(app, width);
        var page = visit.Page;
        await visit.LogIn("office", "TA-001", desk);
        await Visit.Menu(page, "システムのかぎ");
        await page.GetByRole(AriaRole.Link, new() { Name = "かぎを申しこむ" }).ClickAsync();
        await page.GetByLabel("システムの名前").FillAsync("くらしの店のレジ");
        await page.GetByLabel("お店", new() { Exact = false }).Last.SelectOptionAsync(new SelectOptionValue { Label = "くらしの店" });
        await visit.Looks("office-key-new");
        await Visit.Press(page, "申しこむ");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("承認を待っています");

        await using var other = await Visit.Begin(app, width);
        await other.LogIn("office", "TA-002", desk);
        await other.Open("/office/machine-keys");
        await other.Looks("office-keys-waiting");
        await other.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^承認する") }).ClickAsync();
        await Assertions.Expect(other.Page.Locator(".machine-key")).ToContainTextAsync("mk_live_");
        await other.Looks("office-key-given");
        await other.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("かぎを止める$") }).ClickAsync();
        await other.Page.GetByLabel("止める理由").FillAsync("入れかえた");
        await other.Looks("office-key-stop");
        await Visit.Press(other.Page, "このかぎを止める");
        await Assertions.Expect(other.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("かぎを止めました");
        await other.Looks("office-keys");
        await Visit.Menu(other.Page, "操作の記録");
        await other.Looks("office-operations");
    }

    private static async Task Upload(IPage page, string what, string csv)
    {
        await page.GetByLabel(what).CheckAsync();
        await page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "list.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(csv) });
        await Visit.Press(page, "取りこむ");
    }
}
