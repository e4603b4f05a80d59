using Dapper;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.Load;

/// <summary>A ledger with its accounts, ready to take payments.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly LoadOptions options;
    private readonly PostgresServer? server;
    private readonly string folder;
    private readonly Database database;
    private readonly MyKey.Ledger.Ledger ledger;
    private readonly CpuTime cpu;
    private readonly PhaseMeter meter = new();
    private int turns;

    private Site(LoadOptions options, PostgresServer? server, string folder, Database database, MyKey.Ledger.Ledger ledger)
    {
        (this.options, this.server, this.folder, this.database, this.ledger) = (options, server, folder, database, ledger);
        cpu = new CpuTime(server?.Process);
    }

    public Population Population { get; private set; } = null!;

    /// <summary>Terminals and citizens for payments over HTTP; null at ledger level.</summary>
    public Http.Town? Town { get; private set; }

    public TimeProvider Clock { get; } = TimeProvider.System;

    public string Folder => folder;

    /// <summary>File of the key-encryption key.</summary>
    public string Keys => Path.Combine(folder, "kek");

    /// <summary>The database as an App is told it.</summary>
    public string Place => server is null ? Path.Combine(folder, "mykey.db") : $"postgres:{server.ConnectionString(PostgresServer.Names.Ledger)}";

    public int? ServerProcess => server?.Process;

    /// <summary>Migrates an empty database and makes the accounts through the ledger, and the people among their holders through the App's services.</summary>
    /// <param name="server">Null for a SQLite file.</param>
    public static async Task<Site> Open(LoadOptions options, PostgresServer? server, TextWriter say, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("mykey-load-").FullName;
        var place = server is null ? Path.Combine(folder, "mykey.db") : await server.Create(PostgresServer.Names.Ledger);
        await using (var migrator = server is null ? Database.Sqlite(place) : Database.Postgres(place)) await Migrations.Apply(migrator, TimeProvider.System, App.Modules.Assemblies, stop);
        var database = server is null ? Database.Sqlite(place) : Database.Postgres(place, Database.AppRole);
        var ledger = await MyKey.Ledger.Ledger.Open(database, TimeProvider.System, Buckets.Default, new LedgerOptions(Writers: options.Writers, Seal: options.Seal));
        var site = new Site(options, server, folder, database, ledger);
        if (options.Http && server is not null) await site.MakePeople(say, stop);
        site.Population = new Population(options, site.Town?.People ?? []);
        var start = site.Clock.GetTimestamp();
        await site.MakeAccounts(stop);
        var took = site.Clock.GetElapsedTime(start).TotalSeconds;
        await say.WriteLineAsync(Run.Text($"{site.Name}: {options.Accounts:#,0} accounts with two lots each in {took:0.0} s, {2 * options.Accounts / took:#,0} grants/s"));
        await Tidy(server, site.database);
        return site;
    }

    public string Name => server is null ? "SQLite" : $"PostgreSQL {server.Version}";

    /// <summary>Pays for so many seconds without measuring: caches and compiled code get warm.</summary>
    public Task Drive(double seconds, CancellationToken stop) => NewDrive().For(seconds, stop);

    /// <summary>One measured turn, from a checkpoint on.</summary>
    public async Task<Turn> Turn(double seconds, CancellationToken stop)
    {
        await Checkpoint();
        var drive = NewDrive();
        var (log, data, before, phases) = (await LogBytes(), await DataBytes(), cpu.Now(), meter.Start());
        await drive.For(seconds, stop);
        var after = cpu.Now();
        return new Turn(Name, options.Seal, drive.Seconds, drive.Accepted, drive.Refusals, drive.Latencies.Quantile(0.5), drive.Latencies.Quantile(0.99),
            after - before, await LogBytes() - log, await DataBytes() - data, meter.Since(phases));
    }

    /// <summary>Recomputes everything; a ledger without seal has nothing to recompute from.</summary>
    public async Task<bool> Audit(TextWriter say, CancellationToken stop)
    {
        if (!options.Seal)
        {
            await say.WriteLineAsync("no audit: without seal there are no records to compare with");
            return true;
        }
        var start = Clock.GetTimestamp();
        var report = await new Audit(database, ledger.Buckets).Run(stop);
        await say.WriteLineAsync(Run.Text($"{Name}: audit of {report.Blocks:#,0} blocks, {report.Transfers:#,0} transfers and {report.Lots:#,0} lots in {Clock.GetElapsedTime(start).TotalSeconds:0.0} s: {report.Broken ?? "everything holds"}"));
        return report.Holds;
    }

    public async ValueTask DisposeAsync()
    {
        meter.Dispose();
        await ledger.DisposeAsync();
        await database.DisposeAsync();
        if (Town is not null) await Town.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    public Drive NewDrive(int tills, Func<int, Pay> pay) => new(tills, pay, options.Seed * 1_000 + ++turns, Clock);

    /// <summary>From here on a turn begins; none falls into one.</summary>
    public async Task Checkpoint()
    {
        if (server is not null) await server.Checkpoint();
        else
        {
            await using var connection = await database.Open();
            await connection.ExecuteAsync("pragma wal_checkpoint(truncate)");
        }
    }

    public async Task<long> LogBytes() => server is null ? 0 : await server.LogBytes();

    /// <summary>The size of the database on disk.</summary>
    public async Task<long> DataBytes()
    {
        await using var connection = await database.Open();
        return await connection.ExecuteScalarAsync<long>(server is null
            ? "select page_count * page_size from pragma_page_count(), pragma_page_size()"
            : "select pg_database_size(current_database())");
    }

    private Drive NewDrive() => NewDrive(options.InFlight, _ => async random => (await ledger.Post(Population.Use(Population.Payment(random, Clock)))).Refused?.Code);

    private async Task MakePeople(TextWriter say, CancellationToken stop)
    {
        var start = Clock.GetTimestamp();
        Town = await Http.Town.Build(Place, Keys, Population.Issuers);
        var made = Clock.GetTimestamp();
        await Town.Issue(options.People, stop);
        var took = Clock.GetElapsedTime(made).TotalSeconds;
        await say.WriteLineAsync(Run.Text($"{Name}: {Town.Devices.Count} terminals in {Clock.GetElapsedTime(start, made).TotalSeconds:0.0} s, {options.People:#,0} people in {took:0.0} s, {options.People / took:#,0}/s"));
    }

    private Task MakeAccounts(CancellationToken stop) =>
        Many.Post(ledger, 2 * Population.Citizens, options.InFlight, i => Population.Grant(i / 2, i % 2, Clock), stop);

    /// <summary>What was made is counted, so that plans are for tables of this size.</summary>
    internal static async Task Tidy(PostgresServer? server, Database database)
    {
        if (server is not null)
        {
            await server.Execute(PostgresServer.Names.Ledger, "vacuum analyze");
            return;
        }
        await using var connection = await database.Open();
        await connection.ExecuteAsync("pragma wal_checkpoint(truncate); pragma optimize");
    }
}
