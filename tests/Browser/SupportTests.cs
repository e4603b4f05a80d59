using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;

namespace MyKey.Browser;

/// <summary>Goal: whoever needs help finds it from the foot of every page, and an office says where it gives some (group X).</summary>
public sealed class SupportTests
{
    [Theory, InlineData(Visit.Phone)]
    public async Task S2_P4d_S0_1022d_an_office_enters_a_corner_and_a_visitor_finds_it_and_an_answer(int width)
    {
        await using var town = await CouponTown.Open(partner: false);
        await town.Desk.Invite("SD-001", Residents.A, [Role.SupportDesk]);
        await using (var office = await Visit.Begin(town.Town.App, width))
        {
            await office.LogIn("office", "SD-001", town.Desk);
            var work = office.Page;
            await work.GotoAsync("/office/support");
            await office.Looks("office-support-empty");
            await work.GetByRole(AriaRole.Link, new() { Name = "支援コーナーを加える" }).ClickAsync();
            await work.GetByLabel("名前").FillAsync("駅前の支援コーナー");
            await work.GetByLabel("場所").FillAsync("駅ビル3階");
            await work.GetByLabel("開いている時間").FillAsync("いつでも");
            await work.GetByLabel("マイキーIDをつくる手伝い").CheckAsync();
            await Visit.Press(work, "加える");
            await Assertions.Expect(work.Locator("main")).ToContainTextAsync("「いつでも」を読み取れません");
            await office.Looks("office-support-wrong");
            await work.GetByLabel("開いている時間").FillAsync("月-金 8:30-17:15\n12/29-1/3 休み");
            await Visit.Press(work, "加える");
            await Assertions.Expect(work.Locator("main")).ToContainTextAsync("いま開いています");
            await office.Looks("office-support");
        }

        await using var visit = await Visit.Begin(town.Town.App, width);
        var page = visit.Page;
        await visit.Open("/");
        await page.GetByRole(AriaRole.Contentinfo).GetByRole(AriaRole.Link, new() { Name = "相談先" }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("いま開いています（17時15分まで）");
        await visit.Looks("support");
        await page.GetByRole(AriaRole.Link, new() { Name = "よくある質問を見る" }).ClickAsync();
        await visit.Looks("faq");
        await page.GetByLabel("さがす言葉").FillAsync("かーど　なくしました");
        await Visit.Press(page, "さがす");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("まずカードを止める電話をしてください");
        await visit.Looks("faq-found");
        await page.GetByLabel("さがす言葉").FillAsync("ぬるぽ");
        await Visit.Press(page, "さがす");
        await visit.Looks("faq-none");
        await visit.Open("/lost");
        await visit.Looks("lost");
    }
}
