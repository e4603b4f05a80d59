using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: an office gives out paper in four screens, a shop takes it in three, and what is printed has everything (S2-P7f, S0-4016b, S0-4025).</summary>
public class TicketTests
{
    [Theory]
    [InlineData(Visit.Phone)]
    public async Task S2_P7f_from_the_card_over_the_print_to_the_shop(int width)
    {
        await using var app = await TestApp.Start();
        var town = await Town.Build(app.Services);
        await using var office = await Enrol(app, width, await town.EnrolCode(await town.OpenShop("○○商店街 事務局"), null, TerminalProfile.TicketOffice));
        var page = office.Page;

        var first = await Issue(office, town, "1,000", looks: true);
        await ReadBack(app, office, first);
        await page.GetByRole(AriaRole.Link, new() { Name = "幅58ミリ" }).ClickAsync();
        await office.Looks("ticket-roll58");
        await ReadBack(app, office, first);
        await page.GetByRole(AriaRole.Link, new() { Name = "A6" }).ClickAsync();
        await office.Looks("ticket-a6");
        await ReadBack(app, office, first);
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "印刷する" })).ToBeVisibleAsync();
        await Printed(page);
        Assert.Equal(1800, await town.Usable(Town.A));

        await page.GetByRole(AriaRole.Link, new() { Name = "印刷に失敗した（番号を変えて出し直す）" }).ClickAsync();
        await office.Looks("ticket-reprint");
        await Visit.Press(page, "出し直す");
        var second = await Number(page);
        Assert.NotEqual(first, second);
        var third = await Issue(office, town, "500", looks: false);

        await using (var shop = await Enrol(app, width, await town.EnrolCode(town.Shop)))
            await Take(shop, first, second, third);

        await Cancel(office, await Issue(office, town, "300", looks: false));
        Assert.Equal(1300, await town.Usable(Town.A));
        await HandIn(app, width, await Issue(office, town, "200", looks: false), first);
    }

    /// <summary>What another program reads off the printed sheet: one code, the address of formats §4, and there stands whether the ticket is good.</summary>
    private static async Task ReadBack(TestApp app, Visit office, string number)
    {
        var page = office.Page;
        var read = await Others.Read(await Sheet(page));
        var address = new Uri(Assert.Single(read));
        Assert.Equal(new Uri(page.Url).Authority, address.Authority);
        Assert.Matches($"^/t/{number}[.][A-Za-z0-9_-]{{11}}$", address.PathAndQuery);   // 8 bytes of MAC
        Assert.Equal(0, number.Select((digit, i) => (digit - '0') * (i % 2 == 0 ? 1 : 3)).Sum() % 10);
        await using (var visit = await Visit.Begin(app, Visit.Narrow))
        {
            var faults = new List<string>();
            await PublicPagesTests.Look(visit, address.PathAndQuery, faults);
            Assert.Empty(faults);
        }
        var shown = await page.Context.NewPageAsync();
        await shown.GotoAsync(address.ToString());
        await Assertions.Expect(shown.Locator("h1")).ToContainTextAsync("使えます");
        await Assertions.Expect(shown.Locator("main")).ToContainTextAsync(number);
        await shown.CloseAsync();
        await ReadPdf(app, page, number, read[0]);
    }

    /// <summary>The same sheet as PDF: one page, Japanese in a font that is in the file, and the same code.</summary>
    private static async Task ReadPdf(TestApp app, IPage page, string number, string address)
    {
        var path = (await page.GetByRole(AriaRole.Link, new() { Name = "PDFを開く" }).GetAttributeAsync("href"))!;
        using var office = app.Client();
        office.DefaultRequestHeaders.Add("Cookie", string.Join("; ", (await page.Context.CookiesAsync()).Select(c => $"{c.Name}={c.Value}")));
        using var answer = await office.GetAsync(path);
        Assert.Equal("application/pdf", answer.Content.Headers.ContentType?.MediaType);
        var (text, fonts, png) = await Others.ReadPdf(await answer.Content.ReadAsByteArrayAsync());
        var words = string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
        foreach (var said in new[] { "ポイント券", "1,000ポイント", number, "【有効期間】", "発行認印", "利用店舗印", "お釣りは出ません。" }) Assert.Contains(said, words, StringComparison.Ordinal);
        Assert.Matches("NotoSansCJK[^ ]* +CID [^\n]* yes yes ", fonts);   // embedded, as a subset
        Assert.Equal(address, Assert.Single(await Others.Read(png)));
        await Visit.Keep($"ticket-pdf-{path.Split('=')[^1]}", png);
    }

    /// <summary>The sheet as dense as a receipt printer makes it, 203 dots an inch.</summary>
    private static async Task<byte[]> Sheet(IPage page)
    {
        await using var printer = await Chromium.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            StorageState = await page.Context.StorageStateAsync(), DeviceScaleFactor = 203f / 96, Locale = "ja-JP", TimezoneId = "Asia/Tokyo",
        });
        var paper = await printer.NewPageAsync();
        await paper.GotoAsync(page.Url);
        await paper.EmulateMediaAsync(new() { Media = Media.Print });
        return await paper.Locator(".ticket").ScreenshotAsync();
    }

    private static async Task Take(Visit shop, string first, string second, string third)
    {
        var page = shop.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "券を受け取る" }).ClickAsync();
        await shop.Looks("ticket-take");
        await page.GetByLabel("券の番号").FillAsync($"{first}\n{second}\n{third}\n1234567890123");
        await page.GetByLabel("お会計（円）").FillAsync("1,200");
        await Visit.Press(page, "たしかめる");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("お釣りは出ません");   // S0-4027
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("300円多くなっています");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("この券は無効です");   // J-D2
        await shop.Looks("ticket-take-look");
        await page.GetByRole(AriaRole.Button, new() { Name = "受け取る", Exact = true }).DblClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("ポイント券を受け取りました");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("1,500");
        await shop.Looks("ticket-taken");
    }

    /// <summary>A shop without a device brought two tickets to the town hall; one of them is void (S4-09).</summary>
    private static async Task HandIn(TestApp app, int width, params string[] numbers)
    {
        var desk = new StaffDesk(app);
        await desk.Invite("OF-001", Town.A, Role.Officer);
        await using var officer = await Visit.Begin(app, width);
        await officer.LogIn("office", "OF-001", desk);
        var page = officer.Page;
        await page.GotoAsync("/office/tickets");
        await officer.Looks("office-tickets");
        await page.GetByRole(AriaRole.Link, new() { Name = "お店から集めた券を入れる" }).ClickAsync();
        await Visit.Press(page, "たしかめる");
        await officer.Looks("office-hand-in-wrong");
        await page.GetByLabel("お店").SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await page.GetByLabel("券の番号").FillAsync(string.Join('\n', numbers));
        await Visit.Press(page, "たしかめる");
        await officer.Looks("office-hand-in-look");
        await page.GetByRole(AriaRole.Button, new() { Name = "支払いに入れる", Exact = true }).DblClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("お店の支払いに入れました");
        await officer.Looks("office-hand-in-done");
        await page.GotoAsync($"/office/tickets?Number={numbers[0]}");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("もう使ってあります");
        await officer.Looks("office-ticket-used");
    }

    private static async Task Cancel(Visit office, string number)
    {
        var page = office.Page;
        await page.GotoAsync("/terminal/tickets/cancel");
        await page.GetByLabel("券の番号").FillAsync(number);
        await page.GetByLabel("お店の番号").FillAsync(Town.ShopCode);
        await office.Looks("ticket-cancel");
        await Visit.Press(page, "次へ");
        await office.Looks("ticket-cancel-confirm");
        await Visit.Press(page, "取り消す");
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("取り消しました");
        await office.Looks("ticket-cancelled");
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

    /// <returns>The number on the ticket.</returns>
    private static async Task<string> Issue(Visit office, Town town, string amount, bool looks)
    {
        var page = office.Page;
        await page.GotoAsync("/terminal");
        await page.GetByLabel("マイキーID").FillAsync("MY123456");
        await page.GetByLabel("お店で使う番号").FillAsync(await town.Code());
        await page.GetByRole(AriaRole.Button, new() { Name = "次へ" }).Last.ClickAsync();
        await page.GetByLabel("使うポイント").FillAsync(amount);
        if (looks) await office.Looks("ticket-points");
        await page.GetByRole(AriaRole.Button, new() { Name = "お客さまに見せる" }).ClickAsync();
        if (looks) await office.Looks("ticket-confirm");
        await page.GetByRole(AriaRole.Button, new() { Name = "券にする", Exact = true }).DblClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/terminal/tickets/[0-9]{13}$"));
        if (looks) await office.Looks("ticket-roll");
        return await Number(page);
    }

    private static async Task<string> Number(IPage page) => await page.Locator(".ticket dd").First.InnerTextAsync();

    /// <summary>What comes out of the printer: the sheet alone, with its nine elements (formats §4).</summary>
    private static async Task Printed(IPage page)
    {
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        var sheet = await page.Locator("body").InnerTextAsync();
        foreach (var element in new[] { "★★★ポイント券★★★", "A市ポイント", "1,000", "発券番号", "発行日", "【有効期間】", "発行認印", "利用店舗印", "使えるお店でご利用いただけます", "お釣りは出ません" })
            Assert.Contains(element, sheet, StringComparison.Ordinal);
        Assert.DoesNotContain("つぎのお客さま", sheet, StringComparison.Ordinal);
        var folder = Directory.CreateDirectory(Path.Combine(Golden.Repository, "artifacts", "screens"));
        var pdf = await page.PdfAsync(new() { Path = Path.Combine(folder.FullName, "ticket-a6.pdf"), PreferCSSPageSize = true });
        var sheets = System.Text.RegularExpressions.Regex.Matches(System.Text.Encoding.Latin1.GetString(pdf), @"/MediaBox \[0 0 (\d+)[^ ]* (\d+)");
        Assert.Equal(["298 × 420"], sheets.Select(s => $"{s.Groups[1]} × {s.Groups[2]}"));   // one sheet of A6, in points
        await page.EmulateMediaAsync(new() { Media = Media.Screen });
    }
}
