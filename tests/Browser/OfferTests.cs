using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using MyKey.App.Offers;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Sandbox.Authority;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Offers;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: a programme from the search over the card to the office and back to My Page, in a real browser.</summary>
public sealed class OfferTests
{
    [Theory, InlineData(Visit.Phone)]
    public async Task S1_14_S1_25_S1_S2_found_applied_for_with_the_card_accepted_and_seen_on_my_page(int width)
    {
        await using var rig = await CardVisit.Begin(width);
        var (town, visit) = (rig.Town, rig.Visit);
        var (page, desk) = (visit.Page, new StaffDesk(town.App));
        using var officer = await desk.Officer("OF-001", Residents.A, Role.Officer);
        var offer = await Offering.Publish(officer, Offering.Full(town.App.Services.GetRequiredService<TimeProvider>().Today()) with
        {
            Programme = new NewProgrammeRequest(Eligibility: "proof", Budget: 5_000, BudgetId: Guid.CreateVersion7()),
        });
        using var card = town.Authority.Issue(new CertificateProfile { NotBefore = TimeProvider.System.GetUtcNow().AddDays(-30) });
        await town.Resident(card, "AB12CD34");
        rig.Put(card);

        await visit.Open("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "ポイントを受け取れる施策をさがす" }).ClickAsync();
        await Visit.Arrive(page, "**/programmes");
        await page.Locator("#Text").FillAsync("子育て");
        await Visit.Press(page, "さがす");
        await visit.Looks("offer-search");
        await page.GetByRole(AriaRole.Link, new() { Name = "子育て応援ポイント" }).ClickAsync();
        await Visit.Arrive(page, $"**/programmes/{offer}");
        await visit.Looks("offer");
        await page.GetByRole(AriaRole.Link, new() { Name = "申しこむ", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "カードでログイン" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "入っています" }).ClickAsync();
        await CardVisit.Sign(page, "ログインする");
        await Visit.Arrive(page, $"**/my/applications/new/{offer}");
        await visit.Looks("offer-apply");
        await page.GetByRole(AriaRole.Link, new() { Name = "はい。カードで申しこむ" }).ClickAsync();
        await page.GetByLabel("利用者証明用の暗証番号").WaitForAsync();
        await Visit.Picture(page, "offer-agent");
        await CardVisit.Sign(page, "申しこむ");
        await Visit.Arrive(page, "**/my/applications/*");
        await visit.Looks("offer-applied");

        await using (var office = await Visit.Begin(town.App))
        {
            await office.LogIn("office", "OF-001", desk);
            await office.Open("/office/offers");
            await office.Looks("office-offers");
            await office.Open($"/office/offers/{Guid.CreateVersion7()}");
            await office.Looks("office-offer-new");
            await office.Open($"/office/offers/{offer}");
            await office.Looks("office-offer");
            await office.Page.GetByRole(AriaRole.Link, new() { Name = "申しこみを見る" }).ClickAsync();
            await office.Looks("office-applications");
            await office.Page.Locator("input[name=ids]").First.CheckAsync();
            await Visit.Press(office.Page, "印をつけた人に付与する");
            await Visit.Arrive(office.Page, "**saved=1");
            await office.Looks("office-applications-granted");
            await office.Open($"/office/offers/{offer}/enter");
            await office.Looks("office-enter");
        }

        await visit.Open("/my/applications");
        await visit.Looks("my-applications");
        Assert.Contains("付与されました", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Link, new() { Name = "子育て応援ポイント" }).ClickAsync();
        await visit.Looks("my-application");
        await visit.Open($"/my/applications/new/{offer}");
        await visit.Looks("offer-applied-before");
        await visit.Open("/my");
        await visit.Looks("my-with-applications");
    }
}
