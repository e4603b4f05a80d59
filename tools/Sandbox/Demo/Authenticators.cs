using System.Text.Json;
using MyKey.Identity.Staffing;

namespace MyKey.Sandbox.Demo;

/// <summary>An authenticator app that holds one account: RFC 6238 from the Base32 text of the secret (RFC 4648).</summary>
public sealed class Authenticator(string secret, TimeProvider clock)
{
    /// <summary>A number that is about to be too old is not given: so long a busy machine takes at most until it has looked at it.</summary>
    private const int RestMs = 10_000, StepMs = Totp.StepSeconds * 1_000;

    private readonly byte[] secret = FromBase32(secret);
    private long last;

    private long Now => Totp.StepAt(clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>The number that is shown now.</summary>
    public string Shown => Totp.Code(secret, Now);

    /// <summary>A number not given before, of the step before this one first: so three of them are good at once. A fourth waits for its time.</summary>
    /// <exception cref="InvalidOperationException">It would have to wait for a clock that does not go by itself.</exception>
    public string Next()
    {
        var tooLate = StepMs - clock.GetUtcNow().ToUnixTimeMilliseconds() % StepMs < RestMs;
        last = Math.Max(tooLate ? Now : Now - 1, last + 1);
        if (last > Now + 1 && clock != TimeProvider.System) throw new InvalidOperationException("an authenticator shows a new number every 30 seconds");
        SpinWait.SpinUntil(() => last <= Now + 1);
        return Totp.Code(secret, last);
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
