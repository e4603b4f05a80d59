using System.Text.RegularExpressions;

namespace MyKey.Tests.Tidy;

/// <summary>A text file of the repository; <paramref name="Path"/> is relative to its root, with slashes.</summary>
public sealed record SourceFile(string Path, string Text)
{
    private CSharpText? csharp;

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    public CSharpText CSharp => csharp ??= CSharpText.Of(Text);

    public bool In(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public string At(int index) => $"{Path}:{Text.AsSpan(0, index).Count('\n') + 1}";
}

/// <summary>The repository as it lies around the tests: every text file but what is built, kept or ignored.</summary>
public static partial class SourceTree
{
    private static readonly string[] Left = [".git", "bin", "obj", "artifacts", "data", "keys", ".vs", ".idea", "node_modules", "zxing"];

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<SourceFile> Files { get; } = [.. Walk(Root).OrderBy(f => f.Path, StringComparer.Ordinal)];

    public static IEnumerable<SourceFile> In(params string[] folders) => Files.Where(f => folders.Any(f.In));

    public static IEnumerable<SourceFile> CSharp(params string[] folders) => In(folders).Where(f => f.IsCSharp);

    public static SourceFile File(string path) => Files.Single(f => f.Path == path);

    /// <summary>Fails with one line per violation.</summary>
    public static void Clean(IEnumerable<string> violations)
    {
        var lines = violations.Distinct().Order(StringComparer.Ordinal).ToList();
        if (lines.Count > 0) Assert.Fail(string.Join('\n', lines));
    }

    /// <summary>The words of a name in PascalCase.</summary>
    public static IEnumerable<string> Words(string name) => PascalWord().Matches(name).Select(m => m.Value);

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z][a-z]+")]
    private static partial Regex PascalWord();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(folder.FullName, "MyKey.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests lie outside the repository.");
        return folder.FullName;
    }

    private static IEnumerable<SourceFile> Walk(string folder)
    {
        foreach (var path in Directory.GetFiles(folder))
        {
            var text = System.IO.File.ReadAllText(path);
            if (Path.GetFileName(path) != ".git" && !text.Contains('\0')) yield return new SourceFile(Path.GetRelativePath(Root, path).Replace('\\', '/'), text);
        }
        foreach (var inner in Directory.GetDirectories(folder).Where(d => !Left.Contains(Path.GetFileName(d))))
            foreach (var file in Walk(inner)) yield return file;
    }
}
