using System.Collections.Concurrent;
using Microsoft.AspNetCore.Html;
using MyKey.Kernel;

namespace MyKey.App.Shared;

/// <summary>
/// The words of a citizens' page in a file beside it: <c>TopPage.texts.csv</c>, one line per text, one column per language
/// (<c>key;ja</c>, later <c>;ja-easy;en</c>). The words are ours and may carry markup such as <c>br</c> and <c>ruby</c>.
/// </summary>
public sealed class Texts
{
    private const char Divider = ';';
    private static readonly ConcurrentDictionary<string, Texts> Known = new();
    private readonly Dictionary<string, string> words;

    private Texts(Dictionary<string, string> words) => this.words = words;

    /// <exception cref="BrokenProperty">There is no such text.</exception>
    public IHtmlContent this[string key]
    {
        get
        {
            Must.Hold(words.TryGetValue(key, out var text), $"there is a text {key}");
            return new HtmlString(text);
        }
    }

    /// <param name="page">Folder and page, e.g. <c>Navi.TopPage</c>.</param>
    public static Texts Of(string page) => Known.GetOrAdd(page, Load);

    private static Texts Load(string page)
    {
        using var stream = Must.Have(typeof(Texts).Assembly.GetManifestResourceStream($"MyKey.App.{page}.texts.csv"), $"{page}.texts.csv is embedded");
        using var reader = new StreamReader(stream);
        var columns = reader.ReadLine()!.Split(Divider);
        var japanese = Array.IndexOf(columns, "ja");
        var words = new Dictionary<string, string>();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(Divider);
            Must.Hold(cells.Length == columns.Length, $"every line of {page}.texts.csv has {columns.Length} cells: {line}");
            words.Add(cells[0], cells[japanese]);
        }
        return new Texts(words);
    }
}
