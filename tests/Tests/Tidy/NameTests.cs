using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace MyKey.Tests.Tidy;

/// <summary>Goal: one word for one thing (GLOSSARY.md), and no names that say nothing.</summary>
public partial class NameTests
{
    private static readonly string[] Suffixes = ["Manager", "Helper", "Helpers", "Service", "Impl", "Dto", "Util", "Utils", "Utilities"];

    private static readonly IReadOnlyList<string> Terms = [.. Table(@"^\|[^|]+\|([^|]+)\|[^|]+\|$").SelectMany(c => Backticked().Matches(c[0]).Select(m => m.Groups[1].Value))];

    private static readonly Dictionary<string, string> Instead = Table(@"^\| `(\w+)` \| ([^|]+) \|$").ToDictionary(c => c[0], c => c[1], StringComparer.OrdinalIgnoreCase);

    private static readonly Assembly[] Assemblies =
        [.. Directory.GetFiles(AppContext.BaseDirectory, "MyKey.*.dll").Select(f => Assembly.Load(Path.GetFileNameWithoutExtension(f)))];

    [Fact]
    public void Types_have_telling_names() => SourceTree.Clean(OurTypes().Where(t => EmptySuffix(t.Name)).Select(t => $"{t.FullName} has a suffix that says nothing"));

    [Fact]
    public void Methods_have_no_Async_suffix() => SourceTree.Clean(OurTypes().SelectMany(AsyncMethods));

    [Fact]
    public void Types_use_the_words_of_the_glossary() => SourceTree.Clean(
        from type in OurTypes()
        where type.Assembly.GetName().Name is "MyKey.Ledger" or "MyKey.Identity" or "MyKey.App"
        from fault in Synonyms(type.Name)
        select $"{type.FullName}: {fault}");

    [Fact]
    public void Tables_use_the_words_of_the_glossary() => SourceTree.Clean(
        from file in SourceTree.In("src")
        where file.Path.EndsWith(".sql", StringComparison.Ordinal)
        from Match name in SnakeName().Matches(SqlComment().Replace(file.Text, ""))
        from word in name.Value.Split('_')
        where Instead.ContainsKey(word)
        select $"{file.Path} {name.Value}: {word} is {Instead[word]}");

    [Fact]
    public void The_glossary_is_read()
    {
        Assert.Contains("MyKeyId", Terms);
        Assert.Contains("Wallet", Instead);
        Assert.Contains(OurTypes(), t => t.FullName == "MyKey.Kernel.Points");
    }

    [Theory]
    [InlineData("LotManager", true)]
    [InlineData("GrantDto", true)]
    [InlineData("PaymentService", false)]
    [InlineData("Lot", false)]
    public void An_empty_suffix_is_found(string name, bool found) => Assert.Equal(found, EmptySuffix(name));

    [Theory]
    [InlineData("UserSettings", true)]
    [InlineData("MerchantList", true)]
    [InlineData("UserNumber", false)]
    [InlineData("Citizen", false)]
    public void A_synonym_is_found(string name, bool found) => Assert.Equal(found, Synonyms(name).Any());

    [Fact]
    public void An_Async_suffix_is_found() => Assert.Equal(["LoadAsync"], AsyncMethods(typeof(Planted)).Select(m => m[(m.LastIndexOf('.') + 1)..].Split(' ')[0]));

    private static bool EmptySuffix(string name) =>
        Suffixes.Any(s => PlainName(name).EndsWith(s, StringComparison.Ordinal)) && !Terms.Any(t => PlainName(name).EndsWith(t, StringComparison.Ordinal));

    private static IEnumerable<string> Synonyms(string name)
    {
        var rest = Terms.Where(t => t.Length > 4).OrderByDescending(t => t.Length).Aggregate(PlainName(name), (n, term) => n.Replace(term, "", StringComparison.Ordinal));
        return SourceTree.Words(rest).Where(Instead.ContainsKey).Select(w => $"{w} is {Instead[w]}");
    }

    private static string PlainName(string name) => name.Split('`')[0];

    private static IEnumerable<string> AsyncMethods(Type type) =>
        from method in type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
        where method.Name.EndsWith("Async", StringComparison.Ordinal) && !GivenFromOutside(method)
        select $"{type.FullName}.{method.Name} ends with Async";

    private static bool GivenFromOutside(MethodInfo method)
    {
        if (method.GetBaseDefinition().DeclaringType is { } origin && !Ours(origin)) return true;
        if (method.DeclaringType!.IsInterface) return false;
        return method.DeclaringType.GetInterfaces().Where(i => !Ours(i)).Any(i => method.DeclaringType.GetInterfaceMap(i).TargetMethods.Contains(method));
    }

    private static bool Ours(Type type) => type.Assembly.GetName().Name!.StartsWith("MyKey.", StringComparison.Ordinal);

    private static IEnumerable<Type> OurTypes() => Assemblies.SelectMany(a => a.GetTypes())
        .Where(t => t.Namespace?.StartsWith("MyKey.", StringComparison.Ordinal) == true && !t.Name.Contains('<') && t != typeof(Planted)
            && !t.IsDefined(typeof(CompilerGeneratedAttribute)) && !t.Name.Contains("__", StringComparison.Ordinal)); // X__Y: a page as Razor compiles it

    private static IEnumerable<string[]> Table(string row) => Regex.Matches(SourceTree.File("GLOSSARY.md").Text, row, RegexOptions.Multiline)
        .Select(m => m.Groups.Values.Skip(1).Select(g => g.Value.Trim()).ToArray());

    [GeneratedRegex("`([A-Z]\\w+)`")]
    private static partial Regex Backticked();

    [GeneratedRegex(@"\b[a-z]+(_[a-z0-9]+)*\b")]
    private static partial Regex SnakeName();

    [GeneratedRegex("--[^\n]*")]
    private static partial Regex SqlComment();

    private sealed class Planted : IAsyncDisposable
    {
        public static Task LoadAsync() => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
