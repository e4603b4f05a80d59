using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Load.Http;

namespace MyKey.Load.Works;

/// <summary>
/// From the last button to the sheet: an App of its own issues the ticket and draws it as PDF (bar: 300 ms).
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
        var desk = Desk.Open(new Uri(Run.Text($"http://127.0.0.1:{app.Port}")), office.Cookie);
        var (issued, drawn) = (new Latencies(), new Latencies());
        for (var i = 0; i < count; i++)
        {
            var token = await at.Database.Write(tx => at.Get<CitizenTokens>().Open(tx, at.Town.People[i], office.Terminal, Way.Code), stop);
            var start = at.Clock.GetTimestamp();
            var number = await desk.Issue(Ids.NewV7(at.Clock), token, at.Municipality, stop);
            var made = at.Clock.GetElapsedTime(start);
            await desk.Draw(number, stop);
            var pdf = at.Clock.GetElapsedTime(start);
            if (i < Warm) continue;
            issued.Add((long)made.TotalMicroseconds);
            drawn.Add((long)pdf.TotalMicroseconds);
        }
        await at.Say($"{at.Size:#,0} tickets, one after the other: issued after p50 {issued.Quantile(0.5):0.0} ms, p99 {issued.Quantile(0.99):0.0} ms; PDF after p50 {drawn.Quantile(0.5):0.0} ms, p99 {drawn.Quantile(0.99):0.0} ms");
    }

    /// <summary>The office's terminal.</summary>
    private sealed class Desk(HttpClient client)
    {
        public static Desk Open(Uri site, string cookie) =>
            new(new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = site, DefaultRequestHeaders = { { "Cookie", $"mykey-terminal={cookie}" } } });

        public async Task<string> Issue(Guid id, string token, MunicipalityCode issuer, CancellationToken stop)
        {
            using var answer = await client.PostAsJsonAsync("/api/v1/tickets", new { id, citizenToken = token, issuer = issuer.Value, amount = 100 }, stop);
            Must.Hold(answer.StatusCode == HttpStatusCode.Created, "a ticket is issued");
            return (await answer.Content.ReadFromJsonAsync<JsonElement>(stop)).GetProperty("number").GetString()!;
        }

        public async Task Draw(string number, CancellationToken stop) =>
            Must.Hold((await client.GetByteArrayAsync($"/api/v1/tickets/{number}/pdf", stop)).AsSpan().StartsWith("%PDF-"u8), "the sheet is drawn");
    }
}
