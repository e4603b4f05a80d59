using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.UsePoints;

/// <summary>A terminal that speaks HTTP.</summary>
internal sealed class Till(TestApp app, Town town, string cookie, bool own) : IAsyncDisposable
{
    public TestApp App => app;

    public Town Town => town;

    public string Cookie => cookie;

    public HttpClient Client { get; } = NewClient(app, cookie);

    public static async Task<Till> Open(Engine engine)
    {
        var app = await TestApp.Start(engine: engine);
        var town = await Town.Build(app.Services);
        return new Till(app, town, await town.Terminal(town.Shop), own: true);
    }

    public async Task<Till> Second(AcceptorId? shop = null) => new(app, town, await town.Terminal(shop ?? town.Shop), own: false);

    public async Task<string> CitizenToken()
    {
        var terminal = await town.Get<FindTerminal>().ByToken(cookie);
        return (await town.Get<UseOneTimeCode>().Use(terminal.Value, "MY123456", await town.Code())).Value;
    }

    public async Task<(HttpStatusCode Status, JsonElement Body, string? Code)> Use(Guid id, string token, string issuer, long amount)
    {
        var answer = await Client.PostAsJsonAsync("/api/v1/uses", new { id, citizenToken = token, issuer, amount });
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (answer.StatusCode, body, body.TryGetProperty("code", out var code) ? code.GetString() : null);
    }

    public async Task<(HttpStatusCode Status, string? Code)> Refused(string token, string issuer, long amount)
    {
        var (status, _, code) = await Use(Guid.CreateVersion7(), token, issuer, amount);
        return (status, code);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (own) await app.DisposeAsync();
    }

    /// <summary>A page of the terminal, as its browser gets it.</summary>
    public async Task<string> Page(string path)
    {
        using var browser = app.Client();
        browser.DefaultRequestHeaders.Add("Cookie", $"mykey-terminal={cookie}");
        return await browser.GetStringAsync(path);
    }

    /// <summary>Any other call of the terminal: its status and JSON.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body, string? Code)> Call(HttpMethod method, string path, object? what = null, string? citizenToken = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (what is not null) request.Content = JsonContent.Create(what);
        if (citizenToken is not null) request.Headers.Add("Citizen-Token", citizenToken);
        using var answer = await Client.SendAsync(request);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (answer.StatusCode, body, body.TryGetProperty("code", out var code) ? code.GetString() : null);
    }

    private static HttpClient NewClient(TestApp app, string cookie)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = app.Loopback };
        client.DefaultRequestHeaders.Add("Cookie", $"mykey-terminal={cookie}");
        return client;
    }
}
