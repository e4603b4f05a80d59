using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using MyKey.App.Entitlements;
using MyKey.App.PaymentServices;
using MyKey.App.Programmes;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.PaymentServices;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Offers;
using MyKey.Tests.App.PaymentServices;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: from a registered payment service to received points, with the card, and back to unclaimed where the service says no (S1-42a, S1-43).</summary>
public sealed class ClaimTests
{
    [Theory, InlineData(Visit.Phone), InlineData(Visit.Desk)]
    public async Task S1_25b_S1_42a_S1_42b_S1_43_registered_claimed_with_the_card_and_once_more_after_a_no(int width)
    {
        await using var rig = await CardVisit.Begin(width);
        var (town, visit) = (rig.Town, rig.Visit);
        await using var site = await PaySite.Start(TimeProvider.System);
        using var card = town.Authority.Issue(new CertificateProfile { NotBefore = TimeProvider.System.GetUtcNow().AddDays(-30) });
        var (page, me) = (visit.Page, await town.Resident(card, "AB12CD34"));
        var desk = new StaffDesk(town.App);
        await Furnish(town, site, desk);
        foreach (var (name, amount) in new[] { ("子育て応援", 3_000L), ("健康ウォーク", 500L) }) await Entitle(town, me, name, amount);
        rig.Put(card);

        await visit.Open("/payment-services");
        await visit.Looks("claim-services");
        await page.GetByRole(AriaRole.Link, new() { Name = "そらカード" }).ClickAsync();
        await visit.Looks("claim-service");
        await rig.LogIn();
        await Visit.Arrive(page, "**/my");
        await visit.Open("/my");
        await visit.Looks("claim-home");
        await visit.Open("/my/payment-accounts");
        await visit.Looks("claim-accounts-empty");
        await Register(page, "みどりペイ", "hina-wrong");
        await visit.Looks("claim-accounts-wrong");
        await Register(page, "みどりペイ", ServiceBooks.Member(1).Code);
        await Visit.Arrive(page, "**/my/payment-accounts?done=added");
        await Register(page, "そらカード", ServiceBooks.Member(1).Code);
        await visit.Looks("claim-accounts");

        site.Books.Set("midori", ServiceFault.Invalid);
        await Claim(visit, "子育て応援", "みどりペイ", picture: true);
        await visit.Looks("claim-refused");
        await visit.Open("/my/claims");
        await visit.Looks("claim-unclaimed-again");
        await visit.Open("/my/payment-accounts");
        await visit.Looks("claim-accounts-invalid");
        await Claim(visit, "子育て応援", "そらカード", picture: false);
        await visit.Looks("claim-granted");
        Assert.Equal((0L, 3_000L), (site.Books.Held("midori"), site.Books.Held("sora")));

        site.Books.Set("sora", ServiceFault.Lies);
        await Claim(visit, "健康ウォーク", "そらカード", picture: false);
        await visit.Looks("claim-stuck");
        await visit.Open("/my/claims");
        await visit.Looks("claim-list");
        await Operators(town, desk, width);
    }

