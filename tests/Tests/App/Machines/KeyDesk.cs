using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using MyKey.App.Machines;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Machines;

/// <summary>Two of A市's office who ask for and approve keys, and one of B町's.</summary>
internal sealed class KeyDesk : IAsyncDisposable
{
    private const string Api = "/api/v1/office/machine-keys";

    private readonly bool own;

    private KeyDesk(TestApp app, Town town, StaffDesk staff, bool own) => (App, Town, Staff, this.own) = (app, town, staff, own);

    public TestApp App { get; }

    public Town Town { get; }

    public StaffDesk Staff { get; }

    public HttpClient Asking { get; private set; } = null!;

    public HttpClient Approving { get; private set; } = null!;

    public HttpClient Elsewhere { get; private set; } = null!;

    public static async Task<KeyDesk> Open(Engine engine, params string[] settings)
    {
        var app = await TestApp.Start(settings, engine: engine);
        return await With(new KeyDesk(app, await Town.Build(app.Services), new StaffDesk(app), own: true));
    }

    public static Task<KeyDesk> In(TestApp app, Town town, StaffDesk staff) => With(new KeyDesk(app, town, staff, own: false));

    public WantedKey Wanted(string scope, Guid? shop) => new(Guid.CreateVersion7(), "レジのシステム", [scope], shop, null, 90);

    /// <summary>Asked for and approved.</summary>
    public async Task<string> Give(WantedKey wanted)
    {
        Assert.Equal(HttpStatusCode.OK, (await Asking.PostAsJsonAsync(Api, wanted)).StatusCode);
        return await Approve(Approving, "office", wanted.Id);
    }

    /// <summary>In another municipality, with the operator as the second person.</summary>
    public async Task<string> GiveIn(MunicipalityCode town, WantedKey wanted)
    {
        Assert.Equal(Town.B, town);
        Assert.Equal(HttpStatusCode.OK, (await Elsewhere.PostAsJsonAsync(Api, wanted)).StatusCode);
        return await Approve(await Staff.Operator(), "operator", wanted.Id);
    }

    public async Task<KeyReply[]> Keys() => (await Asking.GetFromJsonAsync<KeyReply[]>(Api))!;

    /// <summary>A system that shows this key; it keeps no cookies.</summary>
    public HttpClient Machine(string key)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = App.Loopback };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        if (own) await App.DisposeAsync();
    }

    private static async Task<string> Approve(HttpClient client, string shell, Guid id)
    {
        var approved = await client.PostAsync($"/api/v1/{shell}/machine-keys/{id}/approve", null);
        Assert.Equal(HttpStatusCode.Created, approved.StatusCode);
        return (await approved.Content.ReadFromJsonAsync<KeyAskedReply>())!.Key!;
    }

    private static async Task<KeyDesk> With(KeyDesk desk)
    {
        desk.Asking = await desk.Staff.Officer("TA-001", Town.A, Role.TerminalAdmin);
        desk.Approving = await desk.Staff.Officer("TA-002", Town.A, Role.TerminalAdmin);
        desk.Elsewhere = await desk.Staff.Officer("TA-003", Town.B, Role.TerminalAdmin);
        return desk;
    }
}
