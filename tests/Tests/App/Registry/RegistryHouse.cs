using System.Text;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;
using Log = MyKey.Kernel.OperationLog.OperationLog;

namespace MyKey.Tests.App.Registry;

/// <summary>A database with the registry's slices over it.</summary>
public sealed class RegistryHouse : IAsyncDisposable
{
    public static readonly MunicipalityCode A = MunicipalityCode.Of("132985");
    public static readonly MunicipalityCode B = MunicipalityCode.Of("134988");
    public static readonly MunicipalityCode Kawasaki = MunicipalityCode.Of("141305");
    public static readonly Actor Operator = Actor.Of(StaffId.Of(Guid.Parse("0d000000-0000-7000-8000-000000000001")));

    private RegistryHouse(TestDatabase test)
    {
        Test = test;
        Log = new Log(Clock, Buckets.Default);
        Cache = new RegistryCache(Database, Clock);
        Import = new ImportMunicipalities(Log, Cache);
        Council = new ImportCouncil(Log, Cache);
        ChangeMunicipality = new ChangeMunicipality(Log, Cache);
        Register = new RegisterAcceptor(Log, Cache);
        ChangeAcceptor = new ChangeAcceptor(Log, Cache);
        Usage = new SetUsageRule(Log, Cache);
        Describe = new DescribePlace(Database, Log, Cache);
        Find = new FindPlaces(Database, Cache, Clock);
        Files = new ImportAcceptors(Database, Log, Cache, Clock);
    }

    public TestDatabase Test { get; }
    public Database Database => Test.Database;
    public TestClock Clock { get; } = new();
    public Log Log { get; }
    public RegistryCache Cache { get; }
    public ImportMunicipalities Import { get; }
    public ImportCouncil Council { get; }
    public ChangeMunicipality ChangeMunicipality { get; }
    public RegisterAcceptor Register { get; }
    public ChangeAcceptor ChangeAcceptor { get; }
    public SetUsageRule Usage { get; }
    public DescribePlace Describe { get; }
    public FindPlaces Find { get; }
    public ImportAcceptors Files { get; }

    public static async Task<RegistryHouse> New(Engine engine) => new(await TestDatabase.New(engine));

    /// <summary>With A市, B町, 川崎市 and the prefecture of Kanagawa.</summary>
    public static async Task<RegistryHouse> Furnished(Engine engine)
    {
        var house = await New(engine);
        await house.Take("code,name\n132985,A市\n134988,B町\n141305,川崎市\n140007,神奈川県\n");
        return house;
    }

    public async Task<ImportReport> Take(string csv) => (await Import.Run(Encoding.UTF8.GetBytes(csv), Operator)).Value;

    public async Task<AcceptorId> Shop(MunicipalityCode municipality, string kind = "shop")
    {
        var id = Ids.New<AcceptorId>(TimeProvider.System);
        Assert.True((await Register.Run(new(id, municipality, kind, "売店", Operator))).Ok);
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        Cache.Dispose();
        await Test.DisposeAsync();
    }
}
