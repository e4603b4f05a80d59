using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;
using MyKey.Kernel;

namespace MyKey.CardAgent.Device;

/// <param name="Origin">The site that gave it.</param>
/// <param name="Cookie">As the site knows the terminal: <c>name=value</c>.</param>
public sealed record StoredKey(string Origin, string Cookie);

/// <summary>
/// The agent as a terminal of a library: it is enrolled with the code of the office and has a key of its own from then on (V-D1), in a file that only the person
/// whose program this is can read.
/// </summary>
public sealed partial class DeviceKey(Sites sites, IOptions<AgentOptions> options, ILogger<DeviceKey> log) : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Lock gate = new();
    private StoredKey? kept;
    private bool read;

    private string File => Path.Combine(options.Value.Folder, "terminal.json");

    /// <summary>null: not enrolled.</summary>
    public StoredKey? Current
    {
        get
        {
            lock (gate)
            {
                if (!read) (kept, read) = (Read(), true);
                return kept;
            }
        }
    }

    /// <summary>The site of the key; null where there is none, or where the site is no longer one of this agent's.</summary>
    public KnownSite? Site => Current is { } key && sites.Find(key.Origin) is { TakesKey: true } site ? site : null;

    /// <returns>null when it is done, or what the site said.</returns>
    public async Task<Sentences?> Enrol(KnownSite site, string? code, CancellationToken stop)
    {
        Must.Hold(site.TakesKey, "a key comes over TLS or within this machine");
        await turn.WaitAsync(stop);
        try
        {
            // The terminal's own code opens pages of which the agent has none, so nobody has to know it.
            var answer = await sites.Call(site, "/api/v1/terminals", new { code = code ?? "", shopCode = RandomNumberGenerator.GetString("0123456789", 12) }, null, stop);
            if (answer.No is not null) return answer.No;
            if (answer.Key is not { } cookie) return Sites.Unreachable;
            Keep(new StoredKey(site.Origin, cookie));
            return null;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>A new key once a day. It is in the file before the site hears it again, and only then the old one ends: whatever breaks, one of them is good.</summary>
    public async Task Renew(CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            for (var round = 0; round < 2 && Site is { } site; round++)
            {
                var answer = await sites.Call(site, "/api/v1/terminals/token", new { }, Must.Have(Current, "a site has a key").Cookie, stop);
                if (answer.No is { } no) TellRefused(no.Code);
                if (answer.Key is not { } cookie) return;
                Keep(new StoredKey(site.Origin, cookie));
            }
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private void Keep(StoredKey key)
    {
        lock (gate)
        {
            Directory.CreateDirectory(options.Value.Folder);
            var fresh = File + ".new";
            System.IO.File.Delete(fresh);
            var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) how.UnixCreateMode = OwnerOnly;
            using (var stream = new FileStream(fresh, how))
            {
                JsonSerializer.Serialize(stream, key);
                stream.Flush(flushToDisk: true);
            }
            System.IO.File.Move(fresh, File, overwrite: true);
            (kept, read) = (key, true);
        }
    }

    private StoredKey? Read()
    {
        if (!System.IO.File.Exists(File)) return null;
        if (!OperatingSystem.IsWindows() && (System.IO.File.GetUnixFileMode(File) & ~OwnerOnly) != 0)
        {
            TellOpen(File);
            return null;
        }
        try
        {
            return JsonSerializer.Deserialize<StoredKey>(System.IO.File.ReadAllBytes(File));
        }
        catch (JsonException)
        {
            TellUnreadable(File);
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "the site refused to renew the key: {Code}")]
    private partial void TellRefused(string code);

    [LoggerMessage(2, LogLevel.Error, "others can read {File}, so the key in it is not used; enrol again")]
    private partial void TellOpen(string file);

    [LoggerMessage(3, LogLevel.Error, "{File} is no key; enrol again")]
    private partial void TellUnreadable(string file);
}

/// <summary>Asks for a new key at the start and each hour; the site gives one a day.</summary>
public sealed class RenewKey(DeviceKey key, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Hour, clock);
        try
        {
            do await key.Renew(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The program ends.
        }
    }
}
