using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.Libraries;
using MyKey.App.Terminals;
using MyKey.App.UsePoints;
using MyKey.Identity.Certificates;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Libraries;

/// <summary>The figure S2-P9 in a running App: A1 at A市 with a counter, B1 at B町 with one, and the office of A市.</summary>
internal sealed class LibraryDesk : IAsyncDisposable
{
    public const string Providers = "/api/v1/office/providers", Links = "/api/v1/links";

    private string citizen = "";

    private LibraryDesk(TestApp app, Town town, StaffDesk desk) => (App, Town, Desk) = (app, town, desk);

    public TestApp App { get; }

    public Town Town { get; }

    public StaffDesk Desk { get; }

    /// <summary>Terminal administrator of A市.</summary>
    public HttpClient Office { get; private set; } = null!;

    /// <summary>Of B町.</summary>
    public HttpClient OfficeB { get; private set; } = null!;

    public Guid A1 { get; } = Guid.CreateVersion7();

    public Guid B1 { get; } = Guid.CreateVersion7();

    public static async Task<LibraryDesk> Open(Engine engine = Engine.Sqlite) => await Open(await TestApp.Start(["MyKey:Limits:AttemptsPerMinute=1000"], engine: engine));

    public static async Task<LibraryDesk> Open(TestApp app)
    {
        var desk = new LibraryDesk(app, await Town.Build(app.Services), new StaffDesk(app));
        desk.Office = await desk.Desk.Officer("LA-001", Town.A, Role.TerminalAdmin);
        desk.OfficeB = await desk.Desk.Officer("LB-001", Town.B, Role.TerminalAdmin);
        Assert.Equal(HttpStatusCode.OK, (await desk.Save(desk.A1, Library("A1", "A市立図書館"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await desk.Save(desk.B1, Library("B1", "B町立図書館"), desk.OfficeB)).StatusCode);
        desk.citizen = await desk.SignIn(desk.Town.Citizen, 1);
        return desk;
    }

    /// <summary>The cookie of a session opened with card and PIN.</summary>
    public Task<string> SignIn(CitizenId citizen, int serial)
    {
        var now = Town.Get<TimeProvider>().GetUtcNow();
        var certificate = new AuthCertificate(new string('a', 64), $"{serial:x}", now.AddYears(-1), now.AddYears(4));
        return App.Database.Write(tx => Town.Get<OpenSessions>().Open(tx, new NewSession(SessionKind.Citizen, Assurance.A3) { Citizen = citizen, Certificate = certificate }));
    }

    public static ProviderRequest Library(string code, string name, bool selfLink = false) => new(name, 6, 8, code, "library", SelfLink: selfLink);

    public Task<HttpResponseMessage> Save(Guid id, ProviderRequest request, HttpClient? office = null) => (office ?? Office).PutAsJsonAsync($"{Providers}/{id}", request);

    /// <summary>A device of a provider that is ready.</summary>
    public async Task<HttpClient> Device(Guid provider, string profile = "library_counter", HttpClient? office = null)
    {
        var device = App.Client();
        Assert.Equal(HttpStatusCode.Created, (await device.PostAsJsonAsync("/api/v1/terminals", new EnrolTerminalRequest(await EnrolCode(provider, profile, office), Town.ShopCode))).StatusCode);
        return device;
    }

    public async Task<string> EnrolCode(Guid provider, string profile = "library_counter", HttpClient? office = null)
    {
        var code = await (office ?? Office).PostAsJsonAsync($"{Providers}/{provider}/devices", new ProviderDeviceRequest(Guid.CreateVersion7(), "カウンター2", profile));
        return (await Read<ProviderDeviceCodeReply>(code)).Code;
    }

    /// <summary>Aさん, or another, shows the number of My Page at a device.</summary>
    public async Task<string> Shown(HttpClient device, MunicipalityCode? place = null, string id = "MY123456", Session? session = null)
    {
        var code = (await Town.Get<MyKey.Identity.AtTerminal.IssueOneTimeCode>().Issue(session ?? Town.Session, place ?? Town.A)).Value.Code;
        return (await Read<ShownReply>(await device.PostAsJsonAsync("/api/v1/citizen-tokens", new ShowRequest(id, code)))).CitizenToken;
    }

    /// <summary>Aさん on My Page.</summary>
    public HttpClient Citizen()
    {
        var client = App.Client();
        client.DefaultRequestHeaders.Add("Cookie", $"mykey-citizen={citizen}");
        return client;
    }

    /// <summary>How somebody shows himself at the machines of A市 (K-13).</summary>
    public async Task SetWay(string way) =>
        Assert.True((await Town.Get<SetSetting>().Run(new SetSetting.Change(LendingWays.Key, SettingPlace.StandingIn(Town.A), way, Actor.Job("test")))).Ok);

    public async Task<List<string>> Logged(string start) => await App.Database.Write(async tx =>
        (await tx.Connection.QueryAsync<string>("select action from log_operation order by time_ms, id", transaction: tx.Handle)).Where(a => a.StartsWith(start, StringComparison.Ordinal)).ToList());

    public static Task<string> Code(HttpResponseMessage answer) => GrantOffice.Code(answer);

    public static async Task<T> Read<T>(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<T>())!;
    }

    public async ValueTask DisposeAsync()
    {
        Office.Dispose();
        OfficeB.Dispose();
        await App.DisposeAsync();
    }
}
