using System.Text.Json;
using MyKey.Identity.Staffing;

namespace MyKey.Sandbox.Demo;

/// <summary>An authenticator app that holds one account: RFC 6238 from the Base32 text of the secret (RFC 4648).</summary>
public sealed class Authenticator(string secret, TimeProvider clock)
{
    /// <summary>Nobody begins to type a number that is about to change.</summary>
    private const int RestMs = 2_000, StepMs = Totp.StepSeconds * 1_000;

    private readonly byte[] secret = FromBase32(secret);
    private long last;

    private long Now => Totp.StepAt(clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>The number that is shown now.</summary>
    public string Shown => Totp.Code(secret, Now);

    /// <summary>A number not given before.</summary>
    /// <exception cref="InvalidOperationException">It would lie more than a step ahead: an app shows a new number every 30 seconds.</exception>
    public string Next()
    {
        var now = Now;
        if (clock == TimeProvider.System && StepMs - clock.GetUtcNow().ToUnixTimeMilliseconds() % StepMs < RestMs) SpinWait.SpinUntil(() => Now > now, RestMs);
        last = Math.Max(Now - 1, last + 1);
        return last <= Now + 1 ? Totp.Code(secret, last) : throw new InvalidOperationException("an authenticator shows a new number every 30 seconds");
    }

    private static byte[] FromBase32(string text)
    {
        var (bytes, buffer, bits) = (new List<byte>(), 0, 0);
        foreach (var c in text)
        {
            buffer = (buffer << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c);
            if ((bits += 5) < 8) continue;
            bits -= 8;
            bytes.Add((byte)(buffer >> bits));
            buffer &= (1 << bits) - 1;
        }
        return [.. bytes];
    }
}

/// <summary>
/// What the authenticator apps of the demonstration's staff hold, in one file, so that whoever tries MyKey needs no phone: the numbers
/// stand on a page beside the card tray.
/// </summary>
public sealed class Authenticators(string path, TimeProvider clock)
{
    private readonly SortedDictionary<string, string> secrets =
        File.Exists(path) ? JsonSerializer.Deserialize<SortedDictionary<string, string>>(File.ReadAllText(path))! : [];

    private readonly Dictionary<string, Authenticator> apps = [];

    public IEnumerable<string> Numbers => secrets.Keys;

    public Authenticator this[string number] => apps.TryGetValue(number, out var app) ? app : apps[number] = new Authenticator(secrets[number], clock);

    public void Add(string number, string secret)
    {
        secrets[number] = secret;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, JsonSerializer.Serialize(secrets));
    }
}
