using System.Net;
using System.Net.Http.Json;
using MyKey.App.Cases;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Cases;

/// <summary>A resident of A市 who paid at a shop and does not remember it, the counter of A市, and the operators.</summary>
public sealed class CaseTown : IAsyncDisposable
{
    private CaseTown(Residents town) => (Town, Desk) = (town, new StaffDesk(town.App));

    public Residents Town { get; }

    public StaffDesk Desk { get; }

    public CitizenId Citizen { get; private set; }

    public Posted Paid { get; private set; } = null!;

    public HttpClient Me { get; private set; } = null!;

    public HttpClient Counter { get; private set; } = null!;

    public static async Task<CaseTown> Open(Engine engine = Engine.Sqlite)
    {
        var all = new CaseTown(await Residents.Start(engine, settings: ["MyKey:Limits:AttemptsPerMinute=10000"]));
        all.Citizen = await all.Town.Resident(home: Residents.A);
        await all.Town.Grant(all.Citizen, 1_000, 60);
        all.Paid = await all.Town.Use(all.Citizen, 120);
        all.Me = await all.Town.LoggedIn();
        all.Counter = await all.Desk.Officer("SD-001", Residents.A, Role.SupportDesk);
        return all;
    }

    public Task<HttpResponseMessage> Tell(string receipt, string? said = null, Guid? id = null, string history = "132985", HttpClient? by = null) =>
        (by ?? Me).PostAsJsonAsync("/api/v1/my/cases", new CaseRequest(id ?? Guid.CreateVersion7(), history, receipt, said));

    public async Task<CaseReply> Told(string? said = null) => await CouponTown.Read<CaseReply>(await Tell(Paid.Receipt.ToString(), said));

    public Task<HttpResponseMessage> Answer(string number, string said, Guid? id = null, HttpClient? by = null, string shell = "office") =>
        (by ?? Counter).PostAsJsonAsync($"/api/v1/{shell}/cases/{number}/answers", new CaseAnswerRequest(id ?? Guid.CreateVersion7(), said));

    public Task<HttpResponseMessage> Do(string number, string what, HttpClient? by = null, string shell = "office") => (by ?? Counter).PostAsync($"/api/v1/{shell}/cases/{number}/{what}", null);

    public static async Task<CaseReply[]> List(HttpClient client, string shell) => (await client.GetFromJsonAsync<CaseReply[]>($"/api/v1/{shell}/cases"))!;

    /// <summary>Where a form leads that was sent; the token stands on another page.</summary>
    public async Task<(HttpStatusCode Status, string Body, string? To)> Send(HttpClient client, string page, string path, params (string, string)[] fields)
    {
        var answer = await Town.App.Submit(client, page, path, fields);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.Location?.OriginalString);
    }

    public async ValueTask DisposeAsync()
    {
        Me.Dispose();
        Counter.Dispose();
        await Town.DisposeAsync();
    }
}
