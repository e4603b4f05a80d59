using System.Globalization;

namespace MyKey.Ledger;

/// <summary>
/// The number on a receipt: bucket (2 digits), 8 characters of Crockford's base 32 and a check character, e.g. <c>04-7K2M-9QXD-3</c>. It is the
/// place of the entry (bucket, height, position), scrambled so that neighbours don't look alike; so no index is needed to find it.
/// </summary>
public readonly record struct ReceiptNumber(int Bucket, long Height, int Position)
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const long Mask = (1L << 40) - 1;
    private const ulong Scramble = 0x9E3779B97F4A7C15;   // odd, so multiplying by it modulo 2^40 can be undone
    private static readonly ulong Unscramble = Inverse(Scramble);

    /// <summary>Entries in one block at most.</summary>
    public const int MaxPositions = 512;

    public override string ToString()
    {
        Must.Hold(Bucket is >= 0 and < 100 && Position is >= 0 and < MaxPositions && Height is >= 0 and < Mask / MaxPositions, "a receipt number has room for its place");
        var number = unchecked((ulong)(Height * MaxPositions + Position + 1) * Scramble) & Mask;
        Span<char> text = stackalloc char[10];
        Bucket.TryFormat(text, out _, "00", CultureInfo.InvariantCulture);
        for (var i = 9; i >= 2; i--, number >>= 5) text[i] = Alphabet[(int)(number & 31)];
        return $"{text[..2]}-{text[2..6]}-{text[6..]}-{Check(text)}";
    }

    /// <summary>Reads what was typed: small letters, full-width, I L O for 1 1 0, with or without hyphens.</summary>
    /// <returns>The place, or the refusal <c>number_format</c>.</returns>
    public static Result<ReceiptNumber> Read(string? typed)
    {
        var text = Typed.HalfWidth(typed).ToUpperInvariant().Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal)
            .Replace('I', '1').Replace('L', '1').Replace('O', '0');
        if (text.Length != 11 || !char.IsAsciiDigit(text[0]) || !char.IsAsciiDigit(text[1]) || text.Any(c => !Alphabet.Contains(c))
            || Check(text.AsSpan(0, 10)) != text[10]) return Refusal.Of("number_format");
        ulong number = 0;
        foreach (var c in text.AsSpan(2, 8)) number = number << 5 | (uint)Alphabet.IndexOf(c);
        var place = (long)(unchecked(number * Unscramble) & Mask) - 1;
        if (place < 0) return Refusal.Of("number_format");
        return new ReceiptNumber(int.Parse(text.AsSpan(0, 2), CultureInfo.InvariantCulture), place / MaxPositions, (int)(place % MaxPositions));
    }

    /// <summary>Weighted sum modulo 31, a prime: finds every single wrong character but one pair (0 and Z) and every swap of neighbours.</summary>
    private static char Check(ReadOnlySpan<char> ten)
    {
        var sum = 0;
        for (var i = 0; i < 10; i++) sum += Alphabet.IndexOf(ten[i]) * (i + 2);
        return Alphabet[sum % 31];
    }

    private static ulong Inverse(ulong odd)
    {
        var x = odd;
        for (var i = 0; i < 6; i++) x = unchecked(x * (2 - odd * x));
        return x;
    }
}
