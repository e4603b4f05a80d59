using System.Text.Json;
using MyKey.Identity.Staffing;

namespace MyKey.Sandbox.Demo;

/// <summary>
/// What the authenticator apps of the demonstration's staff hold, in one file, so that whoever tries MyKey needs no phone: the numbers
/// stand on a page beside the card tray. RFC 6238; every number is a new one, at most one step ahead.
/// </summary>
public sealed class Authenticators(string path, TimeProvider clock)
{
    private readonly Dictionary<string, long> last = [];

    public IReadOnlyDictionary<string, string> Secrets =>
        File.Exists(path) ? JsonSerializer.Deserialize<SortedDictionary<string, string>>(File.ReadAllText(path))! : new SortedDictionary<string, string>();

    public void Add(string number, string secret)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, JsonSerializer.Serialize(new SortedDictionary<string, string>(Secrets.ToDictionary()) { [number] = secret }));
    }

    /// <summary>The number that an app shows now.</summary>
    public string Shown(string number) => Totp.Code(FromBase32(Secrets[number]), Now);

    /// <summary>A number not given before.</summary>
    public string Next(string number)
    {
        last[number] = Math.Max(Now - 1, last.GetValueOrDefault(number) + 1);
        return Totp.Code(FromBase32(Secrets[number]), last[number]);
    }

    private long Now => Totp.StepAt(clock.GetUtcNow().ToUnixTimeMilliseconds());

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
