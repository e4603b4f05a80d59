using MyKey.App.Shared;

namespace MyKey.App.Registry;

/// <summary>What places are found by (S0-1008), as <see cref="SearchText"/> folds it.</summary>
public static class PlaceText
{
    public const int MostWords = 3, LongestWord = 30;

    /// <summary>The words that somebody is looking for.</summary>
    public static IReadOnlyList<string> Words(string? typed) => [.. SearchText.Words(typed).Select(w => w.Length > LongestWord ? w[..LongestWord] : w).Distinct(StringComparer.Ordinal).Take(MostWords)];

    /// <summary>The pairs of characters of a search text, none over a blank.</summary>
    public static IReadOnlySet<int> Tokens(string search)
    {
        var tokens = new HashSet<int>();
        for (var i = 0; i + 1 < search.Length; i++)
            if (search[i] != ' ' && search[i + 1] != ' ') tokens.Add(unchecked((search[i] << 16) | search[i + 1]));
        return tokens;
    }
}
