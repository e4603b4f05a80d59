using System.Net;
using System.Net.Http.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Activities;
using MyKey.App.Organisers;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Activities;

/// <summary>Goal: what the people at the door read, and what an officer enters from paper, waits for an officer and counts to his day; nothing is sent twice and nothing is lost.</summary>
public class DeskTests
{
    private static async Task<ScannedReply[]> Scan(HttpClient device, ActivityId activity, params ScannedLine[] lines) =>
        (await (await Activating.Ok(device.PostAsJsonAsync($"/api/v1/activities/{activity.Value}/scans", new ScansRequest(lines)))).Content.ReadFromJsonAsync<ScannedReply[]>())!;

    /// <summary>A device of an organiser, as the office registers it.</summary>
    private static async Task<(Guid Organiser, HttpClient Device)> Organiser(GrantOffice office, string name)
    {
        using var officer = await office.Desk.Officer($"OF-{name.Length:000}", Town.A, Role.Officer, Role.TerminalAdmin);
        var id = Guid.CreateVersion7();
        await Activating.Ok(officer.PutAsJsonAsync($"/api/v1/office/organisers/{id}", new { name, programmes = Array.Empty<Guid>() }));
        var member = (await office.Town.Get<FindStaff>().All()).Single(m => m.Number == $"OF-{name.Length:000}");
        var code = (await office.Town.Get<RegisterTerminal>().Register(member, new NewTerminal(Town.A, id, "会館のタブレット", [TerminalProfile.Organiser]))).Value.Code;
        var device = office.App.Client();
        await Activating.Ok(device.PostAsJsonAsync("/api/v1/terminals", new MyKey.App.Terminals.EnrolTerminalRequest(code, Town.ShopCode)));
        return (id, device);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P3d_S1_34_an_organisers_device_reads_tickets_later_and_twice_and_credits_nothing(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var (organiser, device) = await Organiser(office, "みどり町会");
        var (_, stranger) = await Organiser(office, "ほかの町会です");
        var (_, activity) = await Activating.Begin(office, change: a => a with { Organiser = organiser, Registration = "before" });
        var mine = (await Activating.Register(office, office.Town.Citizen, activity)).Value;
        var now = office.Town.Get<TimeProvider>().NowMs();
        var line = new ScannedLine(Guid.CreateVersion7(), mine.Number, now - 60_000);
        for (var again = 0; again < 2; again++) Assert.Equal(("waiting", null), (await Scan(device, activity, line)).Select(l => (l.State, l.Code)).Single());
        Assert.Equal(["already_reported", "qr_invalid", "qr_invalid", "scan_time", "id_reused"], (await Scan(device, activity, line with { Id = Guid.CreateVersion7(), Number = $"http://mykey.localhost/a/{mine.Number}" },
            line with { Id = Guid.CreateVersion7(), Number = "1234567890" }, line with { Id = Guid.CreateVersion7(), Number = CheckedNumber.New(10) }, line with { Id = Guid.CreateVersion7(), AtMs = now + 3_600_000 },
            line with { Number = (await Activating.Register(office, (await office.Town.Issue("MY654321", 2)).Id, activity)).Value.Number })).Select(l => l.Code));
        Assert.Equal(2800, await office.Town.Usable(Town.A));
        Assert.Equal("not_found", await GrantOffice.Code(await stranger.PostAsJsonAsync($"/api/v1/activities/{activity.Value}/scans", new ScansRequest([line]))));
        Assert.Equal("login_required", await GrantOffice.Code(await office.App.Client().PostAsJsonAsync($"/api/v1/activities/{activity.Value}/scans", new ScansRequest([line]))));

        // The screen's code as the device shows it; and the office grants what was read.
        var screen = (await device.GetFromJsonAsync<ScreenReply>($"/api/v1/activities/{activity.Value}/screen"))!;
        Assert.Equal(await Activating.Digits(office, activity), screen.Digits);
        foreach (var page in (string[])["", $"/{activity.Value}/screen", $"/{activity.Value}/scan", $"/{activity.Value}/slips"]) Assert.Contains(page.Length == 0 ? "公園の清掃" : activity.Value.ToString("N"), (await device.GetStringAsync($"/terminal/activities{page}")).Replace("-", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/terminal/activities/{activity.Value}/screen")).StatusCode);
        Assert.Equal("granted", (await ReportTests.Decide(office.Officer, activity, "accept", new TransferId(line.Id)))[0].State);
        Assert.Equal(2800 + 500, await office.Town.Usable(Town.A));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_33_V_D3_an_officer_enters_from_paper_with_the_reason_within_four_eyes_and_strikes(Engine engine)
    {
        var clock = new TestClock();
        await using var office = await GrantOffice.Open(await TestApp.Start(change: b => b.Services.AddSingleton<TimeProvider>(clock), engine: engine), 10_000);
        var (_, activity) = await Activating.Begin(office, budget: 50_000, change: a => a with { Day = clock.Today(), From = "12:00", Until = "13:00", Points = 6_000, Registration = "before" });
        var mine = (await Activating.Register(office, office.Town.Citizen, activity)).Value;
        var (second, third) = ((await office.Town.Issue("MY654321", 2)).Id, (await office.Town.Issue("MY777777", 3)).Id);
        clock.Jump(TimeSpan.FromDays(1));
        await office.Desk.Officer("OF-003", Town.A, Role.Officer);
        var officer = await office.Desk.SignIn("office", "OF-003", Town.A);
        var path = $"{Activating.Activities}/{activity.Value}/reports";

        Assert.Equal("field_required", await Enter(new(Guid.CreateVersion7(), " ", Number: mine.Number)));
        Assert.Equal("number_unknown", await Enter(new(Guid.CreateVersion7(), "端末が動かなかった", Number: CheckedNumber.New(10))));
        Assert.Equal("mykey_unknown", await Enter(new(Guid.CreateVersion7(), "端末が動かなかった", "ZZ999999")));
        var entry = new RosterRequest(Guid.CreateVersion7(), "端末が動かなかった", Number: CheckedNumber.Grouped(mine.Number));
        for (var again = 0; again < 2; again++) Assert.Equal("granted", await Enter(entry));
        Assert.Equal("already_reported", await Enter(entry with { Id = Guid.CreateVersion7() }));
        // 10,000 a day alone, counted with every other grant of the officer.
        var above = new RosterRequest(Guid.CreateVersion7(), "登録を忘れた", "MY654321");
        Assert.Equal("approving", await Enter(above));
        Assert.Equal(0, await office.Town.Usable(Town.A, second));
        using var approver = await office.Approver();
        Assert.Contains("公園の清掃の参加の報告", WebUtility.HtmlDecode(await approver.GetStringAsync("/office/approvals")), StringComparison.Ordinal);
        Assert.Equal("granted", (await ReportTests.Decide(approver, activity, "approve", new TransferId(above.Id)))[0].State);
        Assert.Equal(6_000, await office.Town.Usable(Town.A, second));
        Assert.Equal("report_decided", (await ReportTests.Decide(officer, activity, "strike", new TransferId(above.Id), "まちがい"))[0].Code);

        var wrong = new RosterRequest(Guid.CreateVersion7(), "登録を忘れた", "MY777777");
        Assert.Equal("approving", await Enter(wrong));
        Assert.Equal("struck", (await ReportTests.Decide(officer, activity, "strike", new TransferId(wrong.Id), "来ていません"))[0].State);
        Assert.Equal("report_decided", (await ReportTests.Decide(officer, activity, "accept", new TransferId(wrong.Id)))[0].Code);
        Assert.Equal("already_reported", await Enter(wrong with { Id = Guid.CreateVersion7() }));
        Assert.Equal(0, await office.Town.Usable(Town.A, third));
        clock.Jump(TimeSpan.FromDays(26));
        officer = await office.Desk.SignIn("office", "OF-003", Town.A);
        Assert.Equal("report_closed", await Enter(new(Guid.CreateVersion7(), "端末が動かなかった", "MY888888")));

        async Task<string> Enter(RosterRequest request)
        {
            if (request.MyKeyId == "MY888888") await office.Town.Issue("MY888888", 4);
            var answer = await officer.PostAsJsonAsync(path, request);
            return answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<OfficeReportReply>())!.State : await GrantOffice.Code(answer);
        }
    }

    [Fact]
    public async Task S1_33_the_office_works_on_its_pages_and_the_neighbour_sees_nothing()
    {
        await using var office = await GrantOffice.Open();
        var (offer, activity) = await Activating.Begin(office, offered: o => o with { Screening = "by_hand" });
        var mine = (await Activating.Register(office, office.Town.Citizen, activity)).Value;
        var path = $"/office/activities/{activity.Value}";
        foreach (var (page, words) in new[] { ("", "会場で使うもの"), ("/roster", CheckedNumber.Grouped(mine.Number)), ("/poster", "中央公園の広場"), ("/screen", "イベント参加報告"), ("/scan", "登録票の読み取り"), ("/slips", "参加票を作る"), ("/reports", "報告は、ありません") })
        {
            var html = WebUtility.HtmlDecode(await office.Officer.GetStringAsync($"{path}{page}"));
            Assert.Contains(words, html, StringComparison.Ordinal);
            Assert.DoesNotContain("MY123456", html, StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await office.App.Submit(office.Officer, $"{path}/roster", $"{path}/roster", ("numbers", mine.Number), ("Reason", ""))).StatusCode);
        Assert.Equal($"{path}/roster?saved=1", (await office.App.Submit(office.Officer, $"{path}/roster", $"{path}/roster", ("numbers", mine.Number), ("Reason", "雨で端末を使えなかった"))).Headers.Location?.ToString());
        Assert.Contains("報告ずみ", WebUtility.HtmlDecode(await office.Officer.GetStringAsync($"{path}/roster")), StringComparison.Ordinal);
        Assert.Contains("付与済み", WebUtility.HtmlDecode(await office.Officer.GetStringAsync($"{path}/reports?state=granted")), StringComparison.Ordinal);

        var waiting = (await Activating.Report(office, (await office.Town.Issue("MY654321", 2)).Id, await Activating.Digits(office, activity))).Value;
        Assert.Equal($"{path}/reports?saved=1", (await office.App.Submit(office.Officer, $"{path}/reports", $"{path}/reports?handler=Strike", ("ids", $"{waiting.Id.Value}"), ("Reason", "来ていません"))).Headers.Location?.ToString());
        var slips = WebUtility.HtmlDecode(await (await office.App.Submit(office.Officer, $"{path}/slips", $"{path}/slips", ("Sheet", $"{Guid.CreateVersion7()}"), ("Sheets", "2"))).Content.ReadAsStringAsync());
        Assert.Contains("48番", slips, StringComparison.Ordinal);
        Assert.Equal($"{path}?saved=1", (await office.App.Submit(office.Officer, path, $"{path}?offer={offer}", ("Title", "公園の清掃"), ("Day", $"{office.Town.Get<TimeProvider>().Today():yyyy-MM-dd}"), ("From", "00:00"),
            ("Until", "24:00"), ("Place", "南公園"), ("Amount", "500"), ("Registration", "before"))).Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await office.App.Submit(office.Officer, path, $"{path}?offer={offer}", ("Title", "公園の清掃"), ("Day", "2026-01-01"), ("From", "8時"), ("Until", "24:00"), ("Place", "南公園"))).StatusCode);

        using var neighbour = await office.Desk.Officer("OF-009", Town.B, Role.Officer);
        foreach (var page in (string[])["", "/roster", "/poster", "/screen", "/scan", "/slips", "/reports"]) Assert.Equal(HttpStatusCode.NotFound, (await neighbour.GetAsync($"{path}{page}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await neighbour.GetAsync($"/office/offers/{offer}/activities")).StatusCode);
    }
}
