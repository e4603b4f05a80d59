using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MyKey.Tests.Tidy;

/// <summary>Goal: projects and slices lean on each other as docs/architecture.md draws it, and no other way.</summary>
public partial class StructureTests
{
    /// <summary>Project and the projects it may refer to. A new project begins with a line here and in the picture.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Kernel"] = [],
        ["Ledger"] = ["Kernel"],
        ["Identity"] = ["Kernel"],
        ["TrustLog"] = ["Kernel"],
        ["App"] = ["Kernel", "Ledger", "Identity", "TrustLog"],
        ["CardAgent"] = ["Kernel"],
        ["Witness"] = ["Kernel", "TrustLog"],
    };

    /// <summary>Shells: layout, navigation and composite pages. They may use every slice; no slice uses them.</summary>
    private static readonly string[] Shells = ["Navi", "MyPage", "Terminal", "Office", "Operator"];

    /// <summary>The top page owns the list of doors; frame and error page lead people to one of them.</summary>
    private static readonly (string From, string To)[] Known = [("Shared", "Navi")];

    private static readonly Dictionary<string, string[]> Slices = FindSlices();

    [Fact]
    public void Projects_refer_as_drawn() => SourceTree.Clean(SourceTree.In("src").Where(f => f.Path.EndsWith(".csproj", StringComparison.Ordinal)).SelectMany(ForeignReferences));

    [Fact]
    public void Product_code_knows_no_tools_and_no_tests() => SourceTree.Clean(SourceTree.CSharp("src").SelectMany(OutsideNames));

    [Fact]
    public void Slices_use_other_modules_by_their_surface() => SourceTree.Clean(SourceTree.CSharp("src/App").SelectMany(f => Reaches(f, Slices)));

    [Fact]
    public void Every_project_has_a_lock_file() => SourceTree.Clean(
        from project in SourceTree.Files
        where project.Path.EndsWith(".csproj", StringComparison.Ordinal)
        let lockFile = project.Path[..project.Path.LastIndexOf('/')] + "/packages.lock.json"
        where SourceTree.Files.All(f => f.Path != lockFile)
        select $"{lockFile} is missing");

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = SourceTree.File("MyKey.slnx").Text;
        SourceTree.Clean(SourceTree.Files.Where(f => f.Path.EndsWith(".csproj", StringComparison.Ordinal) && !solution.Contains($"\"{f.Path}\"", StringComparison.Ordinal))
            .Select(f => $"{f.Path} is not in MyKey.slnx"));
    }

    [Theory]
    [InlineData("src/Kernel/Kernel.csproj", "../Ledger/Ledger.csproj")]
    [InlineData("src/App/App.csproj", "../../tools/Sandbox/Sandbox.csproj")]
    [InlineData("src/App/App.csproj", "..\\..\\tests\\Tests\\Tests.csproj")]
    [InlineData("src/New/New.csproj", "../Kernel/Kernel.csproj")]
    public void A_foreign_reference_is_found(string path, string reference) =>
        Assert.NotEmpty(ForeignReferences(new SourceFile(path, $"<Project><ItemGroup><ProjectReference Include=\"{reference}\" /></ItemGroup></Project>")));

    [Fact]
    public void An_outside_name_is_found() => Assert.NotEmpty(OutsideNames(new SourceFile("src/App/X.cs", "using MyKey.Sandbox.Cards;")));

    [Theory]
    [InlineData("src/App/Points/Use/X.cs", "using MyKey.App.MyPage;", 1)]
    [InlineData("src/App/Points/Use/X.cs", "using MyKey.App.Registry.Acceptors;", 1)]
    [InlineData("src/App/Points/Use/X.cs", "var a = Registry.Acceptors.Find();", 1)]
    [InlineData("src/App/Points/Use/X.cs", "using MyKey.App.Registry;", 0)]
    [InlineData("src/App/Points/Use/X.cs", "using MyKey.App.Points.Grants;", 0)]
    [InlineData("src/App/MyPage/X.cs", "using MyKey.App.Registry.Acceptors;", 0)]
    [InlineData("src/App/Modules.cs", "using MyKey.App.MyPage;", 0)]
    public void A_reach_is_found(string path, string text, int found) => Assert.Equal(found,
        Reaches(new SourceFile(path, text), new() { ["Registry"] = ["Acceptors"], ["Points"] = ["Use", "Grants"], ["MyPage"] = [] }).Count());

    private static IEnumerable<string> ForeignReferences(SourceFile project)
    {
        var name = Path.GetFileNameWithoutExtension(project.Path);
        var allowed = Allowed.GetValueOrDefault(name);
        if (allowed is null) yield return $"{project.Path} is not in the list of projects";
        foreach (var reference in XDocument.Parse(project.Text).Descendants("ProjectReference").Select(r => r.Attribute("Include")!.Value.Replace('\\', '/')))
        {
            var target = Path.GetFileNameWithoutExtension(reference);
            if (allowed?.Contains(target) != true || reference != $"../{target}/{target}.csproj") yield return $"{project.Path} refers to {reference}";
        }
    }

    private static IEnumerable<string> OutsideNames(SourceFile file) =>
        OutsideName().Matches(file.CSharp.Code).Select(m => $"{file.At(m.Index)} names {m.Value}");

    private static IEnumerable<string> Reaches(SourceFile file, Dictionary<string, string[]> modules)
    {
        var parts = file.Path.Split('/');
        if (parts.Length < 4) yield break;
        var own = parts[2];
        foreach (Match name in QualifiedName().Matches(file.CSharp.Code))
        {
            var (module, slice) = (name.Groups["module"].Value, name.Groups["slice"].Value);
            if (module == own || !modules.TryGetValue(module, out var slices) || Shells.Contains(own) || Known.Contains((own, module))) continue;
            if (Shells.Contains(module) && name.Value.Contains("App.", StringComparison.Ordinal)) yield return $"{file.At(name.Index)} uses the shell {module}";
            if (module != "Shared" && slices.Contains(slice)) yield return $"{file.At(name.Index)} reaches into {module}.{slice}; use what MyKey.App.{module} offers";
        }
    }

    private static Dictionary<string, string[]> FindSlices() => SourceTree.In("src/App").Select(f => f.Path.Split('/')).Where(p => p.Length > 3)
        .GroupBy(p => p[2]).ToDictionary(g => g.Key, g => g.Where(p => p.Length > 4).Select(p => p[3]).Distinct().ToArray());

    [GeneratedRegex(@"\bMyKey\.(Tests|Browser|Sandbox|Load)\b")]
    private static partial Regex OutsideName();

    [GeneratedRegex(@"(?<![.\w])(MyKey\.)?(App\.)?(?<module>[A-Z]\w*)(\.(?<slice>\w+))?")]
    private static partial Regex QualifiedName();
}
