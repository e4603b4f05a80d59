using System.Globalization;
using System.Security.Cryptography;
using MyKey.Kernel;

namespace MyKey.App.Cases;

/// <summary>問い合わせ番号, to be read out on the telephone: eight digits drawn at random and a check digit, said in threes, <c>482-115-907</c>.</summary>
public readonly record struct CaseNumber
{
    private const int Length = 9;

    private CaseNumber(string digits) => Digits = digits;

    /// <summary>All nine.</summary>
    public string Digits { get; }

    public static CaseNumber Draw() => Of(RandomNumberGenerator.GetInt32(100_000_000));

    /// <param name="eight">Below 100,000,000.</param>
    public static CaseNumber Of(int eight)
    {
        var digits = eight.ToString("00000000", CultureInfo.InvariantCulture);
        return new CaseNumber(digits + Check(digits));
    }

    /// <summary>One that was stored.</summary>
    internal static CaseNumber Stored(string digits) => new(digits);

    /// <summary>Reads what was typed: full-width, with gaps or hyphens.</summary>
    /// <returns>The number, or <c>number_format</c>.</returns>
    public static Result<CaseNumber> Read(string? typed)
    {
        var text = Typed.HalfWidth(typed).Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        return text.Length == Length && text.All(char.IsAsciiDigit) && Check(text) == text[^1] ? new CaseNumber(text) : Refusal.Of("number_format");
    }

    public override string ToString() => $"{Digits[..3]}-{Digits[3..6]}-{Digits[6..]}";

    /// <summary>ISO/IEC 7064 MOD 11,10: finds every single wrong digit and nearly every swap of neighbours.</summary>
    private static char Check(string digits)
    {
        var product = 10;
        foreach (var digit in digits.AsSpan(0, Length - 1))
        {
            var sum = (product + digit - '0') % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }
        return (char)('0' + (11 - product) % 10);
    }
}
