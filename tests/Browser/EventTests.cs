using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyKey.App.Events;
using MyKey.App.Reserved;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: an office publishes an event, a resident moves points to it on the phone and pays there, and what is left goes where it was said (group H).</summary>
public class EventTests
{
    [Theory, InlineData(Visit.Phone)]
    public async Task S0_5009b_S0_5010_S0_5013_H_D1_H_D2_an_event_from_its_draft_to_its_end(int width)
    {
        await using var town = await CouponTown.Open();
        var me = await town.Town.Resident(home: Residents.A);
        await town.Desk.Invite("OF-001", Residents.A, Role.Officer);
        await town.Bring(await town.Machine(), 500, "GOOD0001XY");
        await using var visit = await Visit.Begin(town.Town.App, width);
        await Publish(visit, town);
        await MoveThere(visit);
        town.Clock.Jump(TimeSpan.FromDays(5));
        await Pay(visit, town);
        town.Clock.Jump(TimeSpan.FromDays(5));
        var job = town.Town.Get<EndEvents>();
        Assert.Equal("ended 1 lots", (await job.Run(new JobRun(job.Name, Guid.NewGuid(), 1, long.MaxValue), CancellationToken.None)).Text);
        await visit.Page.Context.ClearCookiesAsync();
        await LogIn(visit, "/my");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "使えるところと記録" }).ClickAsync();
        await visit.Looks("event-over");
        Assert.Equal(180, await town.Usable(me));
        await town.MustAddUp();
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task S0_5010b_an_event_is_called_off_and_who_has_points_for_it_reads_what_becomes_of_them(int width)
    {
        await using var town = await CouponTown.Open();
        await town.Town.Resident(home: Residents.A);
        await town.Desk.Invite("OF-001", Residents.A, Role.Officer);
        await town.Bring(await town.Machine(), 500, "GOOD0001XY");
        await using var visit = await Visit.Begin(town.Town.App, width);
        await Publish(visit, town);
        await MoveThere(visit);
        var page = visit.Page;
        var mine = new Uri(page.Url).AbsolutePath;
        await page.Context.ClearCookiesAsync();
        await visit.LogIn("office", "OF-001", town.Desk);
        await visit.Open(mine.Replace("/my/", "/office/", StringComparison.Ordinal));
        await page.GetByText("中止する", new() { Exact = true }).ClickAsync();
        await visit.Looks("office-event-call-off");
        await Visit.Press(page, "このイベントを中止する");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("中止しました");
        await visit.Looks("office-event-called-off");
        await page.Context.ClearCookiesAsync();
        await LogIn(visit, mine);
        await visit.Looks("event-called-off");
    }

    private static async Task Publish(Visit visit, CouponTown town)
    {
        var (page, start) = (visit.Page, town.Today.AddDays(5));
        await visit.LogIn("office", "OF-001", town.Desk);
        await visit.Open("/office/events");
        await visit.Looks("office-events-none");
        await page.GetByRole(AriaRole.Link, new() { Name = "イベントを作る" }).ClickAsync();
        await Visit.Press(page, "下書きを残す");
        await page.Locator(".summary").WaitForAsync();
        await visit.Looks("office-event-empty");
        await page.GetByLabel("イベントの名前").FillAsync("港まつり");
        await page.Locator("#FirstDay").FillAsync($"{start:yyyy-MM-dd}");
        await page.Locator("#LastDay").FillAsync($"{start.AddDays(1):yyyy-MM-dd}");
        await Visit.Press(page, "下書きを残す");
        await page.GetByRole(AriaRole.Status).WaitForAsync();
        await visit.Looks("office-event-draft");
        await page.GetByLabel("開く団体").FillAsync("港まつり実行委員会");
        await page.GetByLabel("終わったあとに使える日数").FillAsync("２");
        await page.GetByLabel("A市ポイントになる").CheckAsync();
        await Visit.Press(page, "下書きを残す");
        await page.GetByRole(AriaRole.Button, new() { Name = "使えるようにする" }).ClickAsync();
        await page.GetByText("お店の登録を変えました").WaitForAsync();
        await visit.Looks("office-event-ready");
        await Visit.Press(page, "公開する");
        await page.GetByText("公開しました").WaitForAsync();
        await visit.Looks("office-event-published");
        await visit.Open("/office/events");
        await visit.Looks("office-events");
    }

    private static async Task MoveThere(Visit visit)
    {
        var page = visit.Page;
        await page.Context.ClearCookiesAsync();
        await LogIn(visit, "/my/exchange");
        await page.GetByLabel("1つめのコード").FillAsync("GOOD0001XY");
        await page.Locator("#Town").SelectOptionAsync(Destination.Later);
        await Visit.Press(page, "確認へ進む");
        await Visit.Press(page, "交換する");
        await Visit.Arrive(page, "**/my/exchange/done/*");
        await visit.Open("/my/reserved");
        await page.Locator("#Town").SelectOptionAsync((await page.Locator("#Town option", new() { HasText = "港まつり" }).GetAttributeAsync("value"))!);
        await page.Locator("#Amount").FillAsync("300");
        await visit.Looks("event-move");
        await Visit.Press(page, "確認へ進む");
        await Visit.Arrive(page, "**/my/reserved/confirm*");
        await visit.Looks("event-move-confirm");
        await page.GetByRole(AriaRole.Button, new() { Name = "移す" }).DblClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/my/reserved/done/"));
        await visit.Looks("event-moved");
        await visit.Open("/my");
        await visit.Looks("event-home");
        await page.GetByRole(AriaRole.Link, new() { Name = "使えるところと記録" }).ClickAsync();
        await visit.Looks("event");
    }

    private static async Task Pay(Visit visit, CouponTown town)
    {
        var page = visit.Page;
        await page.Context.ClearCookiesAsync();
        await LogIn(visit, "/my/code");
        await Visit.Press(page, "お店で使う番号を出す");
        var code = await page.Locator(".code").InnerTextAsync();
        await page.Context.ClearCookiesAsync();
        await visit.Open("/terminal");
        await page.GetByRole(AriaRole.Link, new() { Name = "この端末を登録する" }).ClickAsync();
        await page.GetByLabel("登録用の番号").FillAsync(await new Town(town.Town.App.Services).EnrolCode(town.Town.Shop));
        await page.GetByLabel("お店の番号").FillAsync(Town.ShopCode);
        await Visit.Press(page, "登録する");
        await page.GetByLabel("マイキーID").FillAsync(Residents.MyKeyId);
        await page.GetByLabel("お店で使う番号").FillAsync(code);
        await Visit.Press(page, "次へ");
        await Visit.Arrive(page, "**/terminal/points*");
        await page.Locator("#Amount").FillAsync("120");
        await visit.Looks("event-till");
        await page.GetByRole(AriaRole.Button, new() { Name = "お客さまに見せる" }).ClickAsync();
        await visit.Looks("event-till-confirm");
        await Visit.Press(page, "使う");
        await Visit.Arrive(page, "**/terminal/done/*");
        await visit.Looks("event-till-done");
        await page.Context.ClearCookiesAsync();
        await LogIn(visit, "/my");
        await page.GetByRole(AriaRole.Link, new() { Name = "使えるところと記録" }).ClickAsync();
        await visit.Looks("event-used");
        await page.GetByRole(AriaRole.Link, new() { Name = "くわしく" }).First.ClickAsync();
        await visit.Looks("event-entry");
    }

    private static async Task LogIn(Visit visit, string path)
    {
        await visit.Open(path);
        await visit.Page.Locator("#MyKeyId").FillAsync(Residents.MyKeyId);
        await visit.Page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(visit.Page, "ログイン");
        await Visit.Arrive(visit.Page, $"**{path}");
    }
}
