using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyKey.Kernel;
using MyKey.Kernel.Net;
using MyKey.Sandbox.Partners;
using MyKey.Sandbox.PaymentServices;
using MyKey.Sandbox.StreetCards;

namespace MyKey.Sandbox.Demo;

/// <summary>
/// The 16 partner companies of the source (S4-05, S2-P11) and codes of two of them to try. A partner's key needs two operators, so a second one comes
/// here; from then on changes of staff and settings need both. Those with a login of their own have it in this sandbox.
/// </summary>
/// <param name="port">Where this sandbox listens.</param>
public sealed class DemoPartners(Uri site, int port, TimeProvider clock)
{
    private const string SecondOperator = "OP-002";

    /// <summary>Companies with codes: by mail, and by the link of a mail.</summary>
    private static readonly (string Partner, string Codes)[] WithCodes = [("orico", "MIHONA"), ("smcc", "MIHONB")];

    /// <summary>Codes that are free to try, numbered from 01 on; the one after them a resident has exchanged.</summary>
    private const int FreeCodes = 20;

    /// <summary>The company that was there before the others.</summary>
    public const string Earlier = "jal";

    private readonly DateOnly today = clock.Today();

    /// <summary>The company of the months before.</summary>
    public Task AddEarlier(DemoClient platform, CancellationToken stop) => Add(platform, Lines().Single(l => l[0] == Earlier), stop);

    /// <returns>The second operator.</returns>
    public async Task<DemoClient> Furnish(DemoStaff staff, CancellationToken stop)
    {
        foreach (var line in Lines().Where(l => l[0] != Earlier)) await Add(staff.Operator, line, stop);
        await StreetCard(staff.Operator, stop);
        var services = await PaymentServices(staff.Operator, stop);
        await Mynapoint(staff.Operator, services, stop);
        await staff.Invite(SecondOperator, null, "operator", stop);
        var second = await staff.LogIn("operator", SecondOperator, stop);
        foreach (var (service, own) in services) await HandOver(own, await ServiceKey((staff.Operator, second), service, stop), stop);
        foreach (var (partner, codes) in WithCodes) await Bring(await Key((staff.Operator, second), partner, stop), codes, stop);
        foreach (var line in Lines().Where(l => l[4] == "id_link")) await HandOver($"http://{line[0]}.partner.localhost:{port}", await Key((staff.Operator, second), line[0], stop), stop);
        await Reserve("MY123456", stop);
        return second;
    }

    /// <summary>A resident has exchanged a code of each company and not chosen a municipality yet (S0-1010a).</summary>
    private async Task Reserve(string myKeyId, CancellationToken stop)
    {
        using var resident = new DemoClient(site);
        await resident.Send(HttpMethod.Post, "/api/v1/my/sessions", new { myKeyId, password = DemoTown.ResidentPassword }, stop);
        await resident.Send(HttpMethod.Post, "/api/v1/my/exchanges", new { id = Guid.CreateVersion7(), municipality = "reserved", codes = WithCodes.Select(w => $"{w.Codes}{FreeCodes + 1}") }, stop);
    }

    private async Task Add(DemoClient platform, string[] cells, CancellationToken stop)
    {
        var address = $"/api/v1/operator/partners/{cells[0]}";
        await platform.Send(HttpMethod.Put, address, new
        {
            name = cells[1], kana = cells[2], category = cells[3], contact = $"https://partner.example/{cells[0]}/help", landing = $"https://partner.example/{cells[0]}", from = today, until = (DateOnly?)null,
        }, stop);
        if (cells[4].Length == 0) return;
        await platform.Send(HttpMethod.Post, $"{address}/modes", new { mode = cells[4], from = today, until = (DateOnly?)null }, stop);
        await platform.Send(HttpMethod.Post, $"{address}/terms", new { from = today, partnerPoints = 100, municipalPoints = 100, unit = 100, minimum = 100, most = 50_000, opens = 0, closes = 1_440 }, stop);
        if (cells[4] == "id_link") await platform.Send(HttpMethod.Post, $"{address}/sites", Site(cells[0]), stop);
    }

    /// <summary>A card of a shopping street whose centre is in this sandbox (S4-07a).</summary>
    private Task StreetCard(DemoClient platform, CancellationToken stop) => platform.Send(HttpMethod.Put, $"/api/v1/operator/street-card-operators/{Guid.CreateVersion7()}", new
    {
        municipality = DemoTown.A, name = "さのぽカード", kind = "street", charges = true, api = $"http://sano.cards.localhost:{port}/api", clientId = CardCentreBooks.ClientId, clientSecret = CardCentreBooks.ClientSecret,
    }, stop);

