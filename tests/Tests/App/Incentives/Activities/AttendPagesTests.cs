using System.Net;
using System.Net.Http.Json;
using MyKey.App.Activities;
using MyKey.App.Shared.Web;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Activities;

/// <summary>Goal: a resident reports on his pages by a code that is typed or scanned, and a link that was scanned survives the login.</summary>
public class AttendPagesTests
{
    private static string Decoded(string html) => WebUtility.HtmlDecode(html);

    private static async Task<(Guid Offer, ActivityId Activity)> Begin(Residents town, HttpClient officer)
    {
        var today = town.Get<TimeProvider>().Today();
        var offer = await Activating.Publish(officer, Activating.Offer(today) with { Programme = new(Budget: 5_000, BudgetId: Guid.CreateVersion7()) });
        return (offer, await Activating.Open(officer, Activating.Today(offer, today)));
    }

    private static async Task<string> Link(Residents town, ActivityId activity, int steps = 0) =>
        $"/a/{activity.Value:N}{ActivityCodes.DigitsOf(await town.Get<ActivityCodes>().KeyOf(activity), ActivityCodes.StepOf(town.Get<TimeProvider>().NowMs()) + steps)}";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_34_S1_14b_registered_scanned_before_the_login_reported_and_seen_on_my_page(Engine engine)
    {
        await using var town = await Residents.Start(engine);
        await town.Resident(home: Residents.A);
        using var officer = await new StaffDesk(town.App).Officer("OF-001", Residents.A, Role.Officer);
        var (_, activity) = await Begin(town, officer);
        using var browser = town.App.Client();
        Assert.StartsWith("/my/login?back=", (await browser.GetAsync($"/my/activities/{activity.Value}")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.GetAsync(await Link(town, activity, -10))).StatusCode);
        Assert.Equal("/my/attend?seen=1", (await browser.GetAsync(await Link(town, activity))).Headers.Location?.OriginalString);
        Assert.StartsWith("/my/login?back=%2Fmy%2Fattend", (await browser.GetAsync("/my/attend?seen=1")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal("/my/attend?seen=1", (await town.Send(browser, "/my/login?back=%2Fmy%2Fattend%3Fseen%3D1", ("MyKeyId", Residents.MyKeyId), ("Password", Residents.Password))).Headers.Location?.OriginalString);

        var page = await browser.GetAsync("/my/attend?seen=1");
        Assert.Equal(SecurityHeaders.ScannerPolicy, page.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Contains("camera=(self)", page.Headers.GetValues("Permissions-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal(SecurityHeaders.ContentPolicy, (await browser.GetAsync("/my")).Headers.GetValues("Content-Security-Policy").Single());
        Assert.Contains("読み取ったイベント", Decoded(await page.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        var id = Guid.CreateVersion7();
        Assert.Equal($"/my/attend?done={id}", (await town.App.Submit(browser, "/my/attend?seen=1", "/my/attend?handler=Seen", ("Id", $"{id}"))).Headers.Location?.OriginalString);
        var done = Decoded(await browser.GetStringAsync($"/my/attend?done={id}"));
        foreach (var words in (string[])["参加を報告しました", "ポイントが付与されました", "公園の清掃"]) Assert.Contains(words, done, StringComparison.Ordinal);
        Assert.DoesNotContain("読み取ったイベント", done, StringComparison.Ordinal);
        Assert.Contains("イベント参加報告", Decoded(await browser.GetStringAsync("/my")), StringComparison.Ordinal);
        Assert.Equal("granted", Assert.Single((await browser.GetFromJsonAsync<ReportReply[]>("/api/v1/my/reports"))!).State);
        var again = await town.App.Submit(browser, "/my/attend", "/my/attend", ("Id", $"{Guid.CreateVersion7()}"), ("Code", await Link(town, activity)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode);
        Assert.Contains("もう参加を報告しています", Decoded(await again.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Equal("already_reported", await Grants.GrantOffice.Code(await browser.PostAsJsonAsync("/api/v1/my/reports", new ReportRequest(Guid.CreateVersion7(), await Link(town, activity)))));
    }

    [Fact]
    public async Task S1_34_what_a_browser_keeps_of_a_scan_ends_after_a_quarter_of_an_hour_and_can_not_be_made_up()
    {
        await using var town = await Residents.Start();
        var (codes, activity, now) = (town.Get<ActivityCodes>(), Ids.New<ActivityId>(TimeProvider.System), 1_800_000_000_000);
        var kept = await codes.Seal(activity, 60_000_000, now);
        Assert.Equal((activity, 60_000_000), await codes.Open(kept, now + 15 * 60_000));
        Assert.Null(await codes.Open(kept, now + 15 * 60_000 + 1));
        Assert.Null(await codes.Open(kept, now - 1));
        foreach (var made in (string?[])[null, "", "a.b.c.d", kept.Replace(".60000000.", ".60000001.", StringComparison.Ordinal), kept[..^1] + (kept[^1] == '0' ? '1' : '0')]) Assert.Null(await codes.Open(made, now));
        Assert.NotEqual(await codes.KeyOf(activity), await codes.KeyOf(Ids.New<ActivityId>(TimeProvider.System)));
    }

    [Fact]
    public async Task S1_34b_a_citizen_registers_with_one_press_shows_the_ticket_and_gives_it_back()
    {
        await using var town = await Residents.Start();
        await town.Resident(home: Residents.A);
        using var officer = await new StaffDesk(town.App).Officer("OF-001", Residents.A, Role.Officer);
        var (offer, _) = await Begin(town, officer);
        var tomorrow = await Activating.Open(officer, Activating.Today(offer, town.Get<TimeProvider>().Today().AddDays(1), "あすの清掃"));
        using var citizen = await town.LoggedIn();
        var path = $"/my/activities/{tomorrow.Value}";
        Assert.Equal($"{path}?done=made", (await town.Send(citizen, path)).Headers.Location?.OriginalString);
        var mine = Assert.Single((await citizen.GetFromJsonAsync<RegistrationReply[]>("/api/v1/my/registrations"))!);
        var ticket = Decoded(await citizen.GetStringAsync(path));
        Assert.Contains(CheckedNumber.Grouped(mine.Number), ticket, StringComparison.Ordinal);
        Assert.Contains("<svg", ticket, StringComparison.Ordinal);
        Assert.Contains("登録しています", Decoded(await citizen.GetStringAsync("/my/attend")), StringComparison.Ordinal);
        // A ticket is none of a citizen's codes.
        Assert.Equal("qr_invalid", await Grants.GrantOffice.Code(await citizen.PostAsJsonAsync("/api/v1/my/reports", new ReportRequest(Guid.CreateVersion7(), mine.Number))));
        Assert.Equal($"{path}?done=given_back", (await town.App.Submit(citizen, path, $"{path}?handler=GiveBack")).Headers.Location?.OriginalString);
        Assert.Empty((await citizen.GetFromJsonAsync<RegistrationReply[]>("/api/v1/my/registrations"))!);
    }
}
