using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace MyKey.Identity.Staffing;

/// <summary>
/// Time-based one-time passwords, RFC 6238: HMAC-SHA-1, 30 s, 6 digits, as every authenticator app speaks. The clock may be one step off;
/// a step counts once.
/// </summary>
public static class Totp
{
    public const int SecretBytes = 20, StepSeconds = 30;

    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    public static long StepAt(long timeMs) => timeMs / 1000 / StepSeconds;

    /// <summary>The code of one step (RFC 4226 5.3 dynamic truncation).</summary>
    public static string Code(byte[] secret, long step, int digits = 6, HashAlgorithmName? algorithm = null)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        var mac = CryptographicOperations.HmacData(algorithm ?? HashAlgorithmName.SHA1, secret, counter);
        var number = BinaryPrimitives.ReadInt32BigEndian(mac.AsSpan(mac[^1] & 0x0F)) & 0x7FFFFFFF;
        return (number % (int)Math.Pow(10, digits)).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
    }

    /// <summary>The step that a typed code belongs to: now, one before or one after, later than the last one used; else null.</summary>
    public static long? Match(byte[] secret, string typed, long nowMs, long lastStep)
    {
        var now = StepAt(nowMs);
        var typedBytes = System.Text.Encoding.ASCII.GetBytes(typed);
        long? matched = null;
        for (var step = now + 1; step >= now - 1; step--)
            if (CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(Code(secret, step)), typedBytes) && step > lastStep)
                matched = step;
        return matched;
    }

    /// <summary>What an authenticator app reads from the QR code.</summary>
    public static string Uri(byte[] secret, string number) => $"otpauth://totp/MyKey:{System.Uri.EscapeDataString(number)}?secret={Text(secret)}&issuer=MyKey";

    /// <summary>The secret in Base32 (RFC 4648), for typing by hand.</summary>
    public static string Text(byte[] secret)
    {
        var text = new System.Text.StringBuilder();
        var (buffer, bits) = (0, 0);
        foreach (var one in secret)
        {
            buffer = (buffer << 8) | one;
            for (bits += 8; bits >= 5; bits -= 5) text.Append(Base32[(buffer >> (bits - 5)) & 31]);
            buffer &= (1 << bits) - 1;
        }
        if (bits > 0) text.Append(Base32[(buffer << (5 - bits)) & 31]);
        return text.ToString();
    }
}
