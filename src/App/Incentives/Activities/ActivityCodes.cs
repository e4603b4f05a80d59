using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MyKey.Identity.Keys;
using MyKey.Kernel;

namespace MyKey.App.Activities;

/// <summary>
/// The code that a screen at the venue shows: eight digits of an HMAC over the count of half minutes, by a key of this activity alone. So a device that was given that key goes on without network,
/// and what it was given opens no other activity.
/// </summary>
public sealed class ActivityCodes(Kek kek)
{
    public const int StepMs = 30_000, Digits = 8;

    /// <summary>The step now and two before it: about 90 seconds; and one after it, for a screen whose clock is a little fast.</summary>
    private const int StepsBefore = 2, StepsAfter = 1;

    /// <summary>So long after somebody scanned the code in time he may report, once he is logged in.</summary>
    private const int SeenMs = 15 * 60_000;

    private const string Purpose = "activity-code", SlipPurpose = "activity-slip";

    /// <summary>What a screen of this activity is given.</summary>
    public async Task<byte[]> KeyOf(ActivityId id, CancellationToken stop = default) => HMACSHA256.HashData(await kek.Derive(Purpose, stop), Encoding.ASCII.GetBytes($"screen:{id.Value:N}"));

    public static long StepOf(long ms) => ms / StepMs;

    public static string DigitsOf(byte[] key, long step)
    {
        Span<byte> count = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(count, step);
        return (BinaryPrimitives.ReadUInt64BigEndian(HMACSHA256.HashData(key, count)) % 100_000_000).ToString("D8", CultureInfo.InvariantCulture);
    }

    /// <returns>The step of these digits, where they are good now; null.</returns>
    public async Task<long?> Match(Activity activity, string digits, long nowMs, CancellationToken stop = default)
    {
        // Only between its hours, however the clock of the screen goes.
        if (nowMs < activity.Hours.FromMs || nowMs > activity.Hours.UntilMs + StepsBefore * StepMs + StepMs) return null;
        var (key, now) = (await KeyOf(activity.Id, stop), StepOf(nowMs));
        for (var step = now + StepsAfter; step >= now - StepsBefore; step--)
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(DigitsOf(key, step)), Encoding.ASCII.GetBytes(digits))) return step;
        return null;
    }

    /// <summary>What the browser keeps of a code that it scanned in time, while its owner logs in.</summary>
    public async Task<string> Seal(ActivityId id, long step, long nowMs, CancellationToken stop = default)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{id.Value:N}.{step}.{nowMs}");
        return $"{text}.{await Mac(text, stop)}";
    }

    /// <returns>Which activity, and the step; null for what was sealed by nobody, or is too old.</returns>
    public async Task<(ActivityId Activity, long Step)?> Open(string? sealedText, long nowMs, CancellationToken stop = default)
    {
        if (sealedText?.Split('.') is not [var activity, var step, var ms, var mac] || mac.Length != 64) return null;
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(await Mac($"{activity}.{step}.{ms}", stop)), Encoding.ASCII.GetBytes(mac))) return null;
        var seen = long.Parse(ms, CultureInfo.InvariantCulture);
        return nowMs - seen is >= 0 and <= SeenMs ? (new ActivityId(Guid.ParseExact(activity, "N")), long.Parse(step, CultureInfo.InvariantCulture)) : null;
    }

    /// <summary>What is kept of a slip's code.</summary>
    public async Task<byte[]> HashOf(string slip, CancellationToken stop = default) => HMACSHA256.HashData(await kek.Derive(SlipPurpose, stop), Encoding.ASCII.GetBytes(slip));

    private async Task<string> Mac(string text, CancellationToken stop) => Convert.ToHexStringLower(HMACSHA256.HashData(await kek.Derive(Purpose, stop), Encoding.ASCII.GetBytes($"seen:{text}")));
}
