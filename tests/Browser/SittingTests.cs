using System.Net.Http.Json;
using Microsoft.Playwright;
using MyKey.App.PaymentServices;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.PaymentServices;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Offers;
using MyKey.Tests.App.PaymentServices;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: somebody without telephone or computer goes the whole way at a support desk, from a new card to the paper, and the next person finds nothing of him (S3-12, S3-13).</summary>
public sealed class SittingTests
{
    [Theory, InlineData(Visit.Phone), InlineData(Visit.Desk)]
    public async Task S3_12_S3_13_from_the_office_to_the_paper_and_the_next_person(int width)
    {
        await using var rig = await CardVisit.Begin(width);
        var (town, visit, page) = (rig.Town, rig.Visit, rig.Visit.Page);
        await using var site = await PaySite.Start(TimeProvider.System);
        var staff = new StaffDesk(town.App);
        await Furnish(site, staff);
        using var officer = await staff.Officer("OF-001", Residents.A, Role.Officer, Role.TerminalAdmin);
        await Offering.Publish(officer, Offering.Full(TimeProvider.System.Today()) with { Screening = "none", Delivery = "citizen_chooses", ClaimUntil = TimeProvider.System.Today().AddDays(60) });
        using var card = town.Authority.Issue(new CertificateProfile { NotBefore = TimeProvider.System.GetUtcNow().AddDays(-30) });
        rig.Put(card);
        var code = await Register(town, staff, width);

        await visit.Open("/terminal/enrol");
        await page.GetByLabel("登録用の番号").FillAsync(code);
        await page.GetByLabel("お店の番号").FillAsync(Town.ShopCode);
        await page.GetByRole(AriaRole.Button).Last.ClickAsync();
        await Visit.Arrive(page, "**/terminal/help*");
        await visit.Looks("sitting-desk");

        await page.GetByRole(AriaRole.Link, new() { Name = "カードではじめる" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "入っています" }).ClickAsync();
        await CardVisit.Sign(page, "ログインする");
        await Visit.Arrive(page, "**/my/start");
        await page.GetByLabel("基本の自治体").SelectOptionAsync(Residents.A.Value);
        await visit.Looks("sitting-start");
        await Visit.Press(page, "マイキーIDをつくる");
        await Visit.Arrive(page, "**/my/desk?made=1");
        await visit.Looks("sitting-steps");

        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("申しこむ.*子育て応援") }).ClickAsync();
        await visit.Looks("sitting-apply");
        await page.GetByRole(AriaRole.Link, new() { Name = "カードで申しこむ" }).ClickAsync();
        await CardVisit.Sign(page, "申しこむ");
        await Visit.Arrive(page, "**/my/applications/*");
        await page.GetByRole(AriaRole.Link, new() { Name = "手続きの一覧" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "決済サービスを登録する" }).ClickAsync();
        await Account(page, "そらカード（窓口では登録できません）");
        await visit.Looks("sitting-unsupported");
        await Account(page, "みどりペイ");
        await Visit.Arrive(page, "**/my/payment-accounts?done=added");
        await page.GetByRole(AriaRole.Link, new() { Name = "手続きの一覧" }).ClickAsync();
        await visit.Looks("sitting-steps-later");
        await page.GetByRole(AriaRole.Link, new() { Name = "受け取る", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("受け取る.*子育て応援") }).ClickAsync();
        await page.GetByLabel("みどりペイ").CheckAsync();
        await Visit.Press(page, "確認へ進む");
        await page.GetByRole(AriaRole.Link, new() { Name = "受取申請する" }).ClickAsync();
        await CardVisit.Sign(page, "受け取る");
        await Visit.Arrive(page, "**/my/claims/orders/*");
        Assert.Equal(500L, site.Books.Held("midori"));
        await visit.Open("/my/desk/paper");
        await visit.Looks("sitting-paper-a4");
        await visit.Open("/my/desk/paper?size=a6");
        await visit.Looks("sitting-paper-a6");
        await visit.Open("/my/desk/paper?size=roll");
        await visit.Looks("sitting-paper-roll");

        await Visit.Press(page, "終わり");
        await Visit.Arrive(page, "**/terminal/help?ended=1");
        await visit.Looks("sitting-ended");
        await page.GoBackAsync();
        await Visit.Arrive(page, "**/terminal/help*");
        Assert.DoesNotContain("みどりペイ", await page.ContentAsync(), StringComparison.Ordinal);
        visit.Quiet();
    }

    /// <summary>At the office: the desk is registered, its code shown once.</summary>
    private static async Task<string> Register(CardTown town, StaffDesk staff, int width)
    {
        await using var visit = await Visit.Begin(town.App, width);
        await visit.LogIn("office", "OF-001", staff);
        await visit.Open("/office/support-desks");
        await visit.Page.GetByLabel("窓口の名前").FillAsync("市民課 3番");
        await Visit.Press(visit.Page, "登録用の番号を出す");
        await visit.Looks("sitting-office-code");
        var code = await visit.Page.Locator(".one-time-code").InnerTextAsync();
        await visit.Open("/office/support-desks");
        await visit.Looks("sitting-office");
        return code;
    }

    private static async Task Account(IPage page, string service)
    {
        await page.GetByLabel("決済サービスの名前").SelectOptionAsync(new SelectOptionValue { Label = service });
        await page.GetByLabel("決済サービスID").FillAsync(ServiceBooks.Member(1).Id);
        await page.GetByLabel("セキュリティコード").FillAsync(ServiceBooks.Member(1).Code);
        await Visit.Press(page, "登録する");
    }

    private static async Task Furnish(PaySite site, StaffDesk staff)
    {
        var platform = await staff.Operator();
        foreach (var (key, name, counter) in new[] { ("midori", "みどりペイ", true), ("sora", "そらカード", false) })
        {
            var address = $"/api/v1/operator/payment-services/{Guid.CreateVersion7()}";
            (await platform.PutAsJsonAsync(address, new PaymentServiceRequest(name, "direct", "0120-000-000", site.PageOf(key), counter, site.ApiOf(key), ServiceBooks.ClientId, ServiceBooks.ClientSecret))).EnsureSuccessStatusCode();
            (await platform.PutAsJsonAsync($"{address}/municipalities/{Residents.A.Value}", new ServiceStartRequest(TimeProvider.System.Today()))).EnsureSuccessStatusCode();
        }
    }
}
