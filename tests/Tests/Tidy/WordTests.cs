using System.Text.RegularExpressions;

namespace MyKey.Tests.Tidy;

/// <summary>Goal: no leftovers, no swallowed errors, no skipped tests, no trace of the machine the work was done on.</summary>
public partial class WordTests
{
    private static readonly string[] Hosts =
    [
        "127.0.0.1", "[::1]", "localhost", "mykey.localhost", "card.localhost", "jpki.localhost", "dotnet.microsoft.com", "www.apache.org", "www.w3.org",
        "www.rfc-editor.org", "schemas.microsoft.com", "aka.ms",
        "www.kojinbango-card.go.jp",  // where cards are applied for (S0-2001)
        "www.jpki.go.jp",  // which card readers work (S0-2003)
        "totp",  // otpauth://totp/ of authenticator apps
    ];

    [Fact]
    public void No_leftovers() => SourceTree.Clean(Others().SelectMany(f => Found(f, f.Text, Leftover(), "a leftover")));

    [Fact]
    public void No_big_words() => SourceTree.Clean(Others().SelectMany(f => Found(f, f.Text, BigWord(), "a word that says nothing")));

    [Fact]
    public void No_place_of_one_machine() => SourceTree.Clean(Others().SelectMany(f => Found(f, f.Text, MachinePath(), "a path of one machine")));

    [Fact]
    public void No_address_but_the_listed() => SourceTree.Clean(Others().SelectMany(ForeignHosts));

    [Fact]
    public void No_swallowed_error() => SourceTree.Clean(SourceTree.CSharp("src", "tools", "tests").SelectMany(Swallowed));

    [Fact]
    public void No_skipped_test() => SourceTree.Clean(SourceTree.CSharp("tests").SelectMany(f => Found(f, f.CSharp.Code, SkippedTest(), "a skipped test")));

    [Fact]
    public void No_double_in_the_product() => SourceTree.Clean(SourceTree.In("src").Where(f => f.IsCSharp || f.Path.EndsWith(".cshtml", StringComparison.Ordinal))
        .SelectMany(f => Found(f, f.Text, TestDouble(), "a double of our own parts")));

    [Theory]
    [InlineData("// TODO later", 1)]
    [InlineData("<!-- FIXME -->", 1)]
    [InlineData("toDo(); hacked", 0)]
    public void A_leftover_is_found(string text, int found) => Assert.Equal(found, Found(Planted(text), text, Leftover(), "").Count());

    [Theory]
    [InlineData("cd /home/somebody/mykey", 1)]
    [InlineData("see /work/x", 1)]
    [InlineData("~/.nuget C:\\Users\\x", 1)]
    [InlineData("coming soon", 0)]
    [InlineData("https://mykey.example/home/page", 0)]
    public void A_machine_path_is_found(string text, int found) => Assert.Equal(found, Found(Planted(text), text, MachinePath(), "").Count());

    [Theory]
    [InlineData("we leverage it", 1)]
    [InlineData("This page is coming soon.", 1)]
    [InlineData("the next step", 0)]
    public void A_big_word_is_found(string text, int found) => Assert.Equal(found, Found(Planted(text), text, BigWord(), "").Count());

    [Theory]
    [InlineData("https://packages.somewhere.org/v3/index.json", 1)]
    [InlineData("http://127.0.0.1:5080/x http://mykey.localhost:5080 https://shop.example/ http://{host}/", 0)]
    public void A_foreign_host_is_found(string text, int found) => Assert.Equal(found, ForeignHosts(Planted(text)).Count());

    [Theory]
    [InlineData("try { F(); } catch { }", 1)]
    [InlineData("try { F(); } catch (Exception e) when (e is X) { }", 1)]
    [InlineData("try { F(); } catch (Exception) { /* never mind */ }", 1)]
    [InlineData("try { F(); } catch (OperationCanceledException) { /* the host stops */ }", 0)]
    [InlineData("try { F(); } catch (Exception e) when (e is IOException) { /* hung up */ }", 0)]
    [InlineData("try { F(); } catch { G(); throw; }", 0)]
    public void A_swallowed_error_is_found(string text, int found) => Assert.Equal(found, Swallowed(Planted(text)).Count());

    [Theory]
    [InlineData("[Fact(Skip = \"slow\")] void T() { }", 1)]
    [InlineData("Assert.Skip(\"no card\");", 1)]
    [InlineData("rows.Skip(1);", 0)]
    public void A_skipped_test_is_found(string text, int found) => Assert.Equal(found, Found(Planted(text), CSharpText.Of(text).Code, SkippedTest(), "").Count());

    [Theory]
    [InlineData("class MockLedger;", 1)]
    [InlineData("if (site.DemoMode) return;", 1)]
    [InlineData("var democracy = 1;", 0)]
    public void A_double_is_found(string text, int found) => Assert.Equal(found, Found(Planted(text), text, TestDouble(), "").Count());

    private static SourceFile Planted(string text) => new("src/App/Planted.cs", text);

    // This file itself has to name what it looks for.
    private static IEnumerable<SourceFile> Others() => SourceTree.Files.Where(f => f.Path != "tests/Tests/Tidy/WordTests.cs");

    private static IEnumerable<string> Found(SourceFile file, string text, Regex what, string name) =>
        what.Matches(text).Select(m => $"{file.At(m.Index)} has {name}: {m.Value.Trim()}");

    private static IEnumerable<string> ForeignHosts(SourceFile file) =>
        from Match address in Address().Matches(file.Text)
        let host = address.Groups[1].Value
        where !Hosts.Contains(host) && !host.EndsWith(".example", StringComparison.Ordinal) && !host.EndsWith(".localhost", StringComparison.Ordinal)
        select $"{file.At(address.Index)} names the host {host}";

    private static IEnumerable<string> Swallowed(SourceFile file) =>
        from Match caught in Catch().Matches(file.CSharp.Code)
        let inside = file.Text[caught.Groups["body"].Index..(caught.Groups["body"].Index + caught.Groups["body"].Length)]
        let any = !caught.Groups["type"].Success || caught.Groups["type"].Value is "Exception" or "System.Exception"
        where (any && !caught.Groups["when"].Success) || string.IsNullOrWhiteSpace(inside)
        select $"{file.At(caught.Index)} swallows an error";

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Leftover();

    [GeneratedRegex(@"\b(utili[sz]e[sd]?|leverage[sd]?|seamless(ly)?|cutting-edge|state-of-the-art|coming soon|TBD|WIP)\b", RegexOptions.IgnoreCase)]
    private static partial Regex BigWord();

    [GeneratedRegex(@"(?<![\w.\-])(/home/\w|/work/|/root/|/Users/\w)|[A-Z]:\\Users\\")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\b[a-z]+://(?:[^/\s@""']*@)?(\[[0-9a-f:]+\]|[A-Za-z0-9][A-Za-z0-9.\-]*)")]
    private static partial Regex Address();

    [GeneratedRegex(@"\bcatch\s*(\(\s*(?<type>[\w.]+)[^)]*\))?\s*(?<when>when\s*\((?:[^()]|\([^()]*\))*\))?\s*\{(?<body>\s*)\}")]
    private static partial Regex Catch();

    [GeneratedRegex(@"\bSkip\s*=|\bSkip(Unless|When)\s*=|\bAssert\.Skip\w*")]
    private static partial Regex SkippedTest();

    [GeneratedRegex(@"\b(mock|stub|dummy|lorem)\w*|\b(Mock|Stub|Fake|Dummy)[A-Z]\w*|Demo(?![a-z])\w*|\bdemo\b")]
    private static partial Regex TestDouble();
}
