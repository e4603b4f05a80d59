using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.Identity;
using MyKey.Identity.Certificates;
using MyKey.Identity.Citizens;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
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
            .AddSingleton(test.Database).AddSingleton<TimeProvider>(Clock).AddSingleton(Buckets.Default).AddSingleton<OperationLog>()
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
