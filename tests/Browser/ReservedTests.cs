using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyKey.App.Reserved;
using MyKey.Browser.Support;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;

namespace MyKey.Browser;

/// <summary>Goal: whoever has not chosen a municipality sees until when, what happens otherwise, and chooses on the phone in three screens (group F).</summary>
public class ReservedTests
{
    [Theory, InlineData(Visit.Phone)]
    public async Task S0_1010_from_the_exchange_to_a_municipality_and_what_is_held_to_an_operator(int width)
    {
        await using var town = await CouponTown.Open();
        await town.AddPartner(CouponTown.Air, "そらエアー", "airline");
        var me = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(me, 800, 100);
        await town.Town.Resident("MY654321", 2);
        await town.Bring(await town.Machine(), 500, "GOOD0001XY", "HELD0001XY");
        await town.Bring(await town.Machine(CouponTown.Air), 700, "AIRR0001XY");
        await using var visit = await Visit.Begin(town.Town.App, width);
        var page = visit.Page;
        await LogIn(visit, "/my/exchange", Residents.MyKeyId);

        await page.GetByLabel("1つめのコード").FillAsync("GOOD0001XY");
        await page.GetByText("2つめからのコードを入れる").ClickAsync();
        await page.GetByLabel("2つめのコード").FillAsync("AIRR0001XY");
        await page.Locator("#Town").SelectOptionAsync(Destination.Later);
        await visit.Looks("reserved-exchange");
        await Visit.Press(page, "確認へ進む");
        await visit.Looks("reserved-exchange-confirm");
        await Visit.Press(page, "交換する");
        await Visit.Arrive(page, "**/my/exchange/done/*");
        await visit.Looks("reserved-exchange-done");
        await visit.Open("/my");
        await visit.Looks("reserved-home");
        await page.GetByRole(AriaRole.Link, new() { Name = "行き先を選ぶ" }).ClickAsync();
        await visit.Looks("reserved");
        await page.Locator("#Amount").FillAsync("1201");
        await Visit.Press(page, "確認へ進む");
        await page.Locator(".summary").WaitForAsync();
        await visit.Looks("reserved-too-many");
        await page.Locator("#Town").SelectOptionAsync(Residents.B.Value);
        await page.Locator("#Amount").FillAsync("６００");
        await Visit.Press(page, "確認へ進む");
        await Visit.Arrive(page, "**/my/reserved/confirm*");
        await visit.Looks("reserved-confirm");
        await page.GetByRole(AriaRole.Button, new() { Name = "移す" }).DblClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/my/reserved/done/"));
        await visit.Looks("reserved-done");
        await page.ReloadAsync();
        Assert.Equal((800, 600), (await town.Usable(me), await town.Usable(me, Residents.B)));

        await LeaveOne(visit, town);
        await SeeHistory(visit);
        await Direct(visit, town);
        Assert.Equal(1_400, await town.Usable(me));
        await town.MustAddUp();
    }

    /// <summary>Somebody without a base municipality waits; the fifteenth day comes.</summary>
    private static async Task LeaveOne(Visit visit, CouponTown town)
    {
        var page = visit.Page;
        await page.Context.ClearCookiesAsync();
        await LogIn(visit, "/my/exchange", "MY654321");
        await page.GetByLabel("1つめのコード").FillAsync("HELD0001XY");
        await page.Locator("#Town").SelectOptionAsync(Destination.Later);
        await Visit.Press(page, "確認へ進む");
        await Visit.Press(page, "交換する");
        await Visit.Arrive(page, "**/my/exchange/done/*");
        await visit.Open("/my/reserved");
        await visit.Looks("reserved-homeless");
        town.Clock.Jump(TimeSpan.FromDays(15));
        var job = town.Town.Get<MoveDueReserved>();
        Assert.Equal("moved of 1 citizens, held of 1", (await job.Run(new JobRun(job.Name, Guid.NewGuid(), 1, long.MaxValue), CancellationToken.None)).Text);
    }

    private static async Task SeeHistory(Visit visit)
    {
        var page = visit.Page;
        await page.Context.ClearCookiesAsync();
        await LogIn(visit, "/my/reserved/history", Residents.MyKeyId);
        await visit.Looks("reserved-history");
        await page.GetByRole(AriaRole.Link, new() { Name = "くわしく" }).First.ClickAsync();
        await visit.Looks("reserved-entry");
        await visit.Open($"/my/history/{Residents.A.Value}");
        await visit.Looks("reserved-town-history");
    }

    private static async Task Direct(Visit visit, CouponTown town)
    {
        var page = visit.Page;
        await page.Context.ClearCookiesAsync();
        await LogIn(visit, "/my", "MY654321");
        await visit.Looks("reserved-home-held");
        await page.Context.ClearCookiesAsync();
        await visit.LogIn("operator", "OP-001", town.Desk);
        await visit.Looks("operator-today-held");
        await page.GetByRole(AriaRole.Link, new() { Name = "留保ポイントが1件" }).ClickAsync();
        await visit.Looks("operator-held");
        await page.GetByRole(AriaRole.Link, new() { Name = "行き先を決める" }).ClickAsync();
        await page.Locator("#Town").SelectOptionAsync(Residents.C.Value);
        await page.GetByLabel("理由").FillAsync("ご本人から連絡、受付番号12");
        await visit.Looks("operator-direct");
        await Visit.Press(page, "この自治体に移す");
        await page.GetByRole(AriaRole.Status).WaitForAsync();
        await visit.Looks("operator-directed");
    }

    private static async Task LogIn(Visit visit, string path, string id)
    {
        await visit.Open(path);
        await visit.Page.Locator("#MyKeyId").FillAsync(id);
        await visit.Page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(visit.Page, "ログイン");
        await Visit.Arrive(visit.Page, $"**{path}");
    }
}
