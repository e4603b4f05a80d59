using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Identity.Passwords;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: an office puts paper into a desk's stock, the desk exchanges it in four screens and takes it back (S4-08a, S4-08c, S2-P8h, Z2).</summary>
public partial class VoucherTests
{
    private const string Password = "midori-no-oka-1873";

    [Theory]
    [InlineData(Visit.Phone)]
    public async Task S4_08a_from_the_book_in_the_office_to_the_sheet_in_the_hand_and_back(int width)
    {
        await using var app = await TestApp.Start();
        var town = await Town.Build(app.Services);
        var staff = new StaffDesk(app);
        await staff.Invite("OF-001", Town.A, Role.Officer);
        await using var office = await Visit.Begin(app, width);
        var code = await town.EnrolCode(await town.OpenShop("○○商店街 事務局"), null, TerminalProfile.TicketOffice);
        await using var desk = await Enrol(app, width, code);

        await office.LogIn("office", "OF-001", staff);
        await Add(office, "お買物券", "500");
        await Stock(office, "K-0001", "K-0003");
        var order = await Exchange(desk, town);
        await List(desk, order);
        await Back(desk, order);
        await Handed(office);
        await Mine(app, town, width);
        await Platform(app, staff, width);
    }

    private static async Task Add(Visit office, string name, string denomination)
    {
        var page = office.Page;
        await page.GotoAsync("/office/vouchers");
        await office.Looks("office-vouchers-none");
        await page.GetByRole(AriaRole.Link, new() { Name = "券の種類を加える" }).ClickAsync();
        await Visit.Press(page, "加える");
        await office.Looks("office-voucher-product-wrong");
        await page.GetByLabel("券の名前").FillAsync(name);
        await page.GetByLabel("1枚の額（円）").FillAsync(denomination);
        await page.GetByLabel("使えるところ").FillAsync("中央通り商店街の各店舗");
        await page.GetByLabel("いつまで").FillAsync($"{DateTime.UtcNow.AddDays(60):yyyy-MM-dd}");
        await page.GetByRole(AriaRole.Button, new() { Name = "加える", Exact = true }).DblClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/office/vouchers$"));
        await page.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await office.Looks("office-voucher-product");
    }

    private static async Task Stock(Visit office, string first, string last)
    {
        var page = office.Page;
        await page.GotoAsync("/office/vouchers/stock");
        await page.GetByLabel("券", new() { Exact = false }).Locator("xpath=self::select").First.SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await page.Locator("#Desk").SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await page.GetByLabel("はじめの番号").FillAsync(last);
        await page.GetByLabel("終わりの番号").FillAsync(first);
        await Visit.Press(page, "在庫を変える");
        await office.Looks("office-voucher-stock-wrong");
        await page.GetByLabel("はじめの番号").FillAsync(first);
        await page.GetByLabel("終わりの番号").FillAsync(last);
        await page.GetByRole(AriaRole.Button, new() { Name = "在庫を変える", Exact = true }).DblClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/office/vouchers/stock\\?done=3$"));
        await office.Looks("office-voucher-stock");
        await page.GotoAsync("/office/vouchers");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("3枚");
        await office.Looks("office-vouchers");
    }

