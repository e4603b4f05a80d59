using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using MyKey.Tests.Support;

namespace MyKey.Tests.Faults;

/// <summary>The App as a process of its own, started as <c>./mykey run</c> starts it, so that it can be killed.</summary>
/// <param name="within">A program that becomes the one named by its last arguments, e.g. nsenter.</param>
public sealed partial class AppProcess(string database, params string[] within) : IAsyncDisposable
{
    private const int Sigterm = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string folder = Directory.CreateTempSubdirectory("mykey-app-").FullName;
    private Process? process;

    /// <summary>One key file for every process over these databases.</summary>
    public static string KekFile => Path.Combine(TestDatabase.Servers.Folder, "faults-kek");

    public int Port { get; } = TemporaryPostgres.FreePort();

    public async Task Start()
    {
        string[] command = [.. within, "dotnet", Path.Combine(AppContext.BaseDirectory, "MyKey.App.dll")];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["MyKey__Database"] = database, ["MyKey__KekFile"] = KekFile, ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{Port}", ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" },
        };
        process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}"), Timeout = TimeSpan.FromSeconds(3) };
        for (var since = Stopwatch.StartNew(); !await Ready(client); await Task.Delay(50))
        {
            if (process.HasExited) throw new InvalidOperationException($"The App ended with {process.ExitCode}: {await errors}");
            if (since.Elapsed > Patience) throw new TimeoutException("The App is not ready.");
        }
    }

    /// <summary>kill -9.</summary>
    public async Task Kill()
    {
        process!.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> End()
    {
        Assert.Equal(0, SendSignal(process!.Id, Sigterm));
        await process.WaitForExitAsync().WaitAsync(Patience);
        return process.ExitCode;
    }

    public bool Lives => process is { HasExited: false };

    public async ValueTask DisposeAsync()
    {
        if (Lives) await Kill();
        process?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<bool> Ready(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync("/readyz");
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
