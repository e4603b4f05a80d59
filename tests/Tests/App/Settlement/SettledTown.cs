using System.Net.Http.Json;
using MyKey.App.Partners;
using MyKey.App.Settlement;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Settlement;

/// <summary>The whole App from noon of 2017-12-15 on, with a partner, a shop and a citizen's points; closing is stepped through by the test.</summary>
public sealed class SettledTown : IAsyncDisposable
{
    private int officers;

    private SettledTown(CouponTown coupons, CitizenId citizen) => (Coupons, Citizen) = (coupons, citizen);

    public CouponTown Coupons { get; }

    public CitizenId Citizen { get; }

    public Residents Town => Coupons.Town;

    public TestClock Clock => Coupons.Clock;

    public MyKey.Ledger.Ledger Ledger => Get<MyKey.Ledger.Ledger>();

    public PartnerId Partner { get; private set; }

    public static async Task<SettledTown> Open(Engine engine = Engine.Sqlite)
    {
        var coupons = await CouponTown.Open(engine, settings: ["MyKey:Limits:AttemptsPerMinute=10000", "MyKey:Limits:MachinePerMinute=10000"]);
        var town = new SettledTown(coupons, await coupons.Town.Resident());
        town.Partner = (await town.Get<PartnerCache>().View()).Find(CouponTown.Card)!.Id;
        return town;
    }

    public T Get<T>() where T : notnull => Town.Get<T>();

    public Task<Posted> Use(long amount, AcceptorId? shop = null, MunicipalityCode? issuer = null) => Post(Transfer.Use(Id(), Citizen, issuer ?? Residents.A, new Points(amount), shop ?? Town.Shop, Actor.Job("town")));

    public Task<Posted> Exchange(long amount, MunicipalityCode? issuer = null) =>
        Post(Transfer.Exchange(Id(), Citizen, issuer ?? Residents.A, new Points(amount), new ExchangedLot(Clock.Today().AddDays(300), Partner, (2, 1)), Actor.Job("town")));

    public async Task<Posted> Post(Transfer transfer) => (await Ledger.Post(transfer)).Value;

    public TransferId Id() => Ids.New<TransferId>(Clock);

    /// <summary>To noon of a day, with every month closed that can be.</summary>
    public async Task Close(int year, int month, int day)
    {
        Clock.Jump(TimeSpan.FromMilliseconds(Jst.EndOf(new DateOnly(year, month, day)) - Jst.DayMs / 2 - Clock.NowMs()));
        while (await Get<CloseMonths>().Step(Actor.Job("settle-months")) is not null)
        {
        }
    }

    public Task<HttpClient> Officer(params Role[] roles) => Coupons.Desk.Officer($"A-{++officers}", Residents.A, roles);

    /// <summary>An officer of before, after the clock has moved.</summary>
    public Task<HttpClient> Again(string number) => Coupons.Desk.SignIn("office", number, Residents.A);

    public Task<HttpClient> Operator() => Coupons.Desk.SignIn("operator", "OP-001");

    /// <summary>A till of a shop, opened with the shop's number or not.</summary>
    public async Task<HttpClient> Till(AcceptorId shop, bool opened = true)
    {
        var token = await new MyKey.Tests.Support.Town(Town.App.Services).Terminal(shop, Residents.A);
        var cookie = $"mykey-terminal={token}";
        if (opened) cookie += $"; mykey-shop={(await Get<OpenShop>().Open((await Get<FindTerminal>().ByToken(token)).Value, MyKey.Tests.Support.Town.ShopCode)).Value}";
        return Device(cookie);
    }

    /// <summary>One till with the session of a shop that was opened at another.</summary>
    public HttpClient Crossed(HttpClient till, HttpClient opened)
    {
        static string[] Cookies(HttpClient of) => of.DefaultRequestHeaders.GetValues("Cookie").Single().Split("; ");
        return Device($"{Cookies(till)[0]}; {Cookies(opened)[1]}");
    }

    private HttpClient Device(string cookie)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ConnectCallback = TestApp.ToThisMachine }) { BaseAddress = Town.App.Site };
        client.DefaultRequestHeaders.Add("Cookie", cookie);
        return client;
    }

    public static async Task<T> Ok<T>(Task<HttpResponseMessage> answer) => await CouponTown.Read<T>(await answer);

    public static async Task Refused(string code, Task<HttpResponseMessage> answer) => Assert.Equal(code, await CouponTown.Code(await answer));

    public async Task MustHold()
    {
        Assert.Null((await Get<AuditMonths>().Run()).Broken);
        await Coupons.MustAddUp();
    }

    public ValueTask DisposeAsync() => Coupons.DisposeAsync();
}