    /// <summary>Three payment services in this sandbox: one direct, one to exchange on its own page, one that is flaky (S1-02).</summary>
    /// <returns>Each with its own address.</returns>
    private async Task<IReadOnlyList<(Guid Id, string Own)>> PaymentServices(DemoClient platform, CancellationToken stop)
    {
        var all = new List<(Guid, string)>();
        foreach (var (key, name, use) in new[] { (ServiceParty.Direct, "みどりペイ", "direct"), (ServiceParty.Exchange, "そらカード", "exchange"), (ServiceParty.Flaky, "あめペイ", "direct") })
        {
            var id = Guid.CreateVersion7();
            all.Add((id, $"http://{key}.pay.localhost:{port}"));
            var (address, own) = ($"/api/v1/operator/payment-services/{id}", $"http://{key}.pay.localhost:{port}");
            await platform.Send(HttpMethod.Put, address, new
            {
                name, use, contact = "0120-000-000", page = $"{own}/", counter = key == ServiceParty.Direct, api = $"{own}/api", clientId = ServiceBooks.ClientId, clientSecret = ServiceBooks.ClientSecret,
            }, stop);
            await platform.Send(HttpMethod.Put, $"{address}/municipalities/{DemoTown.A}", new { from = today, until = (DateOnly?)null }, stop);
        }
        return all;
    }

    /// <summary>The first round of the sources (2020-07-01 to 2021-03-31, 25 %, 5,000) as if it had begun on the day of loading (S3-03, S3-07).</summary>
    private Task Mynapoint(DemoClient platform, IReadOnlyList<(Guid Id, string Own)> services, CancellationToken stop) => platform.Send(HttpMethod.Put, $"/api/v1/operator/mynapoint/{Guid.CreateVersion7()}", new
    {
        name = "マイナポイント第1弾（見本）", applyFrom = today, applyUntil = today.AddDays(273), buyFrom = today, buyUntil = today.AddDays(273), rate = 25, cap = 5_000, kinds = "both", budget = 10_000_000,
        services = services.Select(s => new { service = s.Id, from = today, until = (DateOnly?)null }),
    }, stop);

    private static async Task<string> ServiceKey((DemoClient Asking, DemoClient Approving) operators, Guid service, CancellationToken stop)
    {
        var id = Guid.CreateVersion7();
        await operators.Asking.Send(HttpMethod.Post, $"/api/v1/operator/payment-services/{service}/machine-keys", new { id, label = "見本のシステム", networks = (string[]?)null, validDays = 30 }, stop);
        return (await operators.Approving.Send<JsonElement>(HttpMethod.Post, $"/api/v1/operator/machine-keys/{id}/approve", new { }, stop)).GetProperty("key").GetString()!;
    }

    private object Site(string partner)
    {
        var own = $"http://{partner}.partner.localhost:{port}";
        return new { from = today, authorize = $"{own}/oauth/authorize", token = $"{own}/oauth/token", api = $"{own}/api", clientId = PartnerBooks.ClientId, clientSecret = PartnerBooks.ClientSecret };
    }

    private static async Task<string> Key((DemoClient Asking, DemoClient Approving) operators, string partner, CancellationToken stop)
    {
        var id = Guid.CreateVersion7();
        await operators.Asking.Send(HttpMethod.Post, $"/api/v1/operator/partners/{partner}/machine-keys", new { id, label = "見本のシステム", networks = (string[]?)null, validDays = 30 }, stop);
        var given = await operators.Approving.Send<JsonElement>(HttpMethod.Post, $"/api/v1/operator/machine-keys/{id}/approve", new { }, stop);
        return given.GetProperty("key").GetString()!;
    }

    /// <summary>To the people of the company, as an operator would by hand: with it they begin exchanges on their own page.</summary>
    private static async Task HandOver(string own, string key, CancellationToken stop)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectCallback = LoopbackHosts.Connect });
        using var answer = await client.PostAsJsonAsync($"{own}/setup", new { key }, stop);
        answer.EnsureSuccessStatusCode();
    }

    private async Task Bring(string key, string codes, CancellationToken stop)
    {
        var file = new StringBuilder("code,points,expires\n");
        for (var n = 1; n <= FreeCodes + 1; n++) file.Append(CultureInfo.InvariantCulture, $"{codes}{n:00},500,{today.AddDays(180):yyyy-MM-dd}\n");
        var bytes = Encoding.UTF8.GetBytes(file.ToString());
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectCallback = LoopbackHosts.Connect }) { BaseAddress = site };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        using var answer = await client.PutAsync($"/api/v1/partner/coupon-batches/{Convert.ToHexStringLower(SHA256.HashData(bytes))}", content, stop);
        if (!answer.IsSuccessStatusCode) throw new HttpRequestException(await answer.Content.ReadAsStringAsync(stop), null, answer.StatusCode);
    }

    private static IEnumerable<string[]> Lines()
    {
        using var reader = new StreamReader(typeof(DemoPartners).Assembly.GetManifestResourceStream("MyKey.Sandbox.Demo.demo-partners.csv") ?? throw new FileNotFoundException("demo-partners.csv"));
        reader.ReadLine();
        while (reader.ReadLine() is { } line) yield return line.Split(';');
    }
}
