using System.Diagnostics;
using System.Net;
using MyKey.Tests.Support;

namespace MyKey.Load.Http;

/// <summary>The App as a process of its own, on a free port of 127.0.0.1, as <c>./mykey run</c> starts it.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process process;

    private AppProcess(Process process, int port) => (this.process, Port) = (process, port);

    public int Port { get; }

    public int Id => process.Id;

    /// <param name="database">As in <c>MyKey:Database</c>.</param>
    /// <param name="folder">Working folder; holds the key-encryption key.</param>
    /// <param name="anchors">Roots of cards that it believes; null: none.</param>
    public static Task<AppProcess> Start(string database, string folder, string keys, CancellationToken stop, string? anchors = null) => Start(["MyKey.App.dll"], Settings(database, keys, anchors), folder, stop);

    /// <summary>The same App with one call more (<see cref="EmptyHost"/>).</summary>
    public static Task<AppProcess> StartWithEmpty(string database, string folder, string keys, string anchors, CancellationToken stop) =>
        Start(["MyKey.Load.dll", EmptyHost.Command], Settings(database, keys, anchors), folder, stop);

    private static Dictionary<string, string> Settings(string database, string keys, string? anchors) =>
        new() { ["MyKey__Database"] = database, ["MyKey__KekFile"] = keys, ["MyKey__Card__Anchors"] = anchors ?? "" };

    private static async Task<AppProcess> Start(string[] program, Dictionary<string, string> settings, string folder, CancellationToken stop)
    {
        var port = TemporaryPostgres.FreePort();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program[0]), .. program[1..]])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment =
            {
                ["ASPNETCORE_URLS"] = Run.Text($"http://127.0.0.1:{port}"),
                // One address asks here what many offices ask in a day.
                ["MyKey__Limits__AttemptsPerMinute"] = "1000000",
                ["MyKey__Limits__AnonymousPerMinute"] = "100000000",
            },
        };
        foreach (var (name, value) in settings) start.Environment[name] = value;
        var app = new AppProcess(Must.Have(Process.Start(start), "the App starts"), port);
        _ = app.process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = app.process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var client = new HttpClient { BaseAddress = new Uri(Run.Text($"http://127.0.0.1:{port}")), Timeout = TimeSpan.FromSeconds(3) };
        for (var since = Stopwatch.StartNew(); !await Ready(client, stop); await Task.Delay(50, stop))
        {
            if (app.process.HasExited) throw new InvalidOperationException($"The App ended with {app.process.ExitCode}: {await errors}");
            if (since.Elapsed > Patience) throw new TimeoutException("The App is not ready.");
        }
        return app;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static async Task<bool> Ready(HttpClient client, CancellationToken stop)
    {
        try
        {
            using var answer = await client.GetAsync("/readyz", stop);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
