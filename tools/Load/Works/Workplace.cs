using System.Diagnostics;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Certificates;
using MyKey.Identity.Certificates.Crl;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;
using MyKey.Sandbox;
using MyKey.Sandbox.Authority;

namespace MyKey.Load.Works;

/// <summary>A database of its own and the App's own services over it, in this process; no job runs but the one that is measured.</summary>
internal sealed class Workplace : IAsyncDisposable
{
    private const int AtOnce = 2_000;

    private readonly PostgresServer? server;
    private readonly string folder;
    private readonly Http.Town town;
    private readonly string name;

    private Workplace(LoadOptions options, PostgresServer? server, int size, string folder, Http.Town town)
    {
        (Options, this.server, Size, this.folder, this.town) = (options, server, size, folder, town);
        name = options.Sqlite ? "SQLite" : "PostgreSQL";
    }

    public LoadOptions Options { get; }

    public int Size { get; }

    public Http.Town Town => town;

    public string Folder => folder;

    /// <summary>The database as an App of its own process is told it.</summary>
    public required string Place { get; init; }

    public string Keys => Path.Combine(folder, "kek");

    public MunicipalityCode Municipality => Population.Issuers[0];

    public TimeProvider Clock { get; } = TimeProvider.System;

    public int? ServerProcess => server?.Process;

    public Database Database => town.Get<Database>();

    public static async Task<Workplace> Open(LoadOptions options, PostgresServer? server, int size)
    {
        var folder = Directory.CreateTempSubdirectory("mykey-load-").FullName;
        var place = server is null ? Path.Combine(folder, "mykey.db") : $"postgres:{await server.Create(PostgresServer.Names.Ledger)}";
        return new Workplace(options, server, size, folder, await Http.Town.Build(place, Path.Combine(folder, "kek"), Population.Issuers)) { Place = place };
    }

    public T Get<T>() where T : notnull => town.Get<T>();

    public Task Say(FormattableString figure) => Console.Out.WriteLineAsync($"{name}: {Run.Text(figure)}");

    /// <summary>Seconds that something took.</summary>
    public static async Task<double> Time(Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed.TotalSeconds;
    }

    /// <summary>Somebody of the staff, as the sign-in lets him in.</summary>
    public async Task<StaffAtWork> Staff(Role role)
    {
        var id = Ids.New<StaffId>(Clock);
        var at = role == Role.Operator ? null : (await Get<RegistryCache>().View()).Find(Municipality);
        var session = new Session(role == Role.Operator ? SessionKind.Operator : SessionKind.Office, Assurance.A2, null, id, null, null, Clock.NowMs(), Clock.NowMs(), long.MaxValue);
        return new StaffAtWork(new StaffMember(id, "L-2", StaffState.Active, [new GivenRole(role, at?.Code)]), session, at);
    }

    /// <summary>Lists of an authority are loaded, so that an App over this database believes its cards.</summary>
    /// <returns>The file of its roots, for the App.</returns>
    public async Task<string> Believe(NationalAuthority authority, CancellationToken stop)
    {
        var anchors = Path.Combine(folder, "anchors.pem");
        await File.WriteAllTextAsync(anchors, authority.AnchorsPem(), stop);
        using var inForce = new ListsInForce(Database, Clock);
        var lists = new LoadCrl(Database, Anchors.Load(anchors, loopbackOnly: true), inForce, Get<OperationLog>(), Clock);
        for (var generation = 1; generation <= authority.UserAuthentication.Count; generation++) Must.Hold(await lists.Load(authority.Crl(generation), stop) == CrlVerdict.Loaded, "a list is loaded");
        return anchors;
    }

    /// <summary>A ledger beside the App's that lives some days ago: what it posts is that old.</summary>
    public Task<MyKey.Ledger.Ledger> Ago(int days) => MyKey.Ledger.Ledger.Open(Database, new Earlier(Clock, TimeSpan.FromDays(days)), Buckets.Default);

    /// <summary>Posts so many transfers, many at once.</summary>
    public static Task Post(MyKey.Ledger.Ledger ledger, int count, Func<int, Transfer> transfer, CancellationToken stop) => Many.Post(ledger, count, AtOnce, transfer, stop);

    /// <summary>What was made is written and counted: what follows waits for no checkpoint of it and finds plans for tables of this size.</summary>
    public async Task Rest()
    {
        await Site.Tidy(server, Database);
        if (server is not null) await server.Checkpoint();
    }

    public async Task<bool> Audit(CancellationToken stop)
    {
        AuditReport? report = null;
        var seconds = await Time(async () => report = await new Audit(Database, Buckets.Default).Run(stop));
        await Say($"audit of {report!.Transfers:#,0} transfers and {report.Lots:#,0} lots in {seconds:0.0} s: {report.Broken ?? "everything holds"}");
        return report.Holds;
    }

    public async ValueTask DisposeAsync()
    {
        await town.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
