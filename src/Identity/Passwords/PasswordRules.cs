using System.Collections.Frozen;
using MyKey.Kernel;

namespace MyKey.Identity.Passwords;

/// <summary>
/// What may be a password: 10 characters or more and nothing that is tried first. <c>common-passwords.csv</c> holds the stems of the
/// lists that leaked; a password is compared without the digits and signs around it and with the usual replacements undone (p@ssw0rd).
/// </summary>
public static class PasswordRules
{
    public const int Shortest = 10, Longest = 128;

    private static readonly string[] Rows =
        ["abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujm", "aiueokakikukekosasisuseso"];

    private static readonly FrozenSet<string> Stems = Embedded.Rows(typeof(PasswordRules), "common-passwords.csv", 1).Select(cells => cells[0]).Where(stem => stem.Length > 0).ToFrozenSet(StringComparer.Ordinal);

    /// <param name="own">What the password must not contain: the MyKeyId or staff number it belongs to.</param>
    /// <returns>null, or <c>password_weak</c>, or <c>too_large</c> above 128 characters.</returns>
    public static Refusal? Check(string? password, string? own = null)
    {
        if (password is null || password.EnumerateRunes().Count() < Shortest) return Refusal.Of("password_weak");
        if (password.Length > Longest) return Refusal.Of("too_large");
        var plain = Typed.HalfWidth(password).ToLowerInvariant();
        var weak = own is not null && plain.Contains(own.ToLowerInvariant(), StringComparison.Ordinal)
            || plain.All(char.IsAsciiDigit) || FewCharacters(plain) || Repeats(plain) || Rolls(plain) || IsCommon(plain);
        return weak ? Refusal.Of("password_weak") : null;
    }

    private static bool FewCharacters(string text) => text.Distinct().Count() < 4;

    /// <summary>One block of at most 5 characters over and over.</summary>
    private static bool Repeats(string text) =>
        Enumerable.Range(1, 5).Any(period => Enumerable.Range(period, text.Length - period).All(i => text[i] == text[i - period]));

    /// <summary>At least two thirds of it run along the alphabet, the digits or a row of keys, forwards or backwards, four at a time.</summary>
    private static bool Rolls(string text)
    {
        var rolled = new bool[text.Length];
        for (var i = 0; i + 4 <= text.Length; i++)
        {
            var four = text.Substring(i, 4);
            var back = new string([.. four.Reverse()]);
            if (Rows.Any(r => r.Contains(four, StringComparison.Ordinal) || r.Contains(back, StringComparison.Ordinal))) Array.Fill(rolled, true, i, 4);
        }
        return rolled.Count(r => r) * 3 >= text.Length * 2;
    }

    private static bool IsCommon(string text)
    {
        if (Stems.Contains(text)) return true;
        foreach (var form in new[] { text, Unreplaced(text, '1', 'i'), Unreplaced(text, '1', 'l') })
        {
            var letters = new string([.. form.Where(char.IsAsciiLetter)]);
            var stem = form.Trim([.. form.Where(c => !char.IsAsciiLetter(c)).Distinct()]);
            if (Stems.Contains(stem) || Stems.Contains(letters)) return true;
            if (letters.Length % 2 == 0 && letters[..(letters.Length / 2)] is var half && letters.EndsWith(half, StringComparison.Ordinal) && Stems.Contains(half)) return true;
        }
        return false;
    }

    private static string Unreplaced(string text, char one, char letter) =>
        text.TrimEnd([.. "0123456789!?.-_#*"]).Replace('0', 'o').Replace('3', 'e').Replace('4', 'a').Replace('@', 'a').Replace('5', 's').Replace('$', 's')
            .Replace('7', 't').Replace('!', 'i').Replace(one, letter);
}
