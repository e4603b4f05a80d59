using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using MyKey.App.Applications;
using MyKey.App.Claims;
using MyKey.App.Offers;
using MyKey.Browser.Support;
using MyKey.Identity.Certificates;
using MyKey.Identity.Challenges;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Offers;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: an office sees how its offers stand, takes them as a file, tries another one on people who are made up, and tells those who applied, who read it on My Page.</summary>
public sealed class FiguresTests
{
    [Theory, InlineData(Visit.Phone)]
    public async Task S1_S1_S1_32_W_D1_figures_file_rehearsal_and_messages(int width)
    {
        var clock = new TestClock(DateTimeOffset.UtcNow);
        await using var town = await Residents.Start(change: b => b.Services.AddSingleton<TimeProvider>(clock));
        var desk = new StaffDesk(town.App);
        var (offer, small) = await Play(town, clock, desk);
        await using var visit = await Visit.Begin(town.App, width);
        var page = visit.Page;
        await visit.LogIn("office", "OF-001", desk);
        await visit.Open($"/office/offers/{offer}");
        await page.GetByRole(AriaRole.Link, new() { Name = "ようす（数とグラフ）" }).ClickAsync();
        await Visit.Arrive(page, "**/figures");
        await page.GetByText("数字の表で見る").First.ClickAsync();
        await visit.Looks("office-figures");
        var download = await page.RunAndWaitForDownloadAsync(() => Visit.Press(page, "CSVファイルを保存する"));
        Assert.Equal("applications.csv", download.SuggestedFilename);
        await page.GetByRole(AriaRole.Link, new() { Name = "受け取られずに失効した" }).ClickAsync();
        await Visit.Arrive(page, "**/lapsed");
        await visit.Looks("office-lapsed");
        await visit.Open("/office/offers");
        await page.GetByRole(AriaRole.Link, new() { Name = "募集のようす" }).ClickAsync();
        await Visit.Arrive(page, "**/offers/figures");
        await visit.Looks("office-figures-all");

        await visit.Open($"/office/offers/{small}");
        await page.GetByRole(AriaRole.Link, new() { Name = "どうなりそうか、ためす" }).ClickAsync();
        await Visit.Arrive(page, "**/rehearsal");
        await page.Locator("#people").FillAsync("3000");
        await page.Locator("#budget").FillAsync("60000");
        await Visit.Press(page, "この条件でためす");
        await page.GetByText("になくなりそうです").First.WaitForAsync();
        await visit.Looks("office-rehearsal");
        await page.Locator("#apply").FillAsync("200");
        await page.GetByText("年齢ごとの割合を直す").ClickAsync();
        await Visit.Press(page, "この条件でためす");
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await visit.Looks("office-rehearsal-wrong");

        await visit.Open($"/office/offers/{offer}/messages");
        await page.Locator("#Text").FillAsync("くわしくは www.evil.example を見てください。");
        await Visit.Press(page, "内容と人数をたしかめる");
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await visit.Looks("office-messages-wrong");
        await page.Locator("#Text").FillAsync("つぎの日曜日は、窓口が休みです。\n月曜日に来てください。");
        await Visit.Press(page, "内容と人数をたしかめる");
        await page.GetByRole(AriaRole.Button, new() { Name = "人に出す" }).WaitForAsync();
        await visit.Looks("office-messages-look");
        await page.GetByRole(AriaRole.Button, new() { Name = "人に出す" }).DblClickAsync();
        await Visit.Arrive(page, "**saved=sent");
        await visit.Looks("office-messages-sent");

        await visit.Open("/my");
        await page.Locator("#MyKeyId").FillAsync(Residents.MyKeyId);
        await page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(page, "ログイン");
        await Visit.Arrive(page, "**/my");
        await visit.Looks("my-with-message");
        await page.GetByRole(AriaRole.Link, new() { Name = "読む", Exact = true }).ClickAsync();
        await Visit.Arrive(page, "**/my/messages");
        await visit.Looks("my-messages");
        await page.GetByRole(AriaRole.Link, new() { Name = "申しこみを見る" }).First.ClickAsync();
        await Visit.Arrive(page, "**/my/applications/*");
        await visit.Looks("my-application-message");
        await visit.Open("/my/messages");
        await Visit.Press(page, "読みました");
        await Visit.Arrive(page, "**/my");
        Assert.DoesNotContain("お知らせが1件", await page.InnerTextAsync("main"), StringComparison.Ordinal);
    }

    /// <summary>Twelve people apply over a week; some receive it, the others let it lapse.</summary>
    private static async Task<(Guid Offer, Guid Small)> Play(Residents town, TestClock clock, StaffDesk desk)
    {
        using var officer = await desk.Officer("OF-001", Residents.A, Role.Officer);
        var today = clock.Today();
        var offer = await Offering.Publish(officer, Offering.Full(today) with { Screening = "none", Delivery = "citizen_chooses", ClaimUntil = today.AddDays(60) });
        var small = await Offering.Publish(officer, Offering.Full(today, "見学のポイント", 300) with { Delivery = "citizen_chooses", ClaimUntil = today.AddDays(100), ApplyUntil = today.AddDays(40) });
        await town.App.Database.WriteOrRefuse(tx => town.Get<Limits>().SetTotal(tx, LimitId.Budget(new ProgrammeId(offer)), new Points(8_000)));
        for (var serial = 1; serial <= 12; serial++)
        {
            var citizen = serial == 1 ? await town.Resident(home: Residents.A) : (await town.CardSession($"MY{200_000 + serial}", serial)).Citizen;
            var applied = await Apply(town, citizen, serial, offer);
            if (serial % 3 > 0) await town.Get<PlaceClaim>().Run(citizen, Guid.CreateVersion7(), new WantedClaim(applied, ClaimTarget.Municipal, Fallback.None));
            if (serial % 2 == 0) clock.Jump(TimeSpan.FromDays(serial % 3));
        }
        clock.Jump(TimeSpan.FromDays(58));
        return (offer, small);
    }

    private static async Task<TransferId> Apply(Residents town, CitizenId citizen, int serial, Guid programme)
    {
        var wish = new ApplicationWish(citizen, new ProgrammeId(programme), new TransferId(Guid.CreateVersion7()), false);
        var certificate = new AuthCertificate(new string('a', 64), $"{serial:x}", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var applied = await town.Get<ApplyForOffer>().Run(citizen, new CardProof(Ids.NewRandom<ChallengeId>(), certificate, Purpose.Apply, [], wish.Binding, null));
        Assert.Null(applied.Refused);
        return applied.Value.Id;
    }
}
