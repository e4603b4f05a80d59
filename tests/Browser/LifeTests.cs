using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: the life of a MyKey ID in a real browser: changed, stopped, given up, and found again with another card.</summary>
public sealed class LifeTests
{
    [Theory, InlineData(Visit.Phone)]
    public async Task S0_1019a_S1_50_K_28_a_lost_card_in_four_screens_without_it(int width)
    {
        await using var town = await Residents.Start();
        await town.Resident();
        await using var visit = await Visit.Begin(town.App, width);
        var page = visit.Page;
        await visit.Open("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "カードをなくした" }).ClickAsync();
        await Visit.Arrive(page, "**/lost");
        await visit.Looks("lost");
        await page.GetByRole(AriaRole.Link, new() { Name = "マイキーIDを止める" }).ClickAsync();
        await visit.Looks("lost-stop");
        await page.Locator("#MyKeyId").FillAsync(Residents.MyKeyId);
        await page.Locator("#Password").FillAsync("wrong-wrong-wrong");
        await Visit.Press(page, "このIDを止める");
        await visit.Looks("lost-stop-failed");
        await page.Locator("#MyKeyId").FillAsync(Residents.MyKeyId);
        await page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(page, "このIDを止める");
        await Visit.Arrive(page, "**/lost/stopped");
        await visit.Looks("lost-stopped");
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task S0_5015_S0_5016a_S0_5017_changed_then_given_up_after_the_list_and_the_PIN(int width)
    {
        await using var life = await CardVisit.Begin(width);
        var (town, visit, page) = (life.Town, life.Visit, life.Visit.Page);
        using var card = town.Authority.Issue();
        var me = await town.Resident(card, "AB12CD34");
        await town.Residents.Grant(me, 800, 40);
        await town.Residents.Grant(me, 300, 20, Residents.B);
        life.Put(card);
        await life.LogIn();
        await Visit.Arrive(page, "**/my");
        await visit.Open("/my/settings");
        await visit.Looks("life-settings");
        await page.GetByRole(AriaRole.Link, new() { Name = "マイキーIDを変える" }).ClickAsync();
        await visit.Looks("life-change");
        await page.GetByLabel("新しいマイキーID").FillAsync("ZY98XW76");
        await Visit.Press(page, "このIDに変える");
        await Visit.Arrive(page, "**/my/id?saved=1");
        await visit.Looks("life-changed");

        await visit.Open("/my/id/revoke");
        await visit.Looks("life-revoke");
        await page.GetByRole(AriaRole.Link, new() { Name = "カードを使って、やめる" }).ClickAsync();
        await page.GetByLabel("利用者証明用の暗証番号").WaitForAsync();
        Assert.Contains("A市ポイント 800、B町ポイント 300", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await CardVisit.Sign(page, "やめる");
        await Visit.Arrive(page, "**/revoked");
        await visit.Looks("life-revoked");
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task S0_4029a_Lineage_a_renewed_card_comes_home_and_without_an_answer_the_counter_helps(int width)
    {
        await using var life = await CardVisit.Begin(width);
        var (town, visit, page) = (life.Town, life.Visit, life.Visit.Page);
        using var card = town.Authority.Issue();
        await town.Resident(card, "AB12CD34");
        using var renewed = town.Authority.Renew(card);
        await town.LoadLists();
        life.Put(renewed);
        await life.LogIn();
        await Visit.Arrive(page, "**/my");
        await visit.Looks("life-joined-home");
        await visit.Open("/my/card");
        await visit.Looks("life-joined");
        await Visit.Press(page, "わかりました");
        await Visit.Arrive(page, "**/my");
        await Visit.Press(page, "ログアウト");

        using var next = town.Authority.Reissue(renewed);
        await town.LoadLists();
        town.Authority.TellsLineage = false;
        life.Put(next);
        await life.LogIn(prepared: true);
        await Visit.Arrive(page, "**/my/first");
        await visit.Looks("life-first");
        await page.GetByRole(AriaRole.Link, new() { Name = "前から持っている" }).ClickAsync();
        await visit.Looks("life-had");
        await page.Locator("#MyKeyId").FillAsync("AB12CD34");
        await page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(page, "申し込む");
        await page.Locator(".result .code").WaitForAsync();
        await visit.Looks("life-had-number");
        var number = await page.Locator(".result .code").InnerTextAsync();

        var desk = new StaffDesk(town.App);
        await desk.Invite("A-1", Residents.A, Role.SupportDesk);
        await visit.LogIn("office", "A-1", desk);
        await visit.Open("/office/joins");
        await page.Locator("#Number").FillAsync(number);
        await visit.Looks("life-office");
        await Visit.Press(page, "番号をたしかめる");
        await visit.Looks("life-office-confirm");
        await Visit.Press(page, "たしかめたので、つなぐ");
        await Visit.Arrive(page, "**/office/joins?saved=1");
        await visit.Looks("life-office-done");

        await visit.Open("/my");
        await Visit.Press(page, "ログアウト");
        await life.LogIn(prepared: true);
        await Visit.Arrive(page, "**/my");
        visit.Quiet();
    }
}
