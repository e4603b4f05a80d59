using MyKey.App.Shared;
using MyKey.Kernel;

namespace MyKey.App.Support;

/// <param name="More">Where it goes on: an address and its words.</param>
/// <param name="Source">The requirement behind the answer.</param>
public sealed record Question(string Topic, string Asked, string Answer, (string Href, string Text)? More, string Source);

/// <summary>よくある質問: <c>faq.csv</c>, written from the requirements, and its search. Kana, width and case do not matter; every word has to be there.</summary>
public static class Faq
{
    private const int LongestSearch = 100;

    public static IReadOnlyList<Question> All { get; } = [.. Embedded.Rows(typeof(Faq), "faq.csv", 5).Select(Read)];

    private static readonly IReadOnlyList<string> Folded = [.. All.Select(q => SearchText.Of(q.Topic, q.Asked, q.Answer))];

    /// <returns>In the order of the file; all of them for nothing.</returns>
    public static IReadOnlyList<Question> Find(string? typed)
    {
        var words = SearchText.Words(typed is { Length: > LongestSearch } ? typed[..LongestSearch] : typed).ToList();
        return [.. All.Where((_, i) => words.All(w => Folded[i].Contains(w, StringComparison.Ordinal)))];
    }

    private static Question Read(string[] cells)
    {
        var more = cells[3].Split(' ', 2);
        return new Question(cells[0], cells[1], cells[2], more.Length == 2 ? (more[0], more[1]) : null, cells[4]);
    }
}
