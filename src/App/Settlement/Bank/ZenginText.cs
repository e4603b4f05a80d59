using System.Collections.Frozen;
using System.Text;
using MyKey.Kernel;

namespace MyKey.App.Settlement;

/// <summary>
/// Names as banks write them: JIS X 0201, half-width kana without small ones, capital letters, digits and a few signs; ﾞ and ﾟ take a place each. <c>zengin_kana.csv</c> says what becomes what, <c>zengin_words.csv</c>
/// how kinds of companies are shortened: ｶ) in front, (ｶ) inside, (ｶ at the end.
/// </summary>
public static class ZenginText
{
    private const string Signs = " ().-/";
    private const char FirstKana = 'ｱ', LastKana = 'ﾝ', Voiced = 'ﾞ', HalfVoiced = 'ﾟ';
    private const int HiraganaFirst = 0x3041, HiraganaLast = 0x3096, HiraganaStep = 0x60, KanaByteStep = 0xFF61 - 0xA1;

    private static readonly FrozenDictionary<char, string> Kana = Embedded.Rows(typeof(ZenginText), "zengin_kana.csv", 2).ToFrozenDictionary(r => r[0].Single(), r => r[1]);

    private static readonly IReadOnlyList<(string Word, string Short)> Companies = [.. Embedded.Rows(typeof(ZenginText), "zengin_words.csv", 2).Select(r => (r[0], r[1])).OrderByDescending(r => r.Item1.Length)];

    /// <param name="longest">In bytes of the file.</param>
    /// <returns>As it will stand in the file, without the spaces that fill it up; <c>field_required</c> (field), <c>bank_format</c> (field) for what no bank can write, such as kanji, and for what is too long.</returns>
    public static Result<string> Read(string field, string? typed, int longest)
    {
        var text = Typed.HalfWidth(typed);
        if (text.Length == 0) return Refusal.Of("field_required", ("field", field));
        var made = new StringBuilder();
        foreach (var letter in Shortened(Katakana(text)))
        {
            if (Kana.TryGetValue(letter, out var kana)) made.Append(kana);
            else if (Of(letter) is { } known) made.Append(known);
            else return Refusal.Of("bank_format", ("field", field));
        }
        var name = string.Join(' ', made.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return name.Length is > 0 && name.Length <= longest ? name : Refusal.Of("bank_format", ("field", field));
    }

    /// <summary>One byte a letter.</summary>
    /// <param name="name">As <see cref="Read"/> gives it.</param>
    public static void Write(string name, Span<byte> field)
    {
        field.Fill((byte)' ');
        for (var i = 0; i < name.Length; i++) field[i] = (byte)(name[i] >= FirstKana ? name[i] - KanaByteStep : name[i]);
    }

    private static char? Of(char letter)
    {
        if (char.IsWhiteSpace(letter)) return ' ';
        if (char.IsAsciiLetterLower(letter)) return char.ToUpperInvariant(letter);
        return char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter) || Signs.Contains(letter) || letter is (>= FirstKana and <= LastKana) or Voiced or HalfVoiced ? letter : null;
    }

    private static string Katakana(string text) => string.Create(text.Length, text, (to, from) =>
    {
        for (var i = 0; i < from.Length; i++) to[i] = from[i] is >= (char)HiraganaFirst and <= (char)HiraganaLast ? (char)(from[i] + HiraganaStep) : from[i];
    });

    private static string Shortened(string text)
    {
        foreach (var (word, brief) in Companies)
        {
            var at = text.IndexOf(word, StringComparison.Ordinal);
            if (at < 0) continue;
            var (before, after) = (text[..at].TrimEnd(), text[(at + word.Length)..].TrimStart());
            return before.Length == 0 ? $"{brief}){after}" : after.Length == 0 ? $"{before}({brief}" : $"{before}({brief}){after}";
        }
        return text;
    }
}
