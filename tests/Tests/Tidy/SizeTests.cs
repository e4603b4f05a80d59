using System.Text.RegularExpressions;

namespace MyKey.Tests.Tidy;

/// <summary>Goal: a file stays below 400 lines and a function below 71. The lists only ever shrink.</summary>
public partial class SizeTests
{
    private const int FileLines = 400;
    private const int FunctionLines = 70;
    private const int ReadmeLines = 30;

    private static readonly Dictionary<string, int> LongFiles = [];

    private static readonly Dictionary<string, int> LongFunctions = [];

    [Fact]
    public void Files_are_short() => SourceTree.Clean(SourceTree.Files.Where(IsCode).SelectMany(f => TooLong(f.Path, Lines(f.Text), LongFiles.GetValueOrDefault(f.Path, FileLines))));

    [Fact]
    public void Functions_are_short() => SourceTree.Clean(SourceTree.CSharp("src", "tools", "tests")
        .SelectMany(Functions).SelectMany(f => TooLong(f.Place, f.Lines, LongFunctions.GetValueOrDefault(f.Place, FunctionLines))));

    [Fact]
    public void A_module_explains_itself_in_thirty_lines() => SourceTree.Clean(SourceTree.In("src", "tools")
        .Where(f => Path.GetFileName(f.Path) == "README.md").SelectMany(f => TooLong(f.Path, Lines(f.Text), ReadmeLines)));

    [Fact]
    public void The_lists_only_shrink()
    {
        var functions = SourceTree.CSharp("src", "tools", "tests").SelectMany(Functions).ToLookup(f => f.Place, f => f.Lines);
        SourceTree.Clean(LongFiles.Where(l => SourceTree.Files.All(f => f.Path != l.Key || Lines(f.Text) < l.Value))
            .Concat(LongFunctions.Where(l => functions[l.Key].All(n => n < l.Value))).Select(l => $"{l.Key} is shorter than {l.Value} now: lower or strike its line"));
    }

    [Fact]
    public void A_long_file_is_found() => Assert.Single(TooLong("x", Lines(new string('\n', 401)), FileLines));

    [Theory]
    [InlineData("class C { void F() {@} }")]
    [InlineData("class C { int F(int a) => a switch {@ _ => 1 }; }")]
    [InlineData("class C<T> where T : class { public T P { get {@} } }")]
    [InlineData("namespace N { class C { static void F<T>(T t) where T : class {@} } }")]
    [InlineData("record R(int A) { void F() { if (A > 1) {@} } }")]
    public void A_long_function_is_found(string text) =>
        Assert.Single(Functions(new SourceFile("x.cs", text.Replace("@", new string('\n', 70), StringComparison.Ordinal))), f => f.Lines > FunctionLines);

    [Theory]
    [InlineData("class C { static readonly int[] Table = [@]; }")]
    [InlineData("class C { void F() { } @ void G() { } }")]
    [InlineData("class C { int P { get; } = 1;@ int Q => 2; }")]
    [InlineData("class C { [A(B = 1)] void F(int a = 1) { } @ int G() => 2; }")]
    public void Other_lines_do_not_count(string text) =>
        Assert.DoesNotContain(Functions(new SourceFile("x.cs", text.Replace("@", new string('\n', 70), StringComparison.Ordinal))), f => f.Lines > FunctionLines);

    private static bool IsCode(SourceFile f) =>
        f.Path is "mykey" or ".ci/run" || new[] { ".cs", ".cshtml", ".js", ".sql", ".sh" }.Contains(Path.GetExtension(f.Path));

    private static int Lines(string text) => text.AsSpan().Count('\n');

    private static IEnumerable<string> TooLong(string place, int lines, int most) => lines > most ? [$"{place} has {lines} lines; {most} are allowed"] : [];

    /// <summary>The members of types that hold statements, with their first to last line.</summary>
    private static IEnumerable<(string Place, int Lines)> Functions(SourceFile file)
    {
        var code = file.CSharp.Code;
        var (start, parentheses) = (0, 0);
        for (var i = 0; i < code.Length; i++)
        {
            if (code[i] is '(' or '[') parentheses++;
            else if (code[i] is ')' or ']') parentheses--;
            else if (code[i] == '}') start = i + 1;
            else if (code[i] == '{' && parentheses == 0 && Scope().IsMatch(Outline(code[start..i]))) start = i + 1;
            else if (code[i] == '{' || (code[i] == ';' && parentheses == 0))
            {
                var header = Outline(code[start..i]);
                if (code[i] == '{') i = Closing(code, i);
                if (parentheses > 0 || (code[i] == '}' && (Assigned().IsMatch(header) || Initialized().IsMatch(code[(i + 1)..])))) continue;
                var first = start + header.Length - header.TrimStart().Length;
                if (!Field().IsMatch(header)) yield return ($"{file.Path} {Name(header)}", code.AsSpan(first, i - first).Count('\n') + 1);
                start = i + 1;
            }
        }
    }

    /// <summary>The header of a member with everything inside round and square brackets blanked: attributes, parameters, defaults.</summary>
    private static string Outline(string header)
    {
        var depth = 0;
        return string.Concat(header.Select(c =>
        {
            if (c is ')' or ']') depth--;
            var shown = depth > 0 && c != '\n' ? ' ' : c;
            if (c is '(' or '[') depth++;
            return shown;
        }));
    }

    private static int Closing(string code, int at)
    {
        for (var depth = 0; at < code.Length; at++)
        {
            if (code[at] == '{') depth++;
            if (code[at] == '}' && --depth == 0) return at;
        }
        return code.Length - 1;
    }

    private static string Name(string header) => NameBefore().Match(header).Groups[1].Value;

    [GeneratedRegex(@"\A\s*(\[.*?\]\s*)*((public|internal|private|protected|static|sealed|abstract|partial|readonly|ref|file|unsafe|new)\s+)*(class|struct|record|interface|enum|namespace)\s[^;]*\z", RegexOptions.Singleline)]
    private static partial Regex Scope();

    // `X = …` or `F() => …`: ends at the semicolon, not at a brace.
    [GeneratedRegex(@"(?<![=<>!])=(?!=)")]
    private static partial Regex Assigned();

    [GeneratedRegex(@"\A\s*=")]
    private static partial Regex Initialized();

    [GeneratedRegex(@"\A[^(]*?(?<![=<>!])=(?![=>])")]
    private static partial Regex Field();

    [GeneratedRegex(@"(\w+)\s*(<[^()]*>)?\s*(\(|=>|\z)")]
    private static partial Regex NameBefore();
}
