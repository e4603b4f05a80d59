using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MyKey.App;
using MyKey.Identity;
using MyKey.Kernel.Db;

namespace MyKey.Tests.Support;

/// <summary>The whole App on a real Kestrel, on a free port of 127.0.0.1, over a database of its own.</summary>
public sealed class TestApp : IAsyncDisposable
{
    public const string SiteHost = "mykey.localhost";
    private readonly TestDatabase? own;
    private readonly WebApplication app;
    private readonly string scheme;

    private TestApp(TestDatabase? own, WebApplication app)
    {
        (this.own, this.app) = (own, app);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        (scheme, Port) = (new Uri(address).Scheme, new Uri(address).Port);
    }

    public int Port { get; }

    public IServiceProvider Services => app.Services;

    public Database Database => app.Services.GetRequiredService<Database>();

    /// <summary>What a person types: <c>http://mykey.localhost:port</c>.</summary>
    public Uri Site => new($"{scheme}://{Services.GetRequiredService<MyKey.App.Shared.Web.Site>().Host}:{Port}");

    /// <summary>What a machine on the same computer uses: <c>http://127.0.0.1:port</c>.</summary>
    public Uri Loopback => new($"http://127.0.0.1:{Port}");

    /// <param name="settings">Such as <c>MyKey:Limits:AnonymousPerMinute=2</c>.</param>
    /// <param name="change">Last word on the services, e.g. another clock.</param>
    /// <param name="endpoints">Further endpoints, for what no endpoint of the App does (throwing, say).</param>
    public static async Task<TestApp> Start(string[]? settings = null, Action<WebApplicationBuilder>? change = null, Action<WebApplication>? endpoints = null,
        Engine engine = Engine.Sqlite) => await Start(await TestDatabase.New(engine), own: true, settings, change, endpoints);

    /// <summary>One process of several over the same database.</summary>
    public static Task<TestApp> Over(TestDatabase database, string[]? settings = null, Action<WebApplicationBuilder>? change = null) => Start(database, own: false, settings, change, null);

    private static async Task<TestApp> Start(TestDatabase database, bool own, string[]? settings, Action<WebApplicationBuilder>? change, Action<WebApplication>? endpoints)
    {
        var place = database.Database.Engine == Engine.Postgres ? $"postgres:{database.ConnectionString}" : database.ConnectionString;
        var app = await Startup.Build([$"--MyKey:Database={place}", "--urls=http://127.0.0.1:0", "--MyKey:PublicCacheMs=0", .. (settings ?? []).Select(s => $"--{s}")], builder =>
        {
            builder.Logging.ClearProviders();
            // Right answers of the slow hash, without its slowness.
            var identity = (IdentityOptions)builder.Services.Single(s => s.ServiceType == typeof(IdentityOptions)).ImplementationInstance!;
            builder.Services.AddSingleton(identity with { PasswordIterations = 1000 });
            change?.Invoke(builder);
        });
        endpoints?.Invoke(app);
        await app.StartAsync();
        return new TestApp(own ? database : null, app);
    }

    /// <summary>A client as a browser is one: cookies, no redirects by itself, <c>*.localhost</c> is this machine.</summary>
    public HttpClient Client(Uri? address = null)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true, ConnectCallback = ToThisMachine };
        return new HttpClient(handler) { BaseAddress = address ?? Site };
    }

    /// <summary>Opens the page of a form, fills it in and sends it to <paramref name="path"/> as a browser does.</summary>
    public async Task<HttpResponseMessage> Submit(HttpClient client, string page, string path, params (string Name, string Value)[] fields)
    {
        var html = await client.GetStringAsync(page);
        var token = Regex.Match(html, "name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"").Groups[1].Value;
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(fields.Append(("__RequestVerificationToken", token)).Select(f => KeyValuePair.Create(f.Item1, f.Item2))),
        };
        request.Headers.Add("Origin", Site.ToString().TrimEnd('/'));
        return await client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        if (own is not null) await own.DisposeAsync();
    }

    public static async ValueTask<Stream> ToThisMachine(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, stop);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
