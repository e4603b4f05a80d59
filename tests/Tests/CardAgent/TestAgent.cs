using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MyKey.CardAgent;
using MyKey.CardAgent.Cards;
using MyKey.Kernel.Cards;
using MyKey.Sandbox.Cards;
using MyKey.Tests.Support;

namespace MyKey.Tests.CardAgent;

/// <summary>An agent on a free port with a reader, and a site that asks it: only what the protocol says a site receives.</summary>
public sealed partial class TestAgent : IAsyncDisposable
{
    public const string Origin = "http://site.localhost:5999";
    public const string Code = "AAECAwQFBgcICQoLDA0ODw";
    private readonly CardReader reader = CardReader.Start(0);
    private readonly TrayTransport transport;
    private readonly WebApplication agent;
    private readonly WebApplication site;
    private readonly HttpClient browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly string folder = Directory.CreateTempSubdirectory("mykey-agent-").FullName;
    private SoftwareCard? card;

    private TestAgent(ICardTransport? around, Action<AgentOptions> configure)
    {
        transport = new TrayTransport(reader.Port);
        var sitePort = TemporaryPostgres.FreePort();
        Port = TemporaryPostgres.FreePort();
        site = Site(sitePort);
        agent = AgentHost.Build(["--Logging:LogLevel:Default=Warning"], around ?? transport, o =>
        {
            o.Port = Port;
            o.Sites.Add(new KnownSite { Origin = Origin, Address = $"127.0.0.1:{sitePort}" });
            o.TapWaitMs = 2_000;
            o.Folder = folder;
            configure(o);
        });
    }

    public int Port { get; }

    public string Self => $"http://127.0.0.1:{Port}";

    /// <summary>What the site received: path and JSON.</summary>
    public List<(string Path, JsonElement Body)> Received { get; } = [];

    /// <summary>What the site answers; null for the code.</summary>
    public (int Status, string Body)? SiteAnswer { get; set; }

    public SoftwareCard Card => card ?? throw new InvalidOperationException("no card");

    public static CardChallenge Login { get; } = new("challenge-1", Origin, Purpose.Login, Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(), 1_900_000_000_000, []);

    public static async Task<TestAgent> Start(CardFile? file = null, ICardTransport? around = null, Action<AgentOptions>? configure = null)
    {
        var started = new TestAgent(around, configure ?? (_ => { }));
        if (file is not null) started.Put(file);
        await started.site.StartAsync();
        await started.agent.StartAsync();
        return started;
    }

    public void Put(CardFile? file)
    {
        reader.Put(null);
        card?.Dispose();
        card = file is null ? null : new SoftwareCard(file);
        reader.Put(card);
    }

    /// <summary>A navigation as Chromium sends it when a link on the site is followed.</summary>
    public Task<Answer> Open(string path, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Get, path, null, [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"), .. headers]);

    /// <summary>A form of the agent's own page sent off.</summary>
    public Task<Answer> Submit((string Name, string Value)[] form, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Post, "/pin", form, [("Origin", Self), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"), .. headers]);

    public Task<Answer> Pin(string token, string pin) => Submit([("token", token), ("pin", pin)]);

    public async Task<Answer> Send(HttpMethod method, string path, (string Name, string Value)[]? form, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, Self + path);
        if (form is not null) request.Content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        // A later header of the same name takes the place of the earlier; an empty one takes it away.
        foreach (var (name, value) in headers.GroupBy(h => h.Name).Select(g => g.Last()))
            if (value.Length > 0) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await browser.SendAsync(request);
        return new Answer(answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), answer.Headers.Location?.OriginalString,
            answer.Headers.Concat(answer.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value)));
    }

    public async ValueTask DisposeAsync()
    {
        browser.Dispose();
        await agent.DisposeAsync();
        await site.DisposeAsync();
        transport.Dispose();
        await reader.DisposeAsync();
        card?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private WebApplication Site(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        app.MapPost("/card/{what}", async (HttpContext context) =>
        {
            Assert.Equal(Origin["http://".Length..], context.Request.Host.Value);
            Received.Add((context.Request.Path, await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body)));
            context.Response.StatusCode = SiteAnswer?.Status ?? 201;
            await context.Response.WriteAsync(SiteAnswer?.Body ?? $$"""{"code":"{{Code}}"}""");
        });
        return app;
    }

    public sealed partial record Answer(HttpStatusCode Status, string Text, string? Location, Dictionary<string, string> Headers)
    {
        public bool HasPinField => Text.Contains("name=\"pin\"", StringComparison.Ordinal);

        public string Token => TokenField().Match(Text) is { Success: true } match ? match.Groups[1].Value : throw new InvalidOperationException(Text);

        [GeneratedRegex("name=\"token\" value=\"([A-Za-z0-9_-]{22})\"")]
        private static partial Regex TokenField();
    }
}
