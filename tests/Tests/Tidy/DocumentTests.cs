using System.Text.RegularExpressions;

namespace MyKey.Tests.Tidy;

/// <summary>Goal: the documents say what the code does: refusal codes, operations, links.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public partial class DocumentTests
{
    private const string ForLaterPath = "tests/Tests/Tidy/refusals-for-later.txt";

    private static readonly string[] Codes = [.. MyKey.Kernel.RefusalText.All.Select(t => t.Code)];

    [Fact]
    public void Refusal_codes_in_the_product_are_in_the_list() => SourceTree.Clean(SourceTree.CSharp("src").SelectMany(f => UnknownCodes(f, Codes)));

    /// <summary>A code is in use, or it waits on the list for later; the list only ever shrinks.</summary>
    [Fact]
    public void Refusal_codes_of_the_list_are_used_or_wait()
    {
        var used = SourceTree.In("src").SelectMany(Texts).ToHashSet(StringComparer.Ordinal);
        var waiting = SourceTree.File(ForLaterPath).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (Support.Golden.Writes) File.WriteAllLines(Path.Combine(SourceTree.Root, ForLaterPath), waiting.Where(c => Codes.Contains(c) && !used.Contains(c)));
        else SourceTree.Clean(Unbalanced(Codes, used, waiting));
    }

    [Fact]
    public void Operations_are_listed()
    {
        var listed = ListedOperation().Matches(SourceTree.File("docs/operation-log.md").Text).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var texts = SourceTree.CSharp("src").SelectMany(Texts).ToHashSet(StringComparer.Ordinal);
        SourceTree.Clean(SourceTree.CSharp("src").SelectMany(f => WrittenOperations(f).Where(o => !listed.Contains(o)).Select(o => $"{f.Path} writes {o}, which docs/operation-log.md does not list"))
            .Concat(listed.Where(o => !texts.Contains(o)).Select(o => $"docs/operation-log.md lists {o}, which nothing writes")));
    }

    [Fact]
    public void Each_invariant_has_a_test_that_breaks_it()
    {
        var listed = ListedInvariant().Matches(SourceTree.File("docs/invariants.md").Text).Select(m => m.Groups[1].Value).ToList();
        var tested = SourceTree.CSharp("tests").SelectMany(f => InvariantTest().Matches(f.Text)).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(listed);
        SourceTree.Clean(listed.Where(n => !tested.Contains(n)).Select(n => $"docs/invariants.md {n}: no test is named Invariant_{n}_…"));
    }

    [Fact]
    public void Links_lead_somewhere() => SourceTree.Clean(SourceTree.Files.Where(f => f.Path.EndsWith(".md", StringComparison.Ordinal)).SelectMany(DeadLinks));

    [Fact]
    public void Commands_can_be_run() => SourceTree.Clean(new[] { "mykey", ".ci/run" }
        .Where(f => (File.GetUnixFileMode(Path.Combine(SourceTree.Root, f)) & UnixFileMode.UserExecute) == 0).Select(f => $"{f} cannot be run"));

    [Fact]
    public void An_unknown_code_is_found() => Assert.Single(UnknownCodes(new SourceFile("x.cs", "return Refusal.Of(\"no_such\", (\"rest\", 1)); Refusal.Of( \"busy\" )"), ["busy"]));

    [Theory]
    [InlineData("", "", 1)]
    [InlineData("busy", "", 0)]
    [InlineData("", "busy", 0)]
    [InlineData("busy", "busy", 1)]
    [InlineData("busy", "gone", 1)]
    public void An_unbalanced_list_is_found(string used, string waiting, int found) =>
        Assert.Equal(found, Unbalanced(["busy"], [used], waiting.Length == 0 ? [] : [waiting]).Count());

    [Fact]
    public void A_written_operation_is_found() => Assert.Equal(["id.issued"], WrittenOperations(new SourceFile("x.cs", "log.Write(tx, new Operation(\"id.issued\", actor))")));

    [Theory]
    [InlineData("[a](no/such.md)", 1)]
    [InlineData("[a](../src/Kernel/Refusal.cs) [b](https://mykey.example/) [c](#here)", 0)]
    public void A_dead_link_is_found(string text, int found) => Assert.Equal(found, DeadLinks(new SourceFile("docs/x.md", text)).Count());

    private static IEnumerable<string> UnknownCodes(SourceFile file, string[] codes) =>
        RefusalOf().Matches(file.Text).Where(m => !codes.Contains(m.Groups[1].Value)).Select(m => $"{file.At(m.Index)} refuses with {m.Groups[1].Value}, which refusals.csv does not list");

    private static IEnumerable<string> Unbalanced(string[] codes, HashSet<string> used, string[] waiting) =>
        codes.Where(c => !used.Contains(c) && !waiting.Contains(c)).Select(c => $"{c} is used nowhere and does not wait in {ForLaterPath}")
            .Concat(waiting.Where(c => used.Contains(c) || !codes.Contains(c)).Select(c => $"{c} waits no longer: ./mykey check --write strikes it"));

    private static IEnumerable<string> Texts(SourceFile file) => file.IsCSharp ? file.CSharp.Strings.Select(s => s.Content)
        : file.Path.EndsWith(".cshtml", StringComparison.Ordinal) ? Quoted().Matches(file.Text).Select(m => m.Groups[1].Value) : [];

    private static IEnumerable<string> WrittenOperations(SourceFile file) => NewOperation().Matches(file.Text).Select(m => m.Groups[1].Value);

    private static IEnumerable<string> DeadLinks(SourceFile file) =>
        from Match link in Link().Matches(file.Text)
        let target = link.Groups[1].Value
        where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
        where !Path.Exists(Path.Combine(SourceTree.Root, Path.GetDirectoryName(file.Path)!, target))
        select $"{file.At(link.Index)} leads to {target}, which is not there";

    [GeneratedRegex(@"\bRefusal\.Of\(\s*""([^""]*)""")]
    private static partial Regex RefusalOf();

    [GeneratedRegex(@"\bnew Operation\(\s*""([^""]*)""")]
    private static partial Regex NewOperation();

    [GeneratedRegex(@"^\| `([a-z_]+\.[a-z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex ListedOperation();

    [GeneratedRegex(@"^\| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex ListedInvariant();

    [GeneratedRegex(@"\bInvariant_(\d+)_\w+\(")]
    private static partial Regex InvariantTest();

    [GeneratedRegex(@"""(\w+)""")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\]\(([^)#\s]*)[^)]*\)")]
    private static partial Regex Link();
}
