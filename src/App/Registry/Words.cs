using System.Collections.Frozen;
using System.Text;
using MyKey.Kernel;

namespace MyKey.App.Registry;

/// <summary>The stored words of an enumeration: <c>SpecialWard</c> is <c>special_ward</c> in tables, files and the API.</summary>
public static class Words<T> where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> ByValue = Enum.GetValues<T>().ToFrozenDictionary(v => v, v => Snake(v.ToString()));

    private static readonly FrozenDictionary<string, T> ByWord = ByValue.ToFrozenDictionary(v => v.Value, v => v.Key);

    public static string Of(T value) => ByValue[value];

    public static T? Find(string word) => ByWord.TryGetValue(word, out var value) ? value : null;

    /// <exception cref="BrokenProperty">A stored word that is none of ours.</exception>
    public static T Stored(string word)
    {
        if (!ByWord.TryGetValue(word, out var value)) Must.Hold(false, $"{word} is a word of {typeof(T).Name}");
        return value;
    }

    private static string Snake(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}
