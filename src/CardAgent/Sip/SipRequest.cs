using System.Globalization;
using System.Text;

namespace MyKey.CardAgent.Sip;

/// <summary>Error detection of SIP 2.00: the bytes of a message and its check sum give zero in the low 16 bits.</summary>
public static class SipChecksum
{
    /// <summary>Four hexadecimal digits over everything up to and with <c>AZ</c>.</summary>
    public static string Of(ReadOnlySpan<byte> message)
    {
        var sum = 0;
        foreach (var b in message) sum += b;
        return (-sum & 0xFFFF).ToString("X4", CultureInfo.InvariantCulture);
    }
}

/// <summary>
/// A message of a library's system, as far as this program looks at it (SIP 2.00): its two digits, its fixed part, four fields. Every other field is dropped right here, so
/// that nothing about loans or persons gets any further (S0-3005).
/// </summary>
/// <param name="Sequence">Of <c>AY</c>; comes back with the answer.</param>
/// <param name="Checked">It carried a check sum, and so will the answer.</param>
public sealed record SipRequest(string Command, string Fixed, char? Sequence, bool Checked)
{
    private const int TrailLength = 6;

    /// <summary>Messages that are answered, with the length of their fixed parts.</summary>
    private static readonly Dictionary<string, int> Known = new() { ["23"] = 21, ["63"] = 31, ["93"] = 2, ["97"] = 0, ["99"] = 8 };

    public string User { get; private init; } = "";

    public string Password { get; private init; } = "";

    public string Institution { get; private init; } = "";

    public string Patron { get; private init; } = "";

    /// <returns>null for what is no message of these, is cut short, or has another check sum than its own.</returns>
    /// <param name="line">Without its end.</param>
    public static SipRequest? Read(ReadOnlySpan<byte> line)
    {
        var hasSum = line.Length >= TrailLength + 2 && line[^TrailLength..^4].SequenceEqual("AZ"u8);
        if (hasSum && !Encoding.ASCII.GetString(line[^4..]).Equals(SipChecksum.Of(line[..^4]), StringComparison.OrdinalIgnoreCase)) return null;
        var text = Encoding.UTF8.GetString(hasSum ? line[..^TrailLength] : line);
        char? sequence = null;
        if (hasSum && text.Length >= 5 && text[^3..^1] == "AY" && char.IsAsciiDigit(text[^1])) (sequence, text) = (text[^1], text[..^3]);
        if (text.Length < 2 || !Known.TryGetValue(text[..2], out var length) || text.Length < 2 + length) return null;
        return new SipRequest(text[..2], text[2..(2 + length)], sequence, hasSum).With(text[(2 + length)..]);
    }

    private SipRequest With(string fields)
    {
        var found = this;
        foreach (var field in fields.Split('|'))
        {
            if (field.Length < 2) continue;
            var value = field[2..];
            found = field[..2] switch
            {
                "CN" => found with { User = value },
                "CO" => found with { Password = value },
                "AO" => found with { Institution = value },
                "AA" => found with { Patron = value },
                _ => found,
            };
        }
        return found;
    }
}
