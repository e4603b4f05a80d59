using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyKey.App.Activities;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Tests.App.Activities;
using MyKey.Tests.App.Attendance;
using MyKey.Tests.App.Grants;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: from the search over the registration and the venue's screen to points on My Page, with and without network, in a real browser (S1-34).</summary>
public sealed partial class ActivityTests
{
    [Theory, InlineData(Visit.Phone)]
    public async Task S1_34_S1_14a_found_registered_for_scanned_from_the_screen_and_seen_on_my_page(int width)
    {
        await using var town = await Residents.Start();
        await town.Resident(home: Residents.A);
        await town.Resident("AB123456", 2, Residents.A);
        var desk = new StaffDesk(town.App);
        using var officer = await desk.Officer("OF-001", Residents.A, Role.Officer);
        var (offer, activity) = await Begin(officer, town.Get<TimeProvider>().Today());

        await using var visit = await Visit.Begin(town.App, width);
        var page = visit.Page;
        await visit.Open("/programmes");
        await page.GetByRole(AriaRole.Link, new() { Name = "参加するとポイントが付与されるイベントをさがす" }).ClickAsync();
        await visit.Looks("activities");
        await page.GetByRole(AriaRole.Link, new() { Name = "公園の清掃" }).ClickAsync();
        await visit.Looks("activity");
        await page.GetByRole(AriaRole.Link, new() { Name = "登録する", Exact = true }).ClickAsync();
        await LogIn(page, Residents.MyKeyId);
        await Visit.Arrive(page, $"**/my/activities/{activity.Value}");
        await visit.Looks("my-activity-new");
        await Visit.Press(page, "登録する");
        await Visit.Arrive(page, "**?done=made");
        await visit.Looks("my-activity");

        await using var office = await Visit.Begin(town.App);
        await office.LogIn("office", "OF-001", desk);
        await Office(office, offer, activity);

        // Whatever stands on the screen is read from its picture, and the typed digits are the same code.
        await office.Page.Clock.InstallAsync();
        await office.Open($"/office/activities/{activity.Value}/screen");
        await Assertions.Expect(office.Page).ToHaveURLAsync(new Regex("live=1$"));
        await office.Page.Locator("[data-step]").WaitForAsync();
        await office.Looks("venue-screen");
        var (link, digits) = (await Read(office.Page, "[data-picture]"), await office.Page.Locator("[data-digits]").InnerTextAsync());
        Assert.EndsWith(digits.Replace(" ", "", StringComparison.Ordinal), link, StringComparison.Ordinal);

        // Without network it goes on, and what it shows then is good.
        await office.Page.Context.SetOfflineAsync(true);
        await office.Page.Clock.FastForwardAsync(ActivityCodes.StepMs);
        await Assertions.Expect(office.Page.Locator("[data-digits]")).Not.ToHaveTextAsync(digits);
        var later = (await office.Page.Locator("[data-digits]").InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal);
        await office.Page.Context.SetOfflineAsync(false);

        await visit.Open(new Uri(link).AbsolutePath);
        await Visit.Arrive(page, "**/my/attend?seen=1");
        await visit.Looks("attend-seen");
        await Visit.Press(page, "参加を報告する");
        await Visit.Arrive(page, "**/my/attend?done=*");
        await visit.Looks("attend-done");
        await visit.Open("/my");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "イベント参加報告" }).Or(page.GetByText("イベント参加報告")).First).ToBeVisibleAsync();
        Assert.Contains("500", await page.Locator(".balance").First.InnerTextAsync(), StringComparison.Ordinal);
        await visit.Looks("my-with-activities");
        await visit.Open($"/my/activities/{activity.Value}");
        await visit.Looks("my-activity-granted");

        await ByDigits(town, width, later);
    }

    /// <summary>Somebody without a camera types what the screen shows.</summary>
    private static async Task ByDigits(Residents town, int width, string later)
    {
        await using var other = await Visit.Begin(town.App, width);
        await other.Open("/my/attend");
        await LogIn(other.Page, "AB123456");
        await Visit.Arrive(other.Page, "**/my/attend");
        await other.Looks("attend");
        await Report(other.Page, "12345678");
        await Assertions.Expect(other.Page.GetByText("入力内容に1件の誤りがあります")).ToBeVisibleAsync();
        await other.Looks("attend-wrong");
        await Report(other.Page, later);
        await Visit.Arrive(other.Page, "**/my/attend?done=*");
        await Assertions.Expect(other.Page.GetByText("ポイントが付与されました")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task S1_34_the_screen_works_without_script_and_asks_again_by_itself()
    {
        await using var town = await Residents.Start();
        var desk = new StaffDesk(town.App);
        using var officer = await desk.Officer("OF-001", Residents.A, Role.Officer);
        var (_, activity) = await Begin(officer, town.Get<TimeProvider>().Today());
        await using var office = await Visit.Begin(town.App, script: false);
        await office.LogIn("office", "OF-001", desk);
        var answer = (await office.Page.GotoAsync($"/office/activities/{activity.Value}/screen"))!;
        Assert.Equal("15", answer.Headers["refresh"]);
        Assert.Matches("^[0-9]{4} [0-9]{4}$", await office.Page.Locator("[data-digits]").InnerTextAsync());
        await Visit.Picture(office.Page, "venue-screen-plain");
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task S1_34_slips_are_printed_24_on_a_sheet_and_the_poster_leads_to_the_activity(int width)
    {
        await using var town = await Residents.Start();
        await town.Resident(home: Residents.A);
        var desk = new StaffDesk(town.App);
        using var officer = await desk.Officer("OF-001", Residents.A, Role.Officer);
        var (_, activity) = await Begin(officer, town.Get<TimeProvider>().Today());
        await using var office = await Visit.Begin(town.App, width);
        await office.LogIn("office", "OF-001", desk);
        await office.Open($"/office/activities/{activity.Value}/slips");
        await office.Looks("slips-new");
        await Visit.Press(office.Page, "参加票を作る");
        await office.Page.Locator(".slips li").First.WaitForAsync();
        await office.Looks("slips");
        Assert.Equal(1, Pages(await office.Page.PdfAsync(new() { PreferCSSPageSize = true, PrintBackground = true })));
        await office.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await Visit.Picture(office.Page, "slips-print");
        var typed = await office.Page.Locator(".slips strong").First.InnerTextAsync();
        await office.Page.EmulateMediaAsync(new() { Media = Media.Null });
        await office.Open($"/office/activities/{activity.Value}/poster");
        await office.Looks("poster");
        Assert.Equal(1, Pages(await office.Page.PdfAsync(new() { PreferCSSPageSize = true })));
        var poster = await office.Page.Locator("[data-poster-qr]").ScreenshotAsync();
        await office.Open($"/office/activities/{activity.Value}/scan");
        Assert.EndsWith($"/activities/{activity.Value}", await Decode(office.Page, poster), StringComparison.Ordinal);

        await using var citizen = await Visit.Begin(town.App, width);
        await citizen.Open("/my/attend");
        await LogIn(citizen.Page, Residents.MyKeyId);
        await Report(citizen.Page, typed);
        await Visit.Arrive(citizen.Page, "**/my/attend?done=*");
        await Assertions.Expect(citizen.Page.GetByText("ポイントが付与されました")).ToBeVisibleAsync();
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task S1_34_S2_P3d_the_tablet_at_the_door_keeps_what_it_reads_without_network_and_sends_it_later(int width)
    {
        await using var office = await GrantOffice.Open();
        await using var desk = await OrganiserDesk.Open(office);
        var (_, activity) = await Activating.Begin(office, change: a => a with { Organiser = desk.Organiser });
        var mine = (await Activating.Register(office, office.Town.Citizen, activity)).Value;
        await using var hall = await Visit.Begin(office.App, width);
        await hall.Open("/terminal/enrol");
        await hall.Page.GetByLabel("登録用の番号").FillAsync(await desk.NewCode(desk.Organiser));
        await hall.Page.GetByLabel("お店の番号").FillAsync(Town.ShopCode);
        await Visit.Press(hall.Page, "登録する");
        await Visit.Arrive(hall.Page, "**/terminal/attendance?ready=1");
        await hall.Page.GetByRole(AriaRole.Link, new() { Name = "イベント", Exact = true }).ClickAsync();
        await hall.Looks("terminal-activities");
        await hall.Page.GetByRole(AriaRole.Link, new() { Name = "登録票を読み取る" }).ClickAsync();
        await hall.Page.GetByText("すべて送りました").WaitForAsync();
        await hall.Looks("door");

        await hall.Page.Context.SetOfflineAsync(true);
        await Type(hall.Page, "1234567890");
        await Assertions.Expect(hall.Page.GetByText("登録票の番号ではありません")).ToBeVisibleAsync();
        await Type(hall.Page, CheckedNumber.Grouped(mine.Number));
        await Assertions.Expect(hall.Page.GetByText("まだ送っていないもの 1件")).ToBeVisibleAsync();
        await Type(hall.Page, mine.Number);
        await Assertions.Expect(hall.Page.GetByText("もう読み取りました")).ToBeVisibleAsync();
        await Visit.Picture(hall.Page, "door-offline");
        Assert.Empty(await office.Town.Get<FindReports>().Of(office.Town.Citizen));

        await hall.Page.Context.SetOfflineAsync(false);
        await Assertions.Expect(hall.Page.GetByText("すべて送りました")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Assertions.Expect(hall.Page.GetByText("受け付けました")).ToBeVisibleAsync();
        await hall.Looks("door-sent");
        var report = Assert.Single(await office.Town.Get<FindReports>().Of(office.Town.Citizen));
        Assert.Equal((ReportState.Waiting, ReportWay.Ticket), (report.State, report.Way));
        await hall.Page.ReloadAsync();
        await Assertions.Expect(hall.Page.GetByText("受け付けました")).ToBeVisibleAsync();
    }

    private static async Task Office(Visit office, Guid offer, ActivityId activity)
    {
        foreach (var (path, name) in new[] { ($"/office/offers/{offer}/activities", "office-activities"), ($"/office/activities/{activity.Value}", "office-activity"), ($"/office/activities/{Guid.CreateVersion7()}?offer={offer}", "office-activity-new"), ($"/office/activities/{activity.Value}/roster", "office-roster"), ($"/office/activities/{activity.Value}/reports", "office-reports-empty") })
        {
            await office.Open(path);
            await office.Looks(name);
        }
    }

    private static async Task<(Guid Offer, ActivityId Activity)> Begin(HttpClient officer, DateOnly today)
    {
        var offer = await Activating.Publish(officer, Activating.Offer(today) with { Programme = new(Budget: 5_000, BudgetId: Guid.CreateVersion7()) });
        return (offer, await Activating.Open(officer, Activating.Today(offer, today)));
    }

    private static async Task LogIn(IPage page, string id)
    {
        await page.Locator("#MyKeyId").FillAsync(id);
        await page.GetByLabel("パスワード").FillAsync(Residents.Password);
        await Visit.Press(page, "ログイン");
    }

    private static async Task Report(IPage page, string code)
    {
        await page.Locator("#Code").FillAsync(code);
        await Visit.Press(page, "報告する");
    }

    private static async Task Type(IPage page, string number)
    {
        await page.Locator("#Number").FillAsync(number);
        await Visit.Press(page, "入れる");
    }

    private static async Task<string> Read(IPage page, string place) => await Decode(page, await page.Locator(place).ScreenshotAsync());

    /// <summary>The text of the QR code in a picture, read by the decoder of this page, which knows nothing of whoever drew it.</summary>
    private static async Task<string> Decode(IPage page, byte[] png) => await page.EvaluateAsync<string>("""
        async (png) => {
          const { prepareZXingModule, readBarcodes } = await import("/zxing/es/reader/index.js");
          prepareZXingModule({ overrides: { locateFile: (name) => `/zxing/${name}` } });
          const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
          const codes = await readBarcodes(new Blob([bytes], { type: "image/png" }), { formats: ["QRCode"] });
          return codes.map((code) => code.text).join("\n");
        }
        """, Convert.ToBase64String(png));

    private static int Pages(byte[] pdf) => PageOfPdf().Count(Encoding.Latin1.GetString(pdf));

    [GeneratedRegex(@"/Type\s*/Page\b(?!s)")]
    private static partial Regex PageOfPdf();
}
