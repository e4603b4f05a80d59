using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Budgets;
using MyKey.App.Grants;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Grants;

/// <summary>The office of A市 in a running App: an officer, a programme with a budget, and Aさん.</summary>
public sealed class GrantOffice : IAsyncDisposable
{
    private GrantOffice(TestApp app, Town town, StaffDesk desk, HttpClient officer) => (App, Town, Desk, Officer) = (app, town, desk, officer);

    public TestApp App { get; }

    public Town Town { get; }

    public StaffDesk Desk { get; }

    public HttpClient Officer { get; }

    public Guid Programme { get; private set; } = Guid.CreateVersion7();

    public static async Task<GrantOffice> Open(Engine engine = Engine.Sqlite, long budget = 10_000) => await Open(await TestApp.Start(engine: engine), budget);

    public static async Task<GrantOffice> Open(TestApp app, long budget)
    {
        var town = await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        var office = new GrantOffice(app, town, desk, await desk.Officer("OF-001", Town.A, Role.Officer));
        var today = app.Services.GetRequiredService<TimeProvider>().Today();
        var opened = await office.Officer.PostAsJsonAsync("/api/v1/office/programmes", new ProgrammeRequest(office.Programme, "見守り活動", "activity", today.AddDays(-1), today.AddDays(30)));
        Assert.Equal(System.Net.HttpStatusCode.Created, opened.StatusCode);
        // What one officer may set alone; more is four-eyes and has a test of its own.
        await app.Database.Write(tx => app.Services.GetRequiredService<Limits>().SetTotal(tx, LimitId.Budget(new ProgrammeId(office.Programme)), new Points(budget)));
        return office;
    }

    /// <summary>From here on another programme, with rules of its own.</summary>
    public async Task Begin(ProgrammeRequest rules, long budget = 10_000)
    {
        var today = App.Services.GetRequiredService<TimeProvider>().Today();
        Programme = Guid.CreateVersion7();
        var opened = await Officer.PostAsJsonAsync("/api/v1/office/programmes", rules with { Id = Programme, From = today.AddDays(-1), Until = today.AddDays(30) });
        Assert.Equal(System.Net.HttpStatusCode.Created, opened.StatusCode);
        await App.Database.Write(tx => App.Services.GetRequiredService<Limits>().SetTotal(tx, LimitId.Budget(new ProgrammeId(Programme)), new Points(budget)));
    }

    public static ProgrammeRequest Rules(string kind = "activity", long? cap = null, string eligibility = "anyone", long? usual = null, long? leader = null) =>
        new(default, "外出の応援", kind, default, default, YearCap: cap, Eligibility: eligibility, UsualPoints: usual, LeaderPoints: leader);

    public Task<HttpClient> Approver() => Desk.Officer("OF-002", Town.A, Role.Officer, Role.Approver);

    public GrantRequest Request(long points, string? occasion = null, string id = "MY123456") => new(Guid.CreateVersion7(), Programme, id, points, Occasion: occasion);

    public Task<HttpResponseMessage> Post(GrantRequest request) => Officer.PostAsJsonAsync("/api/v1/office/grants", request);

    public Task<long> Usable() => Town.Usable(Town.A);

    public async Task<long> Rest() => (await App.Services.GetRequiredService<Limits>().Read(LimitId.Budget(new ProgrammeId(Programme))))!.Rest.Value;

    public static async Task<string> Code(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>()).GetProperty("code").GetString()!;

    public async ValueTask DisposeAsync() => await App.DisposeAsync();
}
