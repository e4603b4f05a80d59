using System.Net.Http.Json;
using Microsoft.Playwright;
using MyKey.App.Office.Shops;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;

namespace MyKey.Browser;

/// <summary>Goal: on a trip, by telephone, somebody finds a place to spend points; and an office enters its shops by a file (S0-1008, S2-P10g).</summary>
public sealed class PlaceTests
{
    [Theory, InlineData(Visit.Phone), InlineData(Visit.Desk)]
    public async Task S0_1008_S0_4011_found_by_prefecture_and_word_and_not_left_alone_where_there_is_nothing(int width)
    {
        await using var town = await CouponTown.Open(partner: false);
        using var officer = await town.Desk.Officer("TA-001", Residents.A, Role.TerminalAdmin);
        foreach (var (name, kana, hours, address) in new[]
        {
            ("くらしの店", "くらしのみせ", "月-土 9:00-19:00\n12/31-1/3 休み", "駅前1丁目2番"), ("みどり食堂", "みどりしょくどう", "火-日祝 11:00-20:00", "本町3丁目"), ("中央温泉", "ちゅうおうおんせん", "", "山手4丁目"),
        })
        {
            var id = Guid.CreateVersion7();
            await officer.PostAsJsonAsync("/api/v1/office/acceptors", new AcceptorRequest(id, "shop", name));
            await officer.PutAsJsonAsync($"/api/v1/office/places/{id}/details", new PlaceDetailsRequest(null, kana, "", address, "駅の北口から歩いて5分", hours, "0120-000-000", "https://shop.example/", ["terminal", "ticket"]));
        }
        await using var visit = await Visit.Begin(town.Town.App, width);
        var page = visit.Page;
        await visit.Open("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "ポイントやカードを使えるところをさがす" }).ClickAsync();
        await visit.Looks("places");
        await page.GetByLabel("都道府県").SelectOptionAsync("東京都");
        await Visit.Press(page, "さがす");
        await page.GetByLabel("市区町村").SelectOptionAsync("A市");
        await page.GetByLabel("店の名前、町、種類").FillAsync("ショクドウ");
        await page.GetByLabel("開いている日").FillAsync("2026-12-06");
        await Visit.Press(page, "さがす");
        await visit.Looks("places-found");
        await page.GetByRole(AriaRole.Link, new() { Name = "みどり食堂" }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("駅の北口から歩いて5分");
        await visit.Looks("place");
        await visit.Open("/navi/places?prefecture=1&text=%E3%81%9D%E3%81%B0&open=2026-12-06");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("見つかりませんでした");
        await visit.Looks("places-none");
        await visit.Open("/navi/places?text=%E3%81%82");
        await visit.Looks("places-short");
    }

    [Theory, InlineData(Visit.Phone), InlineData(Visit.Desk)]
    public async Task S2_P10g_an_office_looks_at_a_file_of_shops_and_takes_it_in(int width)
    {
        await using var town = await CouponTown.Open(partner: false);
        await town.Desk.Invite("TA-001", Residents.A, [Role.TerminalAdmin]);
        await using var office = await Visit.Begin(town.Town.App, width);
        await office.LogIn("office", "TA-001", town.Desk);
        var work = office.Page;
        await work.GotoAsync("/office/shops/files");
        await office.Looks("office-shop-files");
        await work.Locator("input[type=file]").SetInputFilesAsync(new FilePayload
        {
            Name = "shops.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes("番号,名前,種類,開いている時間\nS-1,はなや,shop,月-金 9:00-17:00\nS-2,みどり医院,clinic,\nS-3,あおい書店,shop,いつでも\nS-4,中央公民館,public_facility,\n"),
        });
        await Visit.Press(work, "内容を見る");
        await Assertions.Expect(work.Locator("main")).ToContainTextAsync("4件のうち2件を取りこめません");
        await office.Looks("office-shop-file");
        await Visit.Press(work, "2件を取りこむ");
        await office.Looks("office-shop-file-taken");
        await work.GotoAsync("/office/shops");
        await work.GetByRole(AriaRole.Link, new() { Name = "はなや" }).ClickAsync();
        await work.GetByRole(AriaRole.Link, new() { Name = "案内（住所・時間など）を書く" }).ClickAsync();
        await work.GetByLabel("開いている時間").FillAsync("いつも");
        await Visit.Press(work, "変える");
        await office.Looks("office-shop-details-wrong");
        await work.GetByLabel("開いている時間").FillAsync("月-金 9:00-17:00");
        await Visit.Press(work, "変える");
        await Assertions.Expect(work.Locator("main")).ToContainTextAsync("案内を変えました");
        await office.Looks("office-shop");
    }
}
