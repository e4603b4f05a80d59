using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Registry;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Certificates;
using MyKey.Identity.Citizens;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.Tests.Support;

/// <summary>
/// The town of the source's figure S2-P7 in a running App, made through the App's own services: A市, B町 and C村, one shop with a terminal,
/// and Aさん (MY123456) with 2,800 / 2,000 / 1,740 points. C村 does not let its points be used in this shop.
/// </summary>
public sealed class Town(IServiceProvider services)
{
    public const string ShopCode = "204816";

    public static readonly MunicipalityCode A = MunicipalityCode.Of("132985");
    public static readonly MunicipalityCode B = MunicipalityCode.Of("134988");
    public static readonly MunicipalityCode C = MunicipalityCode.Of("134996");
    private static readonly Actor Clerk = Actor.Job("town");

    public AcceptorId Shop { get; private set; }

    public CitizenId Citizen { get; private set; }

    public Session Session { get; private set; } = null!;

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public static async Task<Town> Build(IServiceProvider services)
    {
        var town = new Town(services);
        await town.Register();
        town.Shop = await town.OpenShop("くらしの店");
        (town.Citizen, town.Session) = await town.Issue("MY123456", 1);
        foreach (var (issuer, amount) in new[] { (A, 2800), (B, 2000), (C, 1740) }) await town.Grant(town.Citizen, issuer, amount);
        return town;
    }

    public async Task<Posted> Grant(CitizenId citizen, MunicipalityCode issuer, long amount, int days = 200)
    {
        var clock = Get<TimeProvider>();
        return (await Get<MyKey.Ledger.Ledger>().Post(Transfer.Grant(Ids.New<TransferId>(clock), citizen, issuer, new Points(amount), Ids.New<ProgrammeId>(clock),
            new NewLot(clock.Today().AddDays(days), new LotSource(SourceKind.Grant)), Clerk))).Value;
    }

    public async Task<AcceptorId> OpenShop(string name, MunicipalityCode? place = null)
    {
        var id = Ids.New<AcceptorId>(Get<TimeProvider>());
        Must.Hold((await Get<RegisterAcceptor>().Run(new(id, place ?? A, "shop", name, Clerk))).Ok, "the shop is registered");
        return id;
    }

    /// <summary>A terminal of a shop, enrolled. Returns the token of its cookie.</summary>
    public async Task<string> Terminal(AcceptorId shop, MunicipalityCode? place = null, params TerminalProfile[] profiles) =>
        (await Get<EnrolTerminal>().Enrol(await EnrolCode(shop, place, profiles), ShopCode, new ClientNetwork("192.0.2.0/24"))).Value.Token;

    public async Task<string> EnrolCode(AcceptorId shop, MunicipalityCode? place = null, params TerminalProfile[] profiles)
    {
        var clerk = new StaffMember(Ids.New<StaffId>(Get<TimeProvider>()), "T-1", StaffState.Active, [new GivenRole(Role.TerminalAdmin, place ?? A)]);
        return (await Get<RegisterTerminal>().Register(clerk, new NewTerminal(place ?? A, shop.Value, "端末1", profiles.Length == 0 ? [TerminalProfile.Shop] : profiles))).Value.Code;
    }

    /// <summary>A citizen with an ID, as after card and PIN.</summary>
    public async Task<(CitizenId Id, Session Session)> Issue(string myKeyId, int serial)
    {
        var sessions = Get<OpenSessions>();
        var now = Get<TimeProvider>().GetUtcNow();
        var certificate = new AuthCertificate(new string('a', 64), $"{serial:x}", now.AddYears(-1), now.AddYears(4));
        var token = await Get<Database>().Write(tx => sessions.Open(tx, new NewSession(SessionKind.Citizen, Assurance.A3) { Certificate = certificate }));
        var issued = await Get<IssueMyKeyId>().Issue((await sessions.Find(token, SessionKind.Citizen)).Value, IssueMode.Choose, myKeyId);
        var session = (await sessions.Find(token, SessionKind.Citizen)).Value;
        await Get<ChangeSettings>().SetBaseMunicipality(session, A);
        return (issued.Value.Citizen, session);
    }

    /// <summary>お店で使う番号, as My Page gives it.</summary>
    public async Task<string> Code(Session? session = null) => (await Get<IssueOneTimeCode>().Issue(session ?? Session, A)).Value.Code;

    public async Task<long> Usable(MunicipalityCode issuer, CitizenId? citizen = null) =>
        (await Get<LedgerReading>().Holdings(citizen ?? Citizen, Get<TimeProvider>().Today())).Where(h => h.Issuer == issuer).Sum(h => h.Usable.Value);

    private async Task Register()
    {
        var file = "code6,prefecture,name,kana,kind\n132985,東京都,A市,エーシ,city\n134988,東京都,B町,ビーマチ,town\n134996,東京都,C村,シームラ,village\n"u8.ToArray();
        Must.Hold((await Get<ImportMunicipalities>().Run(file, Clerk)).Ok, "the municipalities come in");
        foreach (var code in new[] { A, B, C })
            Must.Hold((await Get<ChangeMunicipality>().Run(new(code, null, IssuerKind.Public, null, 12, MunicipalityState.Live, Clerk))).Ok, "a municipality goes live");
        await Get<SetUsageRule>().ForKind(A, "shop", UsageArea.Own, Clerk);
        await Get<SetUsageRule>().ForKind(B, "shop", UsageArea.Prefecture, Clerk);
    }
}
