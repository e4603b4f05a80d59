using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using MyKey.App.Attendance;
using MyKey.App.GrantBatches;
using MyKey.App.Organisers;
using MyKey.App.Terminals;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Attendance;

/// <summary>An organiser with a device, the office that entered it, and two more residents.</summary>
internal sealed class OrganiserDesk : IAsyncDisposable
{
    public const string Api = "/api/v1/attendance", OfficeApi = "/api/v1/office/attendance", Organisers = "/api/v1/office/organisers";

    private readonly HttpClient registrar;

    private OrganiserDesk(GrantOffice office, HttpClient registrar) => (Office, this.registrar) = (office, registrar);

    public GrantOffice Office { get; }

    public HttpClient Registrar => registrar;

    public Guid Organiser { get; } = Guid.CreateVersion7();

    public HttpClient Device { get; private set; } = null!;

    public DateOnly Today => Office.Town.Get<TimeProvider>().Today();

    public static async Task<OrganiserDesk> Open(Engine engine = Engine.Sqlite, string kind = "activity", long? usual = 200, long? leader = 500, long budget = 10_000, string eligibility = "anyone", long? cap = null) =>
        await Open(await GrantOffice.Open(engine), kind, usual, leader, budget, eligibility, cap);

    public static async Task<OrganiserDesk> Open(GrantOffice office, string kind = "activity", long? usual = 200, long? leader = 500, long budget = 10_000, string eligibility = "anyone", long? cap = null)
    {
        var desk = new OrganiserDesk(office, await office.Desk.Officer("TA-001", Town.A, Role.TerminalAdmin));
        await office.Begin(GrantOffice.Rules(kind, cap, usual: usual, leader: leader, eligibility: eligibility), budget);
        await desk.Enter(desk.Organiser, "みどり町会", [office.Programme]);
        desk.Device = await desk.NewDevice(desk.Organiser);
        await office.Town.Issue("AB123456", 2);
        await office.Town.Issue("CD123456", 3);
        return desk;
    }

    public async Task Enter(Guid id, string name, Guid[] programmes, string state = "active") =>
        Assert.Equal(HttpStatusCode.OK, (await Office.Officer.PutAsJsonAsync($"{Organisers}/{id}", new OrganiserRequest(name, programmes, state))).StatusCode);

    public async Task<string> NewCode(Guid organiser) => (await Read<DeviceCodeReply>(await registrar.PostAsJsonAsync($"{Organisers}/{organiser}/devices", new DeviceRequest(Guid.CreateVersion7(), "会館")))).Code;

    public async Task<HttpClient> NewDevice(Guid organiser)
    {
        var device = Office.App.Client();
        Assert.Equal(HttpStatusCode.Created, (await device.PostAsJsonAsync("/api/v1/terminals", new EnrolTerminalRequest(await NewCode(organiser), Town.ShopCode))).StatusCode);
        return device;
    }

    public Task<HttpResponseMessage> Begin(Guid id, string name = "公園の清掃", DateOnly? day = null, HttpClient? device = null) =>
        (device ?? Device).PostAsJsonAsync(Api, new OccasionRequest(id, Office.Programme, name, day ?? Today));

    public async Task<Guid> Occasion(string name = "公園の清掃")
    {
        var id = Guid.CreateVersion7();
        Assert.Equal(HttpStatusCode.Created, (await Begin(id, name)).StatusCode);
        return id;
    }

    public Task<HttpResponseMessage> Add(Guid occasion, AttendanceRequest line, HttpClient? device = null) => (device ?? Device).PostAsJsonAsync($"{Api}/{occasion}/lines", line);

    public Task<HttpResponseMessage> Add(Guid occasion, string myKeyId, long counted = 1) => Add(occasion, new AttendanceRequest(Guid.CreateVersion7(), myKeyId, Counted: counted));

    public async Task<HttpResponseMessage> File(Guid occasion, string csv)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(csv)) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        return await Device.PostAsync($"{Api}/{occasion}/file", content);
    }

    public async Task Send(Guid occasion) => Assert.Equal("sent", (await Read<OccasionReply>(await Device.PostAsync($"{Api}/{occasion}/send", null))).State);

    /// <summary>A list that waits for the office.</summary>
    public async Task<Guid> Sent(string name, params string[] ids)
    {
        var occasion = await Occasion(name);
        foreach (var id in ids) Assert.Equal(HttpStatusCode.Created, (await Add(occasion, id)).StatusCode);
        await Send(occasion);
        return occasion;
    }

    public Task<HttpResponseMessage> Approve(Guid occasion, ApproveAttendanceRequest? decision = null, HttpClient? officer = null) =>
        (officer ?? Office.Officer).PostAsJsonAsync($"{OfficeApi}/{occasion}/approve", decision ?? new ApproveAttendanceRequest());

    public async Task<List<OfficeAttendanceReply>> Lines(Guid occasion) => (await Office.Officer.GetFromJsonAsync<List<OfficeAttendanceReply>>($"{OfficeApi}/{occasion}/lines"))!;

    /// <summary>The file of grants of an approved occasion.</summary>
    public async Task<BatchReply> File(Guid occasion) =>
        (await Office.Officer.GetFromJsonAsync<BatchReply>($"/api/v1/office/grant-batches/{(await Office.Officer.GetFromJsonAsync<OfficeOccasionReply>($"{OfficeApi}/{occasion}"))!.File}"))!;

    public static async Task<T> Read<T>(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<T>())!;
    }

    public async ValueTask DisposeAsync()
    {
        Device.Dispose();
        registrar.Dispose();
        await Office.DisposeAsync();
    }
}
