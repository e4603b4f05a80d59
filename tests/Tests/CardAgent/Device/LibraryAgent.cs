using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Libraries;
using MyKey.CardAgent;
using MyKey.CardAgent.Cards;
using MyKey.CardAgent.Device;
using MyKey.CardAgent.Keyboard;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Tests.App.Libraries;
using MyKey.Tests.Support;

namespace MyKey.Tests.CardAgent.Device;

/// <summary>The card agent of a counter of A市's library, before the real App: cards of the authority, a reader, a key of its own once it is enrolled.</summary>
public sealed class LibraryAgent : IAsyncDisposable
{
    // One key for all: making one takes as long as a whole test.
    private static readonly RSA Key = RSA.Create(2048);

    private readonly CardReader reader = CardReader.Start(0);
    private readonly TrayTransport tray;
    private readonly ICardTransport? around;
    private readonly Action<AgentOptions> configure;
    private readonly Func<IKeyboard>? keyboard;
    private readonly HttpClient browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private WebApplication agent = null!;
    private SoftwareCard? card;

    private LibraryAgent(CardTown house, LibraryDesk desk, ICardTransport? around, Action<AgentOptions> configure, Func<IKeyboard>? keyboard)
    {
        (House, Desk, this.around, this.configure, this.keyboard) = (house, desk, around, configure, keyboard);
        tray = new TrayTransport(reader.Port);
    }

    public CardTown House { get; }

    internal LibraryDesk Desk { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("mykey-agent-").FullName;

    public string KeyFile => Path.Combine(Folder, "terminal.json");

    public int Port { get; } = TemporaryPostgres.FreePort();

    public AskNumber Ask => agent.Services.GetRequiredService<AskNumber>();

    public DeviceKey DeviceKey => agent.Services.GetRequiredService<DeviceKey>();

    /// <param name="around">Another way to the card than the tray.</param>
    public static async Task<LibraryAgent> Start(Engine engine = Engine.Sqlite, ICardTransport? around = null, Action<AgentOptions>? configure = null, Func<IKeyboard>? keyboard = null)
    {
        var house = await CardTown.Start(engine);
        var started = new LibraryAgent(house, await LibraryDesk.Open(house.App), around, configure ?? (_ => { }), keyboard);
        await started.StartAgent();
        return started;
    }

    public async Task Restart()
    {
        await agent.StopAsync();
        await agent.DisposeAsync();
        await StartAgent();
    }

    /// <summary>Somebody of A市 with a card and an ID, and a number at A1 where one is given.</summary>
    public async Task<(CardFile File, CitizenId Citizen)> Resident(string myKeyId, string? number = null)
    {
        using var issued = House.Authority.Issue(new CertificateProfile { PublicKey = new PublicKey(Key) });
        var signs = new SandboxCard(issued.CertificateDer, issued.RootDer, issued.Authority, issued.Serial, Key);
        var citizen = await House.Resident(signs, myKeyId);
        if (number is not null)
        {
            var town = House.App.Services.GetRequiredService<Buckets>();
            await House.App.Database.Write(tx => Dapper.SqlMapper.ExecuteAsync(tx.Connection, "insert into lib_link(bucket, citizen, provider, number, notice, made_ms) values (@Bucket, @citizen, @Provider, @number, 0, 0)",
                new { Bucket = town.Of(citizen.Value), citizen, Provider = Desk.A1, number }, tx.Handle));
        }
        return (CardFile.Of("テスト", issued.CertificateDer, issued.RootDer, Key, TestCards.Pin), citizen);
    }

    public void Put(CardFile? file)
    {
        reader.Put(null);
        card?.Dispose();
        card = file is null ? null : new SoftwareCard(file);
        reader.Put(card);
    }

    /// <summary>Staff open the agent's page and type what the office gave.</summary>
    public async Task<(HttpStatusCode Status, string Text)> Enrol(string code) => await Send(HttpMethod.Post, code);

    public async Task Enrol() => Assert.Equal(HttpStatusCode.SeeOther, (await Enrol(await Desk.EnrolCode(Desk.A1))).Status);

    public async Task<string> Page() => (await Send(HttpMethod.Get, null)).Text;

    /// <summary>The number that a device gets for a certificate.</summary>
    internal static async Task<string> Look(HttpClient device, byte[] certificate)
    {
        using var answer = await device.PostAsJsonAsync($"{LibraryDesk.Links}/lookups", new { certificate = Base64Url.EncodeToString(certificate) });
        return (await LibraryDesk.Read<LookupReply>(answer)).UserNumber;
    }

    /// <summary>Waits until the agent's page says it: staff look there when no number came.</summary>
    public async Task Told(string words)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!(await Page()).Contains(words, StringComparison.Ordinal)) patience.Token.ThrowIfCancellationRequested();
    }

    public async ValueTask DisposeAsync()
    {
        browser.Dispose();
        await agent.StopAsync();
        await agent.DisposeAsync();
        tray.Dispose();
        await reader.DisposeAsync();
        card?.Dispose();
        Desk.Office.Dispose();
        Desk.OfficeB.Dispose();
        await House.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task StartAgent()
    {
        agent = AgentHost.Build(["--Logging:LogLevel:Default=Critical"], around ?? tray, o =>
        {
            (o.Port, o.Folder) = (Port, Folder);
            o.Sites.Add(new KnownSite { Origin = House.App.Site.ToString().TrimEnd('/'), Address = $"127.0.0.1:{House.App.Port}" });
            configure(o);
        }, keyboard);
        await agent.StartAsync();
    }

    private async Task<(HttpStatusCode Status, string Text)> Send(HttpMethod method, string? code)
    {
        using var request = new HttpRequestMessage(method, $"http://127.0.0.1:{Port}/device");
        if (code is not null) request.Content = new FormUrlEncodedContent([KeyValuePair.Create("code", code)]);
        foreach (var (name, value) in new[] { ("Origin", $"http://127.0.0.1:{Port}"), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document") })
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await browser.SendAsync(request);
        return (answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()));
    }

    internal string Cookie() => JsonDocument.Parse(File.ReadAllText(KeyFile)).RootElement.GetProperty("Cookie").GetString()!;
}
