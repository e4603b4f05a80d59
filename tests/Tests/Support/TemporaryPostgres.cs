using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MyKey.Tests.Support;

/// <summary>A PostgreSQL server of our own in a temporary folder, on a free port of 127.0.0.1, gone when disposed.</summary>
public sealed class TemporaryPostgres : IAsyncDisposable
{
    private const int FirstPort = 12_000, Ports = 20_000;

    // Processes side by side begin apart.
    private static int lastPort = Environment.ProcessId * 251 % Ports;

    private readonly string bin;
    private readonly string folder;

    private TemporaryPostgres(string bin, string folder, int port) => (this.bin, this.folder, Port) = (bin, folder, port);

    public int Port { get; }

    /// <summary>Folder with initdb, pg_ctl, pgbench.</summary>
    public string Bin => bin;

    public string ConnectionString(string database = "postgres", int pool = 30) =>
        $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database};Maximum Pool Size={pool};Max Auto Prepare=50";

    /// <param name="settings">Further lines of postgresql.conf.</param>
    /// <param name="memory">Its files lie in memory, where the system has such a folder.</param>
    public static async Task<TemporaryPostgres> Start(string settings = "", bool memory = false)
    {
        var bin = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(d => int.Parse(Path.GetFileName(d), CultureInfo.InvariantCulture)).Select(d => Path.Combine(d, "bin")).FirstOrDefault()
            : null;
        if (bin is null) throw new InvalidOperationException("PostgreSQL is missing: apt-get install postgresql");
        var folder = memory && Directory.Exists("/dev/shm")
            ? Directory.CreateDirectory($"/dev/shm/mykey-pg-{Environment.ProcessId}").FullName
            : Directory.CreateTempSubdirectory("mykey-pg-").FullName;
        var server = new TemporaryPostgres(bin, folder, FreePort());
        if (IsRoot) await Run("chown", "postgres", folder);
        await server.AsPostgres(Path.Combine(bin, "initdb"), "-D", $"{folder}/db", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        await File.AppendAllTextAsync($"{folder}/db/postgresql.conf",
            $"listen_addresses='127.0.0.1'\nport={server.Port}\nunix_socket_directories='{folder}'\nmax_connections=200\nshared_buffers=256MB\n{settings}\n");
        await server.StartServer();
        return server;
    }

    public Task StartServer() => AsPostgres(Path.Combine(bin, "pg_ctl"), "-D", $"{folder}/db", "-l", $"{folder}/log", "-w", "start");

    /// <summary>Starts it after <see cref="Kill"/>: its orphans may need a moment to notice, and it refuses to start beside them.</summary>
    public async Task StartAgain()
    {
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            try
            {
                await StartServer();
                return;
            }
            catch (InvalidOperationException) when (since.Elapsed < TimeSpan.FromSeconds(20))
            {
                // Asked again.
            }
        }
    }

    public Task Create(string database) => AsPostgres(Path.Combine(bin, "createdb"), "-h", "127.0.0.1", "-p", $"{Port}", "-U", "postgres", database);

    /// <summary>Ends the server at once, as a power cut would.</summary>
    public async Task Kill()
    {
        var pid = int.Parse((await File.ReadAllLinesAsync($"{folder}/db/postmaster.pid"))[0], CultureInfo.InvariantCulture);
        using var process = Process.GetProcessById(pid);
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await AsPostgres(Path.Combine(bin, "pg_ctl"), "-D", $"{folder}/db", "-m", "immediate", "stop");
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A port that nobody listens on: given once in this process, and none of those that the system gives to whoever connects, which could be taken before it is used.</summary>
    public static int FreePort()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, FirstPort + Interlocked.Increment(ref lastPort) % Ports);
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Somebody else's: the next one.
            }
        }
    }

    private static bool IsRoot => geteuid() == 0;

    [DllImport("libc")]
    private static extern uint geteuid();

    private Task AsPostgres(string program, params string[] arguments) =>
        IsRoot ? Run("runuser", ["-u", "postgres", "--", program, .. arguments]) : Run(program, arguments);

    private static async Task Run(string program, params string[] arguments)
    {
        // pg_ctl hands its output streams on to the server, so they must not be pipes that we wait for.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program, .. arguments]) { WorkingDirectory = "/tmp" })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