    /// <returns>The address of what was handed out.</returns>
    private static async Task<string> Exchange(Visit desk, Town town)
    {
        var page = desk.Page;
        await page.GotoAsync("/terminal");
        await page.GetByLabel("マイキーID").FillAsync("MY123456");
        await page.GetByLabel("お店で使う番号").FillAsync(await town.Code());
        await page.GetByRole(AriaRole.Button, new() { Name = "次へ" }).Last.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "A市ポイント 商品券" }).ClickAsync();
        await page.GetByLabel("枚数").SelectOptionAsync("1000");
        await desk.Looks("voucher-count");
        await Visit.Press(page, "お客さまに見せる");
        await desk.Looks("voucher-confirm");
        await page.GetByLabel("渡す券の番号").FillAsync("K-0004～K-0005");
        await Visit.Press(page, "替える");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("この番号の券は、この窓口の在庫にありません");
        await desk.Looks("voucher-confirm-wrong");
        await page.GetByLabel("渡す券の番号").FillAsync("K-0002～K-0003");
        await page.GetByRole(AriaRole.Button, new() { Name = "替える", Exact = true }).DblClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(Order());
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("K-0002～K-0003");
        await desk.Looks("voucher-handed");
        Assert.Equal(1800, await town.Usable(Town.A));
        return new Uri(page.Url).AbsolutePath;
    }

    private static async Task List(Visit desk, string order)
    {
        var page = desk.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "渡した商品券" }).ClickAsync();
        await desk.Looks("voucher-list-closed");
        await page.GetByLabel("お店の番号").FillAsync(Town.ShopCode);
        await Visit.Press(page, "開く");
        await Assertions.Expect(page.Locator($"main a[href='{order}']")).ToBeVisibleAsync();
        await desk.Looks("voucher-list");
        var saved = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "この記録をCSVで保存" }).ClickAsync());
        Assert.Contains("お買物券,2,500,1000,0,K-0002～K-0003", await File.ReadAllTextAsync(await saved.PathAsync()), StringComparison.Ordinal);
    }

    private static async Task Back(Visit desk, string order)
    {
        var page = desk.Page;
        await page.GotoAsync(order);
        await page.GetByRole(AriaRole.Link, new() { Name = "券が戻ってきた（取り消す）" }).ClickAsync();
        await page.Locator("input[name=Returned]").First.CheckAsync();
        await Visit.Press(page, "取り消す");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("K-0003の券が合わないので");
        await desk.Looks("voucher-back-wrong");
        foreach (var box in await page.Locator("input[name=Returned]").AllAsync()) await box.CheckAsync();
        await page.Locator("input[name=Spoilt]").Last.CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "取り消す", Exact = true }).DblClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(Order());
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("取り消しました");
        await desk.Looks("voucher-back");
    }

    private static async Task Handed(Visit office)
    {
        var page = office.Page;
        await page.GotoAsync("/office/vouchers/handed");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("取り消しずみ");
        await office.Looks("office-vouchers-handed");
        await page.Locator("main tbody th a").First.ClickAsync();
        await office.Looks("office-voucher-order");
    }

    private static async Task Mine(TestApp app, Town town, int width)
    {
        await using var own = await Visit.Begin(app, width);
        Assert.True((await town.Get<SetPassword>().Set(town.Session, new NewPassword(Password, null, new ClientNetwork("192.0.2.0/24")))).Ok);
        await own.Open($"/my/history/{Town.A}");
        await own.Page.Locator("#MyKeyId").FillAsync("MY123456");
        await own.Page.Locator("#Password").FillAsync(Password);
        await Visit.Press(own.Page, "ログイン");
        await own.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("くわしく") }).Nth(1).ClickAsync();
        await Assertions.Expect(own.Page.Locator("main")).ToContainTextAsync("K-0002～K-0003");
        await own.Looks("my-voucher");
    }

    private static async Task Platform(TestApp app, StaffDesk staff, int width)
    {
        await using var platform = await Visit.Begin(app, width);
        await platform.LogIn("operator", "OP-001", staff);
        await platform.Page.GotoAsync("/operator/vouchers?Number=04-7K2M-9QXD-9");
        await platform.Looks("operator-vouchers-wrong");
    }

    private static async Task<Visit> Enrol(TestApp app, int width, string code)
    {
        var visit = await Visit.Begin(app, width);
        await visit.Open("/terminal/enrol");
        await visit.Page.GetByLabel("登録用の番号").FillAsync(code);
        await visit.Page.GetByLabel("お店の番号").FillAsync(Town.ShopCode);
        await Visit.Press(visit.Page, "登録する");
        return visit;
    }

    [GeneratedRegex("/terminal/vouchers/[0-9a-f]{34}$")]
    private static partial Regex Order();
}