    private static async Task Operators(CardTown town, StaffDesk desk, int width)
    {
        await using var visit = await Visit.Begin(town.App, width);
        await visit.LogIn("operator", "OP-001", desk);
        await visit.Open("/operator/payment-services");
        await visit.Looks("claim-operator-services");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "みどりペイ" }).ClickAsync();
        await visit.Looks("claim-operator-service");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "かぎを申しこむ" }).ClickAsync();
        await visit.Looks("claim-operator-key");
        await visit.Open("/operator/claims");
        await visit.Looks("claim-operator-stuck");
        await visit.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("終わりにする") }).ClickAsync();
        await visit.Looks("claim-operator-end");
        await desk.Invite("A-1", Residents.A, Role.Officer);
        await using var office = await Visit.Begin(town.App, width);
        await office.LogIn("office", "A-1", desk);
        await office.Open("/office/payment-services");
        await office.Looks("claim-office-services");
        using var officer = await desk.SignIn("office", "A-1", Residents.A);
        var offer = await Offering.Publish(officer, Offering.Full(TimeProvider.System.Today()) with { Delivery = "citizen_chooses", ClaimUntil = TimeProvider.System.Today().AddDays(60) });
        await office.Open($"/office/offers/{offer}");
        foreach (var (name, days) in new[] { ("みどりペイ", 0), ("そらカード", 5) })
        {
            await office.Page.Locator("#Service").SelectOptionAsync(new SelectOptionValue { Label = name });
            await office.Page.GetByLabel("選べる最初の日").FillAsync($"{TimeProvider.System.Today().AddDays(days):yyyy-MM-dd}");
            await Visit.Press(office.Page, "決済サービスを決める");
            await Visit.Arrive(office.Page, "**?saved=service");
        }
        await office.Looks("offer-services-office");
        await office.Open($"/programmes/{offer}");
        await office.Looks("offer-services");
        await office.Open($"/office/offers/{offer}/enter/file");
        await office.Looks("offer-file");
    }

    private static async Task Register(IPage page, string service, string code)
    {
        await page.GetByLabel("決済サービスの名前").SelectOptionAsync(new SelectOptionValue { Label = service });
        await page.GetByLabel("決済サービスID").FillAsync(ServiceBooks.Member(1).Id);
        await page.GetByLabel("セキュリティコード").FillAsync(code);
        await Visit.Press(page, "登録する");
    }

    private static async Task Claim(Visit visit, string programme, string service, bool picture)
    {
        var page = visit.Page;
        await visit.Open("/my/claims");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new($"受け取る.*{programme}") }).ClickAsync();
        if (picture) await visit.Looks("claim-destination");
        await page.GetByLabel(service).CheckAsync();
        await Visit.Press(page, "確認へ進む");
        if (picture) await visit.Looks("claim-confirm");
        await page.GetByRole(AriaRole.Link, new() { Name = "受取申請する" }).ClickAsync();
        await page.GetByLabel("利用者証明用の暗証番号").WaitForAsync();
        Assert.Contains(programme, await page.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.Contains(service, await page.InnerTextAsync("main"), StringComparison.Ordinal);
        if (picture) await Visit.Picture(page, $"claim-pin-{page.ViewportSize!.Width}");
        await CardVisit.Sign(page, "受け取る");
        await Visit.Arrive(page, "**/my/claims/orders/*");
    }

    private static async Task Furnish(CardTown town, PaySite site, StaffDesk desk)
    {
        using var platform = await desk.Operator();
        foreach (var (key, name, use) in new[] { ("midori", "みどりペイ", "direct"), ("sora", "そらカード", "exchange") })
        {
            var address = $"/api/v1/operator/payment-services/{Guid.CreateVersion7()}";
            (await platform.PutAsJsonAsync(address, new PaymentServiceRequest(name, use, "0120-000-000", site.PageOf(key), key == "midori", site.ApiOf(key), ServiceBooks.ClientId, ServiceBooks.ClientSecret))).EnsureSuccessStatusCode();
            (await platform.PutAsJsonAsync($"{address}/municipalities/{Residents.A.Value}", new ServiceStartRequest(TimeProvider.System.Today()))).EnsureSuccessStatusCode();
        }
    }

    private static async Task Entitle(CardTown town, CitizenId citizen, string name, long amount)
    {
        var (clock, services) = (TimeProvider.System, town.App.Services);
        var programme = Ids.New<ProgrammeId>(clock);
        Assert.True((await services.GetRequiredService<OpenProgramme>().Run(new(programme, Residents.A, name, GrantKind.Activity, clock.Today(), clock.Today().AddDays(90), Actor.Job("test")))).Ok);
        Assert.True((await town.App.Database.WriteOrRefuse(tx => services.GetRequiredService<Limits>().SetTotal(tx, LimitId.Budget(programme), new Points(1_000_000)))).Ok);
        var granted = new Entitlement(Ids.New<TransferId>(clock), citizen, programme, Residents.A, new Points(amount), clock.NowMs(), clock.Today().AddDays(60));
        Assert.Null((await services.GetRequiredService<GrantEntitlement>().Run(granted, Actor.Job("test"), [])).Refused);
    }
}
