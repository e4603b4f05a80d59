using Dapper;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.Load;

/// <summary>A ledger with its accounts, ready to take payments.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly LoadOptions options;
    private readonly PostgresServer? server;
    private readonly string? folder;
    private readonly Database database;
    private readonly MyKey.Ledger.Ledger ledger;
    private readonly Population population;
    private readonly CpuTime cpu;
    private readonly PhaseMeter meter = new();
    private readonly TimeProvider clock = TimeProvider.System;
    private int turns;

    private Site(LoadOptions options, PostgresServer? server, string? folder, Database database, MyKey.Ledger.Ledger ledger)
    {
        (this.options, this.server, this.folder, this.database, this.ledger) = (options, server, folder, database, ledger);
        population = new Population(options);
        cpu = new CpuTime(server?.Process);
    }

    /// <summary>Migrates an empty database and makes the accounts through the ledger.</summary>
    /// <param name="server">Null for a SQLite file.</param>
    public static async Task<Site> Open(LoadOptions options, PostgresServer? server, TextWriter say, CancellationToken stop)
    {
        var folder = server is null ? Directory.CreateTempSubdirectory("mykey-load-").FullName : null;
        var place = server is null ? Path.Combine(folder!, "mykey.db") : await server.Create(PostgresServer.Names.Ledger);
        await using (var migrator = server is null ? Database.Sqlite(place) : Database.Postgres(place)) await Migrations.Apply(migrator, TimeProvider.System, App.Modules.Assemblies, stop);
        var database = server is null ? Database.Sqlite(place) : Database.Postgres(place, Database.AppRole);
        var ledger = await MyKey.Ledger.Ledger.Open(database, TimeProvider.System, Buckets.Default, new LedgerOptions(Writers: options.Writers, Seal: options.Seal));
        var site = new Site(options, server, folder, database, ledger);
        var start = site.clock.GetTimestamp();
        await site.MakeAccounts(stop);
        var took = site.clock.GetElapsedTime(start).TotalSeconds;
        await say.WriteLineAsync(Run.Text($"{site.Name}: {options.Accounts:#,0} accounts with two lots each in {took:0.0} s, {2 * options.Accounts / took:#,0} grants/s"));
        await site.Tidy();
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
        var (log, before, phases) = (await LogBytes(), cpu.Now(), meter.Start());
        await drive.For(seconds, stop);
        var after = cpu.Now();
        return new Turn(Name, options.Seal, drive.Seconds, drive.Accepted, drive.Refusals, drive.Latencies.Quantile(0.5), drive.Latencies.Quantile(0.99),
            after.Own - before.Own, after.Server - before.Server, await LogBytes() - log, meter.Since(phases));
    }

    /// <summary>Recomputes everything; a ledger without seal has nothing to recompute from.</summary>
    public async Task<bool> Audit(TextWriter say, CancellationToken stop)
    {
        if (!options.Seal)
        {
            await say.WriteLineAsync("no audit: without seal there are no records to compare with");
            return true;
        }
        var start = clock.GetTimestamp();
        var report = await new Audit(database, ledger.Buckets).Run(stop);
        await say.WriteLineAsync(Run.Text($"{Name}: audit of {report.Blocks:#,0} blocks, {report.Transfers:#,0} transfers and {report.Lots:#,0} lots in {clock.GetElapsedTime(start).TotalSeconds:0.0} s: {report.Broken ?? "everything holds"}"));
        return report.Holds;
    }

    public async ValueTask DisposeAsync()
    {
        meter.Dispose();
        await ledger.DisposeAsync();
        await database.DisposeAsync();
        if (folder is not null) Directory.Delete(folder, recursive: true);
    }

    private Drive NewDrive() => new(Pay, population, options, clock, ++turns);

    private async ValueTask<string?> Pay(Payment payment) => (await ledger.Post(Population.Use(payment))).Refused?.Code;

    private async Task MakeAccounts(CancellationToken stop)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, options.InFlight).Select(_ => Make()));

        async Task Make()
        {
            for (var i = Interlocked.Increment(ref next); i < 2 * population.Citizens; i = Interlocked.Increment(ref next))
            {
                stop.ThrowIfCancellationRequested();
                var made = await ledger.Post(population.Grant(i / 2, i % 2, clock));
                Must.Hold(made.Ok, "a grant of an empty ledger is accepted");
            }
        }
    }

    private async Task Tidy()
    {
        if (server is not null)
        {
            await server.Execute(PostgresServer.Names.Ledger, "vacuum analyze");
            return;
        }
        await using var connection = await database.Open();
        await connection.ExecuteAsync("pragma wal_checkpoint(truncate); pragma optimize");
    }

    private async Task Checkpoint()
    {
        if (server is not null) await server.Checkpoint();
        else
        {
            await using var connection = await database.Open();
            await connection.ExecuteAsync("pragma wal_checkpoint(truncate)");
        }
    }

    private async Task<long> LogBytes() => server is null ? 0 : await server.LogBytes();
}
