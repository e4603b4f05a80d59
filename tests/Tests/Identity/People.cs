using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.Identity;
using MyKey.Identity.Certificates;
using MyKey.Identity.Citizens;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Kernel.Outbox;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity;

/// <summary>The module over a database of its own, with a clock that the test moves.</summary>
public sealed class People : IAsyncDisposable
{
    private readonly TestDatabase test;
    private readonly ServiceProvider services;
    private readonly string folder = Directory.CreateTempSubdirectory("mykey-people-").FullName;

    private People(TestDatabase test)
    {
        this.test = test;
        services = new ServiceCollection()
            .AddSingleton(test.Database).AddSingleton<TimeProvider>(Clock).AddSingleton(Buckets.Default).AddSingleton<OperationLog>().AddSingleton<Outbox>()
            .AddIdentity(new IdentityOptions { KekFile = Path.Combine(folder, "kek"), PasswordIterations = 1000 })
            .BuildServiceProvider();
    }

    public static async Task<People> New(Engine engine) => new(await TestDatabase.New(engine));

    public TestClock Clock { get; } = new();

    public Database Database => test.Database;

    public string KekFile => Path.Combine(folder, "kek");

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public OpenSessions Sessions => Get<OpenSessions>();

    /// <summary>A certificate as it comes out of the rules.</summary>
    public static AuthCertificate Certificate(int number = 1) =>
        new(new string('a', 64), $"{number:x}", new DateTimeOffset(2017, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>A session as it is after card and PIN.</summary>
    public async Task<(string Token, Session Session)> CardSession(int number = 1)
    {
        var certificate = Certificate(number);
        var citizen = await Get<FindCitizen>().ByCertificate(certificate);
        var token = await Database.Write(tx => Sessions.Open(tx, new NewSession(SessionKind.Citizen, Assurance.A3) { Citizen = citizen?.Id, Certificate = certificate }));
        return (token, (await Sessions.Find(token, SessionKind.Citizen)).Value);
    }

    /// <summary>A citizen with an ID, in a card session.</summary>
    public async Task<(CitizenId Id, Session Session)> Citizen(string myKeyId = "MY123456", int number = 1)
    {
        var (token, session) = await CardSession(number);
        var issued = await Get<IssueMyKeyId>().Issue(session, IssueMode.Choose, myKeyId);
        return (issued.Value.Citizen, (await Sessions.Find(token, SessionKind.Citizen)).Value);
    }

    /// <summary>A member of staff with roles, enrolled, and a session just confirmed.</summary>
    public async Task<(StaffMember Member, Session Session)> Staff(string number, SessionKind shell, params GivenRole[] roles)
    {
        var id = Ids.New<StaffId>(Clock);
        var token = await Database.Write(async tx =>
        {
            await tx.Connection.ExecuteAsync("insert into idn_staff(id, number, state, hash, totp, created_ms) values (@Id, @Number, 2, @Some, @Some, 0)", new { Id = id, Number = number, Some = new byte[] { 1 } }, tx.Handle);
            foreach (var role in roles)
                await tx.Connection.ExecuteAsync("insert into idn_staff_role(staff, role, municipality) values (@Id, @Role, @Place)",
                    new { Id = id, Role = Roles.Name(role.Role), Place = role.Municipality?.Value ?? "" }, tx.Handle);
            return await Sessions.Open(tx, new NewSession(shell, Assurance.A2) { Staff = id, Confirmed = true });
        });
        var session = (await Sessions.Find(token, shell)).Value;
        return ((await Get<FindStaff>().Of(session)).Value, session);
    }

    public Task<(StaffMember Member, Session Session)> Operator(string number = "OP-1") => Staff(number, SessionKind.Operator, new GivenRole(Role.Operator, null));

    /// <summary>A municipality of the demo: A市.</summary>
    public static MunicipalityCode ACity { get; } = MunicipalityCode.Of("132985");

    public static MunicipalityCode BTown { get; } = MunicipalityCode.Of("134988");

    /// <summary>A shop's terminal in A市, enrolled, shop code 204816.</summary>
    public async Task<(Terminal Terminal, string Token)> Terminal(MunicipalityCode? place = null, params TerminalProfile[] profiles)
    {
        var (admin, _) = await Staff($"T-{Ids.NewRandom<StaffId>().Value:N}"[..14], SessionKind.Office, new GivenRole(Role.TerminalAdmin, place ?? ACity));
        var registered = (await Get<RegisterTerminal>().Register(admin, new NewTerminal(place ?? ACity, null, "レジ1", profiles.Length == 0 ? [TerminalProfile.Shop] : profiles))).Value;
        var enrolled = (await Get<EnrolTerminal>().Enrol(registered.Code, "204816", new ClientNetwork("192.0.2.0/24"))).Value;
        return ((await Get<FindTerminal>().ByToken(enrolled.Token)).Value, enrolled.Token);
    }

    public async Task<int> Count(string table)
    {
        await using var connection = await Database.Open();
        return await connection.QuerySingleAsync<int>($"select count(*) from {table}");
    }

    /// <summary>The actions of the operation log, by name (on a clock that stands, ids have no order).</summary>
    public async Task<string[]> Logged()
    {
        await using var connection = await Database.Open();
        return [.. await connection.QueryAsync<string>("select action from log_operation order by action")];
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await test.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
