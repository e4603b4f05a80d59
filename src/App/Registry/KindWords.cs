using MyKey.App.Shared;

namespace MyKey.App.Registry;

/// <summary>Kinds of places by what people call them (S0-1008): their name, each part of it, how it is read, and other words for it. Put together when somebody asks, once for as long as no kind changes.</summary>
internal sealed class KindWords(IReadOnlyCollection<ProviderKind> providers)
{
    private static readonly char[] Between = ['・', '、', '（', '）'];

    private readonly Lazy<ILookup<string, string>> byWord = new(() => AcceptorKind.All.Where(k => k.MayAccept).Select(k => (k.Code, k.Name, k.Words))
        .Concat(providers.Select(k => (k.Code, k.Name, k.Words))).Append((Place.Support, Place.SupportName, Place.SupportWords))
        .SelectMany(k => WordsOf(k.Item2, k.Item3).Select(w => (Word: w, Code: k.Item1))).Distinct().ToLookup(w => w.Word, w => w.Code));

    /// <summary>Codes of the kinds that a folded word means, whole.</summary>
    public IReadOnlyList<string> Named(string word) => [.. byWord.Value[word]];

    private static IEnumerable<string> WordsOf(string name, string words) =>
        name.Split(Between).Concat(words.Split('、')).Append(name).Select(SearchText.Fold).Where(w => w.Length > 1);
}
