using System.Collections.Frozen;
using System.Text;

namespace MyKey.App.Shared;

/// <summary>
/// How what people type is compared with what is written (S0-1008, S2-P18j): hiragana and katakana, full and half width, upper and lower case and some older forms of characters are the same, blanks and signs
/// count for nothing. By tables of our own, because where the App runs there may be no Unicode tables of the system.
/// </summary>
public static class SearchText
{
    private const string HalfKana = "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
    private const string Voiced = "カキクケコサシスセソタチツテトハヒフヘホ", HalfVoiced = "ハヒフヘホ";
    private const char VoiceMark = '\u3099', HalfVoiceMark = '\u309A';

    private static readonly FrozenDictionary<char, char> Older = "髙高﨑崎碕崎德徳濵浜濱浜邉辺邊辺澤沢齋斉齊斉斎斉廣広國国櫻桜瀧滝龍竜槇槙籠篭ヶケヵカヰイヱエヲオ".Chunk(2).ToFrozenDictionary(p => p[0], p => p[1]);

    /// <summary>One text without blanks.</summary>
    public static string Fold(string? text)
    {
        var folded = new StringBuilder();
        foreach (var c in text ?? "") Add(folded, Plain(c));
        return folded.ToString();
    }

    /// <summary>What is kept for searching: each text folded, blanks between.</summary>
    public static string Of(params IEnumerable<string> texts) => string.Join(' ', texts.Select(Fold).Where(t => t.Length > 0).Distinct(StringComparer.Ordinal));

    /// <summary>The words of a text, folded, each once.</summary>
    public static IEnumerable<string> Words(string? text) =>
        (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Fold).Where(w => w.Length > 0).Distinct(StringComparer.Ordinal);

    private static char Plain(char c) => c switch
    {
        >= '！' and <= '～' => (char)(c - '！' + '!'),
        >= 'ｦ' and <= 'ﾝ' => HalfKana[c - 'ｦ'],
        'ﾞ' or '゛' => VoiceMark,
        'ﾟ' or '゜' => HalfVoiceMark,
        >= 'ぁ' and <= 'ゖ' => (char)(c + 0x60),
        'ゝ' => 'ヽ',
        'ゞ' => 'ヾ',
        _ => c,
    };

    private static void Add(StringBuilder folded, char c)
    {
        var last = folded.Length > 0 ? folded[^1] : ' ';
        if (c == VoiceMark && Voiced.Contains(last, StringComparison.Ordinal)) folded[^1] = (char)(last + 1);
        else if (c == VoiceMark && last == 'ウ') folded[^1] = 'ヴ';
        else if (c == HalfVoiceMark && HalfVoiced.Contains(last, StringComparison.Ordinal)) folded[^1] = (char)(last + 2);
        else if (char.IsLetterOrDigit(c) || char.IsSurrogate(c)) folded.Append(char.ToLowerInvariant(Older.GetValueOrDefault(c, c)));
    }
}
