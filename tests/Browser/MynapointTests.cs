using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using MyKey.App.Machines;
using MyKey.App.National;
using MyKey.App.PaymentServices;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Sandbox.PaymentServices;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.PaymentServices;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: from the three steps to the premium of a purchase at the chosen service, with the card at the application and nowhere else (S3-01 to S3-06).</summary>
public sealed class MynapointTests
{
    [Theory, InlineData(Visit.Phone), InlineData(Visit.Desk)]
    public async Task S3_01_S3_02_S3_05_S3_06_three_steps_then_a_purchase_and_its_premium_on_My_Page(int width)
    {
        await using var rig = await CardVisit.Begin(width);
        var (town, visit, page) = (rig.Town, rig.Visit, rig.Visit.Page);
        await using var site = await PaySite.Start(TimeProvider.System);
        using var card = town.Authority.Issue();
        await town.Resident(card, "AB12CD34");
        var desk = new StaffDesk(town.App);
        await visit.Open("/mynapoint");
        await visit.Looks("mynapoint-none");
        await Furnish(town, site, desk);
        rig.Put(card);

        await visit.Open("/mynapoint");
        await visit.Looks("mynapoint");
        await rig.LogIn();
        await Visit.Arrive(page, "**/my");
        // The card was made a moment ago; the scheme waits a day (S3-08).
        await town.App.Database.Write(tx => Dapper.SqlMapper.ExecuteAsync(tx.Connection, "update idn_certificate set not_before_ms = not_before_ms - 86400000", null, tx.Handle));
        await visit.Open("/my/mynapoint");
        await visit.Looks("mynapoint-mine-new");
        await page.GetByRole(AriaRole.Link, new() { Name = "マイ決済サービスを登録する" }).ClickAsync();
        await page.GetByLabel("決済サービスの名前").SelectOptionAsync(new SelectOptionValue { Label = "みどりペイ" });
        await page.GetByLabel("決済サービスID").FillAsync(ServiceBooks.Member(1).Id);
        await page.GetByLabel("セキュリティコード").FillAsync(ServiceBooks.Member(1).Code);
        await Visit.Press(page, "登録する");
        await Visit.Arrive(page, "**/my/payment-accounts?done=added");
        await visit.Open("/my/mynapoint");
        await visit.Looks("mynapoint-mine-choose");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("これを選ぶ") }).ClickAsync();
        await visit.Looks("mynapoint-confirm");
        await page.GetByRole(AriaRole.Link, new() { Name = "カードで申しこむ" }).ClickAsync();
        await page.GetByLabel("利用者証明用の暗証番号").WaitForAsync();
        Assert.Contains("みどりペイ", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await CardVisit.Sign(page, "申しこむ");
        await Visit.Arrive(page, "**/my/mynapoint?done=1");
        await visit.Looks("mynapoint-done");

        // The purchase at the service's own till: no card, no page of ours.
        var ours = town.App.Loopback;
        await PremiumCalls.Buy(site.Books, "midori", ours, (ServiceBooks.Member(1).Id, 4_000));
        await PremiumCalls.Buy(site.Books, "midori", ours, (ServiceBooks.Member(1).Id, 18_000));
        await PremiumCalls.Undo(site.Books, "midori", ours, site.Books.PurchasesOf("midori")[1].Event);
        Assert.Equal(["-1000ポイント", "4000ポイント", "1000ポイント"], site.Books.PurchasesOf("midori").Select(p => p.Said));
        await visit.Open("/my/mynapoint");
        Assert.Contains("4,000ポイント", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await visit.Looks("mynapoint-premium");
        await visit.Open("/my");
        await visit.Looks("mynapoint-home");
        await Operators(town, desk, width);
    }

    private static async Task Operators(CardTown town, StaffDesk desk, int width)
    {
        await using var visit = await Visit.Begin(town.App, width);
        await visit.LogIn("operator", "OP-001", desk);
        await visit.Open("/operator/mynapoint");
        await visit.Looks("mynapoint-operator");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "マイナポイント第1弾" }).ClickAsync();
        await visit.Looks("mynapoint-operator-round");
        await visit.Open("/operator/mynapoint/claims");
        await visit.Looks("mynapoint-operator-claims");
        await using var office = await Visit.Begin(town.App, width);
        await office.LogIn("office", "A-1", desk);
        await office.Open("/office/mynapoint");
        await office.Looks("mynapoint-office");
    }

    private static async Task Furnish(CardTown town, PaySite site, StaffDesk desk)
    {
        using var platform = await desk.Operator();
        var (service, today) = (Guid.CreateVersion7(), TimeProvider.System.Today());
        (await platform.PutAsJsonAsync($"/api/v1/operator/payment-services/{service}",
            new PaymentServiceRequest("みどりペイ", "direct", "0120-000-000", site.PageOf("midori"), true, site.ApiOf("midori"), ServiceBooks.ClientId, ServiceBooks.ClientSecret))).EnsureSuccessStatusCode();
        (await platform.PutAsJsonAsync($"/api/v1/operator/mynapoint/{Guid.CreateVersion7()}",
            new RoundRequest("マイナポイント第1弾", today, today.AddDays(273), today, today.AddDays(273), 25, 5_000, "both", 1_000_000, [new(service, today)]))).EnsureSuccessStatusCode();
        var key = new WantedServiceKey(Guid.CreateVersion7(), "付与のシステム", null, 90);
        (await platform.PostAsJsonAsync($"/api/v1/operator/payment-services/{service}/machine-keys", key)).EnsureSuccessStatusCode();
        // Before there is a second operator, who would have to agree.
        await desk.Invite("A-1", Residents.A, Role.Officer);
        await desk.Invite("OP-002", null, Role.Operator);
        using var other = await desk.SignIn("operator", "OP-002");
        var given = await (await other.PostAsync($"/api/v1/operator/machine-keys/{key.Id}/approve", null)).Content.ReadFromJsonAsync<JsonElement>();
        site.Books.SetKey("midori", given.GetProperty("key").GetString()!);
    }
}
