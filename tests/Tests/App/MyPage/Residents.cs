using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.Identity.Certificates;
using MyKey.Identity.Citizens;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.MyPage;

/// <summary>The App with three municipalities that issue, a shop, and residents who have come with a card before.</summary>
public sealed class Residents : IAsyncDisposable
{
    public const string MyKeyId = "MY123456";
    public const string Password = "midori-no-oka-1873";
    public static readonly MunicipalityCode A = MunicipalityCode.Of("132985");
    public static readonly MunicipalityCode B = MunicipalityCode.Of("134988");
    public static readonly MunicipalityCode C = MunicipalityCode.Of("134996");
    private static readonly Actor Operator = Actor.Of(StaffId.Of(Guid.Parse("0d000000-0000-7000-8000-000000000001")));
    private readonly Dictionary<MunicipalityCode, ProgrammeId> programmes = [];

    private Residents(TestApp app) => App = app;

    public TestApp App { get; }

    public AcceptorId Shop { get; private set; }

    private TimeProvider Clock => App.Services.GetRequiredService<TimeProvider>();

    public static async Task<Residents> Start(Engine engine = Engine.Sqlite, Action<WebApplicationBuilder>? change = null, string[]? settings = null)
    {
        var town = new Residents(await TestApp.Start(settings, change, engine: engine));
        await town.Furnish();
        return town;
    }

    /// <summary>Somebody with an ID and a password, as the first login by card leaves them.</summary>
    public async Task<CitizenId> Resident(string id = MyKeyId, int number = 1, MunicipalityCode? home = null)
    {
        var (session, citizen) = await CardSession(id, number);
        var now = (await Get<OpenSessions>().Find(session, SessionKind.Citizen)).Value;
        if (home is { } code) Assert.True((await Get<ChangeSettings>().SetBaseMunicipality(now, code)).Ok);
        Assert.True((await Get<SetPassword>().Set(now, new NewPassword(Password, null, new ClientNetwork("192.0.2.0/24")))).Ok);
        return citizen;
    }

    /// <summary>The token of a session opened with card and PIN, with an ID issued in it.</summary>
    public async Task<(string Token, CitizenId Citizen)> CardSession(string id = MyKeyId, int number = 1)
    {
        var certificate = new AuthCertificate(new string('a', 64), $"{number:x}", new DateTimeOffset(2017, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2047, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var sessions = Get<OpenSessions>();
        var token = await App.Database.Write(tx => sessions.Open(tx, new NewSession(SessionKind.Citizen, Assurance.A3) { Certificate = certificate }));
        var issued = await Get<IssueMyKeyId>().Issue((await sessions.Find(token, SessionKind.Citizen)).Value, IssueMode.Choose, id);
        return (token, issued.Value.Citizen);
    }

    public async Task<Posted> Grant(CitizenId citizen, long amount, int days, MunicipalityCode? issuer = null) =>
        (await Get<MyKey.Ledger.Ledger>().Post(Transfer.Grant(Ids.New<TransferId>(Clock), citizen, issuer ?? A, new Points(amount), programmes[issuer ?? A],
            new NewLot(Clock.Today().AddDays(days), new LotSource(SourceKind.Grant)), Operator))).Value;

    public async Task<Posted> Use(CitizenId citizen, long amount) =>
        (await Get<MyKey.Ledger.Ledger>().Post(Transfer.Use(Ids.New<TransferId>(Clock), citizen, A, new Points(amount), Shop, Operator))).Value;

    public async Task<Posted> Cancel(Posted use) =>
        (await Get<MyKey.Ledger.Ledger>().Post(Transfer.Cancel(Ids.New<TransferId>(Clock), use.Receipt.Bucket, use.Id, Shop, new ReturnRule(), Operator))).Value;

    public T Get<T>() where T : notnull => App.Services.GetRequiredService<T>();

    /// <summary>A browser that has logged in.</summary>
    public async Task<HttpClient> LoggedIn(string id = MyKeyId)
    {
        var client = App.Client();
        var answer = await Send(client, "/my/login", ("MyKeyId", id), ("Password", Password));
        Assert.Equal("/my", answer.Headers.Location?.ToString());
        return client;
    }

    /// <summary>Sends a form that stands on the page of its own address.</summary>
    public Task<HttpResponseMessage> Send(HttpClient client, string path, params (string Name, string Value)[] fields) =>
        App.Submit(client, path.StartsWith("/my/logout", StringComparison.Ordinal) ? "/my" : path.Split('?')[0], path, fields);

    public ValueTask DisposeAsync() => App.DisposeAsync();

    private async Task Furnish()
    {
        var csv = Encoding.UTF8.GetBytes("code,name\n132985,A市\n134988,B町\n134996,C村\n");
        Assert.True((await Get<ImportMunicipalities>().Run(csv, Operator)).Ok);
        foreach (var code in (MunicipalityCode[])[A, B, C])
        {
            Assert.True((await Get<ChangeMunicipality>().Run(new(code, null, IssuerKind.Public, null, 24, MunicipalityState.Live, Operator))).Ok);
            var programme = programmes[code] = Ids.New<ProgrammeId>(Clock);
            Assert.True((await Get<OpenProgramme>().Run(new(programme, code, "健康ウォーク", GrantKind.Activity, Clock.Today(), Clock.Today().AddDays(90), Operator))).Ok);
        }
        Shop = Ids.New<AcceptorId>(Clock);
        Assert.True((await Get<RegisterAcceptor>().Run(new(Shop, A, "shop", "○○商店街 くらしの店", Operator))).Ok);
    }
}
