namespace MyKey.Kernel;

/// <summary>
/// Guard of every free-text field: no My Number and no card number comes in (S0-1002a, S0-1020a, S1-45). Digits may be full-width and
/// grouped by single spaces or hyphens, as people write them; each run of whole groups is looked at.
/// </summary>
public static class FreeText
{
    private const string Separators = " -‐‑‒–—−ー・.";

    /// <returns>null when the text may be stored; else <c>my_number_refused</c> or <c>pan_refused</c>.</returns>
    public static Refusal? Check(string? text)
    {
        var typed = Typed.HalfWidth(text);
        for (var start = 0; start < typed.Length; start++)
            if (char.IsAsciiDigit(typed[start]) && (start == 0 || !char.IsAsciiDigit(typed[start - 1])) && CheckFrom(typed, start) is { } no)
                return no;
        return null;
    }

    /// <summary>The last of the 12 digits of a My Number: 11 − (Σ Pn·Qn mod 11), 0 when the remainder is 0 or 1 (Order of MIC 85/2014, art. 5).</summary>
    public static bool IsMyNumber(ReadOnlySpan<char> digits)
    {
        if (digits.Length != 12) return false;
        var sum = 0;
        for (var n = 1; n <= 11; n++) sum += (digits[11 - n] - '0') * (n <= 6 ? n + 1 : n - 5);
        var rest = sum % 11;
        return digits[11] - '0' == (rest <= 1 ? 0 : 11 - rest);
    }

    /// <summary>14 to 19 digits with the right check digit of ISO/IEC 7812-1 (Luhn).</summary>
    public static bool IsCardNumber(ReadOnlySpan<char> digits)
    {
        if (digits.Length is < 14 or > 19 || digits.Trim('0').IsEmpty) return false;
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[digits.Length - 1 - i] - '0';
            sum += i % 2 == 0 ? digit : digit < 5 ? digit * 2 : digit * 2 - 9;
        }
        return sum % 10 == 0;
    }

    private static Refusal? CheckFrom(string text, int start)
    {
        Span<char> digits = stackalloc char[20];
        var count = 0;
        Refusal? found = null;
        for (var i = start; i < text.Length; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
            {
                if (!Separators.Contains(text[i], StringComparison.Ordinal)) return found;
                if (i + 1 == text.Length || !char.IsAsciiDigit(text[i + 1])) return found;
                continue;
            }
            if (count == 19) return found;
            digits[count++] = text[i];
            var groupEnds = i + 1 == text.Length || !char.IsAsciiDigit(text[i + 1]);
            if (!groupEnds) continue;
            if (IsMyNumber(digits[..count])) found = Refusal.Of("my_number_refused");
            // The first twelve digits of a card number may happen to pass as a My Number: the longer reading tells the person more.
            if (IsCardNumber(digits[..count])) found = Refusal.Of("pan_refused");
        }
        return found;
    }
}
