using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MyKey.Load;

/// <summary>The usual way on the same server: pgbench, one transaction per payment, lots locked, updated, transfer and postings inserted.</summary>
internal sealed partial class Usual(PostgresServer server, LoadOptions options)
{
    public static readonly int[] Clients = [8, 16, 32];

    /// <summary>A backend that ends just while the times are read would be counted nowhere.</summary>
    private static readonly TimeSpan BackendsEnd = TimeSpan.FromSeconds(1);

    private readonly CpuTime cpu = new(server.Process);

    /// <summary>The same number of accounts with two lots each, vacuumed and read once.</summary>
    public async Task Prepare()
    {
        await server.Create(PostgresServer.Names.Usual);
        await server.Execute(PostgresServer.Names.Usual, Script("usual-schema.sql"));
        await server.Execute(PostgresServer.Names.Usual, Run.Text($"""
            insert into lot select a, s, 19000 + s * 100, 30000, 1000000000, 1000000000 from generate_series(1, {options.Accounts}) a, generate_series(1, 2) s
            """));
        await server.Execute(PostgresServer.Names.Usual, "vacuum analyze");
        await server.Execute(PostgresServer.Names.Usual, "select sum(remaining) from lot");
    }

    public async Task<UsualTurn> Turn(int clients, int seconds, CancellationToken stop)
    {
        await server.Checkpoint();
        var (log, before) = (await server.LogBytes(), cpu.Now());
        var (perSecond, count) = await Pgbench(clients, seconds, stop);
        await Task.Delay(BackendsEnd, stop);
        var after = cpu.Now();
        return new UsualTurn(clients, perSecond, (after - before).Own / count, (after - before).Server / count, (double)(await server.LogBytes() - log) / count);
    }

    private async Task<(double PerSecond, long Count)> Pgbench(int clients, int seconds, CancellationToken stop)
    {
        var script = Path.GetTempFileName();
        await File.WriteAllTextAsync(script, Script("usual-payment.sql"), stop);
        var start = new ProcessStartInfo(PostgresServer.Pgbench(),
        [
            "-n", "-M", "prepared", "-f", script, "-h", server.Host, "-p", Number(server.Port), "-U", server.User, "-c", Number(clients), "-j", "2",
            "-T", Number(seconds), "-D", $"accounts={Number(options.Accounts)}", "-D", $"shops={Number(options.Shops)}", PostgresServer.Names.Usual,
        ])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        if (server.Password is { } password) start.Environment["PGPASSWORD"] = password;
        using var process = Must.Have(Process.Start(start), "pgbench starts");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(stop), process.StandardError.ReadToEndAsync(stop));
        await process.WaitForExitAsync(stop);
        File.Delete(script);
        var text = await output;
        if (process.ExitCode != 0) throw new InvalidOperationException($"pgbench ended with {process.ExitCode}: {await errors}");
        return (double.Parse(PerSecond().Match(text).Groups[1].Value, CultureInfo.InvariantCulture), long.Parse(Processed().Match(text).Groups[1].Value, CultureInfo.InvariantCulture));
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Script(string name)
    {
        using var reader = new StreamReader(Must.Have(typeof(Usual).Assembly.GetManifestResourceStream($"MyKey.Load.{name}"), $"{name} is embedded"));
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"tps = ([0-9.]+)")]
    private static partial Regex PerSecond();

    [GeneratedRegex(@"transactions actually processed: ([0-9]+)")]
    private static partial Regex Processed();
}

/// <summary>What one turn of pgbench gave; times and bytes per payment.</summary>
internal sealed record UsualTurn(int Clients, double PerSecond, double OwnCpuUs, double ServerCpuUs, double LogBytes)
{
    public double CpuUs => OwnCpuUs + ServerCpuUs;

    public override string ToString() => Run.Text($"usual way, {Clients} clients: {PerSecond:#,0} payments/s · {CpuUs:0} µs CPU each ({OwnCpuUs:0} pgbench, {ServerCpuUs:0} server) · {LogBytes:0} bytes of log each");
}
