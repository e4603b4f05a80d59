using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Load.Http;

namespace MyKey.Load.Works;

/// <summary>
/// From the last button to the sheet: an App of its own issues the ticket and draws it as PDF (bar: 300 ms); then its page is loaded in Chromium and printed
/// there, which is the other way to print it.
/// </summary>
internal static class TicketPrint
{
    private const int Warm = 10;
    private const int OfficeNumber = 1_000;

    public static async Task Print(Workplace at, CancellationToken stop)
    {
        if (at.Options.Sqlite) throw new NotSupportedException("--work tickets needs PostgreSQL: the App is a process of its own beside this one.");
        var count = at.Size + Warm;
        await at.Town.Issue(count, stop);
        await Workplace.Post(at.Get<MyKey.Ledger.Ledger>(), count, i => Transfer.Grant(Ids.New<TransferId>(at.Clock), at.Town.People[i], at.Municipality, new Points(1_000), Ids.New<ProgrammeId>(at.Clock),
            new NewLot(at.Clock.Today().AddDays(365), new LotSource(SourceKind.Grant)), Actor.Job("load")), stop);
        var office = await at.Town.Enrol(at.Municipality, OfficeNumber, TerminalProfile.TicketOffice);
        await using var app = await AppProcess.Start(at.Place, at.Folder, at.Keys, stop);
        using var chromium = await Playwright.CreateAsync();
        await using var browser = await chromium.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args = Environment.IsPrivilegedProcess ? ["--disable-gpu", "--no-sandbox"] : ["--disable-gpu"],
        });
        var desk = await Desk.Open(browser, new Uri(Run.Text($"http://127.0.0.1:{app.Port}")), office.Cookie);
        var (issued, drawn, printed) = (new Latencies(), new Latencies(), new Latencies());
        for (var i = 0; i < count; i++)
        {
            var token = await at.Database.Write(tx => at.Get<CitizenTokens>().Open(tx, at.Town.People[i], office.Terminal, Way.Code), stop);
            var start = at.Clock.GetTimestamp();
            var number = await desk.Issue(Ids.NewV7(at.Clock), token, at.Municipality, stop);
            var made = at.Clock.GetElapsedTime(start);
            await desk.Draw(number, stop);
            var pdf = at.Clock.GetElapsedTime(start);
            await desk.Print(number);
            if (i < Warm) continue;
            issued.Add((long)made.TotalMicroseconds);
            drawn.Add((long)pdf.TotalMicroseconds);
            printed.Add((long)(at.Clock.GetElapsedTime(start) - pdf + made).TotalMicroseconds);
        }
        await at.Say($"{at.Size:#,0} tickets, one after the other: issued after p50 {issued.Quantile(0.5):0.0} ms, p99 {issued.Quantile(0.99):0.0} ms; PDF after p50 {drawn.Quantile(0.5):0.0} ms, p99 {drawn.Quantile(0.99):0.0} ms; printed by Chromium instead after p50 {printed.Quantile(0.5):0} ms, p99 {printed.Quantile(0.99):0} ms");
    }

    /// <summary>The office's browser and its terminal.</summary>
    private sealed class Desk(HttpClient client, IPage page)
    {
        public static async Task<Desk> Open(IBrowser browser, Uri site, string cookie)
        {
            var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = site, DefaultRequestHeaders = { { "Cookie", $"mykey-terminal={cookie}" } } };
            var context = await browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = site.ToString(), Locale = "ja-JP" });
            await context.AddCookiesAsync([new Microsoft.Playwright.Cookie { Name = "mykey-terminal", Value = cookie, Url = site.ToString() }]);
            return new Desk(client, await context.NewPageAsync());
        }

        public async Task<string> Issue(Guid id, string token, MunicipalityCode issuer, CancellationToken stop)
        {
            using var answer = await client.PostAsJsonAsync("/api/v1/tickets", new { id, citizenToken = token, issuer = issuer.Value, amount = 100 }, stop);
            Must.Hold(answer.StatusCode == HttpStatusCode.Created, "a ticket is issued");
            return (await answer.Content.ReadFromJsonAsync<JsonElement>(stop)).GetProperty("number").GetString()!;
        }

        public async Task Draw(string number, CancellationToken stop) =>
            Must.Hold((await client.GetByteArrayAsync($"/api/v1/tickets/{number}/pdf", stop)).AsSpan().StartsWith("%PDF-"u8), "the sheet is drawn");

        public async Task Print(string number)
        {
            await page.GotoAsync($"/terminal/tickets/{number}");
            Must.Hold((await page.PdfAsync(new PagePdfOptions { PreferCSSPageSize = true })).Length > 0, "the sheet is printed");
        }
    }
}
