using MyKey.App.Shared;

namespace MyKey.App.Registry;

/// <summary>Municipalities by what they are called; put together when somebody asks, once for as long as none changes.</summary>
internal sealed class MunicipalityNames
{
    private readonly Lazy<ILookup<string, Municipality>> byName, byWord;

    public MunicipalityNames(IReadOnlyCollection<Municipality> all)
    {
        byName = new(() => all.ToLookup(m => m.Name));
        byWord = new(() => all.SelectMany(m => WordsOf(m).Select(w => (Word: w, Municipality: m))).ToLookup(p => p.Word, p => p.Municipality));
    }

    /// <summary>Those of exactly this name.</summary>
    public IEnumerable<Municipality> Called(string name) => byName.Value[name];

    /// <inheritdoc cref="RegistryView.Named"/>
    public IReadOnlyList<Municipality> Named(string word) => byWord.Value[word].DistinctBy(m => m.Code).OrderBy(m => m.Code).ToList();

    private static IEnumerable<string> WordsOf(Municipality m)
    {
        string[] ends = m.Kind switch
        {
            MunicipalityKind.Prefecture => ["県", "府", "都", "ケン", "フ", "ト"],
            MunicipalityKind.Town => ["町", "マチ", "チョウ"],
            MunicipalityKind.Village => ["村", "ムラ", "ソン"],
            MunicipalityKind.SpecialWard or MunicipalityKind.Ward => ["区", "ク"],
            _ => ["市", "シ"],
        };
        foreach (var name in new[] { m.Name, m.Kana, m.FullName }.Concat(m.FormerNames.Split('、')))
        {
            var word = SearchText.Fold(name);
            if (word.Length < 2) continue;
            yield return word;
            if (ends.FirstOrDefault(e => word.Length > e.Length + 1 && word.EndsWith(e, StringComparison.Ordinal)) is { } end) yield return word[..^end.Length];
        }
    }
}
