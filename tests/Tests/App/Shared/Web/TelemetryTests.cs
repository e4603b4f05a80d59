using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MyKey.App.Shared.Web;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Shared.Web;

/// <summary>Goal: a collector learns how the App does, and nothing about anybody (issue 2, step 7).</summary>
public class TelemetryTests
{
    private const string Planted = "MY123456";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Spans_and_metrics_come_without_an_ID_a_query_or_a_token(Engine engine)
    {
        await using var collector = await Collector.Start();
        var secrets = new List<string> { Planted, "SECRET", Town.ShopCode };
        await using (var app = await TestApp.Start([$"MyKey:Telemetry={collector.Address}"], engine: engine))
        {
            var town = await Town.Build(app.Services);
            var cookie = await town.Terminal(town.Shop);
            var code = await town.Code();
            var token = (await town.Get<UseOneTimeCode>().Use((await town.Get<FindTerminal>().ByToken(cookie)).Value, Planted, code)).Value;
            var id = Guid.CreateVersion7();
            using var client = app.Client(app.Loopback);
            Trace(client, $"mykey-terminal={cookie}");

            using var paid = await client.PostAsJsonAsync($"/api/v1/uses?who={Planted}&code=SECRET", new { id, citizenToken = token, issuer = Town.A.Value, amount = 1000 });
            using var refused = await client.PostAsJsonAsync("/api/v1/uses", new { id = Guid.CreateVersion7(), citizenToken = token, issuer = Town.A.Value, amount = 1 });
            await Browse(app);

            Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Gone), (paid.StatusCode, refused.StatusCode));
            var receipt = (await paid.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>()).GetProperty("receipt").GetString()!;
            foreach (var person in new[] { id, town.Citizen.Value, town.Shop.Value })
                secrets.AddRange([person.ToString(), person.ToString("N"), Encoding.Latin1.GetString(person.Bytes())]);
            secrets.AddRange([cookie, code, token, receipt, "くらしの店"]);
        }

        var (traces, metrics) = (collector.Received("traces"), collector.Received("metrics"));
        foreach (var told in new[] { "POST /api/v1/uses", "GET /my/login", "POST /my/login", "GET /office", "_OTHER (none)", "http.response.status_code", "commit", "transfers" }) Assert.True(Has(traces, told), told);
        foreach (var told in new[] { "mykey.ledger.batch.duration", "mykey.app.refusals", "token_expired", "http.server.request.duration", "dotnet.gc.collections" }) Assert.True(Has(metrics, told), told);
        foreach (var secret in secrets)
        {
            Assert.False(Has(traces, secret), $"traces tell {secret}");
            Assert.False(Has(metrics, secret), $"metrics tell {secret}");
        }
    }

    [Fact]
    public async Task Without_a_collector_nothing_is_collected()
    {
        await using var app = await TestApp.Start();

        Assert.DoesNotContain(app.Services.GetServices<IHostedService>(), s => s is OtlpExport);
    }

    [Fact]
    public async Task A_collector_that_is_away_disturbs_nobody()
    {
        await using var app = await TestApp.Start([$"MyKey:Telemetry=http://127.0.0.1:{TemporaryPostgres.FreePort()}"]);
        using var client = app.Client();

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task An_address_that_is_none_stops_the_start() =>
        Assert.Contains("not the address of a collector", (await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.Start(["MyKey:Telemetry=collector"]))).Message, StringComparison.Ordinal);

    /// <summary>Addresses, forms, methods and headers with something in them that must not come out.</summary>
    private static async Task Browse(TestApp app)
    {
        using var client = app.Client();
        Trace(client, "mykey-citizen=SECRET");
        await client.GetAsync($"/my/login?back=%2Fmy%2Fhistory%2F132985%3Fq%3D{Planted}");
        await app.Submit(client, "/my/login", $"/my/login?back=/my?{Planted}", ("MyKeyId", Planted), ("Password", "SECRET"));
        await client.GetAsync($"/operator/citizens/{Planted}");
        await client.GetAsync($"/{Planted}?SECRET");
        await client.GetAsync($"/office?who={Planted}");
        using var strange = new HttpRequestMessage(new HttpMethod(Planted), $"/{Planted}");
        strange.Headers.Add("Origin", app.Site.ToString().TrimEnd('/'));
        await client.SendAsync(strange);
    }

    private static void Trace(HttpClient client, string cookie)
    {
        client.DefaultRequestHeaders.Add("Cookie", cookie);
        client.DefaultRequestHeaders.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        client.DefaultRequestHeaders.Add("tracestate", $"who={Planted}");
        client.DefaultRequestHeaders.Add("baggage", $"who={Planted}");
        client.DefaultRequestHeaders.Add("User-Agent", Planted);
    }

    private static bool Has(byte[] bytes, string text) =>
        bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0 || (text.Length == 16 && bytes.AsSpan().IndexOf(Encoding.Latin1.GetBytes(text)) >= 0);
}
