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

    /// <summary>Shells: layout, navigation, sign-in policy, composite pages. They may use every slice; of a slice, only its pages use what they offer.</summary>
    private static readonly string[] Shells = ["Navi", "MyPage", "Terminal", "Office", "Operator"];

    /// <summary>
    /// The top page owns the list of doors; frame and error page lead people to one of them. Incentives grant out of the programmes of Points, propose changes and call outside parties as Points does;
    /// never the other way. Settlement names partners and sites of Points and services of Incentives.
    /// </summary>
    private static readonly (string From, string To)[] Known = [("Shared", "Navi"), ("Incentives", "Points"), ("Settlement", "Points"), ("Settlement", "Incentives")];

    /// <summary>Namespace → folder of its module and, below it, of its slice ("" for what the module offers to all).</summary>
    private static readonly Dictionary<string, (string Module, string Slice)> Namespaces = FindNamespaces();

    [Fact]
    public void Projects_refer_as_drawn() => SourceTree.Clean(SourceTree.In("src").Where(f => f.Path.EndsWith(".csproj", StringComparison.Ordinal)).SelectMany(ForeignReferences));

    [Fact]
    public void Product_code_knows_no_tools_and_no_tests() => SourceTree.Clean(SourceTree.CSharp("src").SelectMany(OutsideNames));

    [Fact]
    public void Slices_use_other_modules_by_their_surface() => SourceTree.Clean(SourceTree.CSharp("src/App").SelectMany(f => Reaches(f, Namespaces)));

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
    [InlineData("src/App/Points/Use/XPage.cshtml.cs", "using MyKey.App.MyPage;", 0)]
    [InlineData("src/App/Points/Use/X.cs", "using MyKey.App.Registry.Acceptors;", 1)]
    [InlineData("src/App/Registry/X.cs", "MyKey.App.UsePoints.Rule.Run();", 1)]
    [InlineData("src/App/Shared/X.cs", "using MyKey.App.UsePoints;", 1)]
    [InlineData("src/App/Points/Use/X.cs", "using MyKey.App.Registry;", 0)]
    [InlineData("src/App/Points/Grants/X.cs", "using MyKey.App.UsePoints;", 0)]
    [InlineData("src/App/MyPage/X.cs", "using MyKey.App.UsePoints;", 0)]
    [InlineData("src/App/Modules.cs", "using MyKey.App.MyPage;", 0)]
    public void A_reach_is_found(string path, string text, int found) => Assert.Equal(found, Reaches(new SourceFile(path, text), new()
    {
        ["MyKey.App.Registry"] = ("Registry", ""),
        ["MyKey.App.Registry.Acceptors"] = ("Registry", "Acceptors"),
        ["MyKey.App.UsePoints"] = ("Points", "Use"),
        ["MyKey.App.MyPage"] = ("MyPage", ""),
    }).Count());

    [Fact]
    public void The_namespaces_are_read() => Assert.Contains(Namespaces.Values, n => n.Slice.Length > 0);

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

    private static IEnumerable<string> Reaches(SourceFile file, Dictionary<string, (string Module, string Slice)> namespaces)
    {
        var parts = file.Path.Split('/');
        if (parts.Length < 4 || Shells.Contains(parts[2])) yield break;
        foreach (Match name in AppName().Matches(file.CSharp.Code))
        {
            var space = name.Value;
            while (space.Contains('.') && !namespaces.ContainsKey(space)) space = space[..space.LastIndexOf('.')];
            if (!namespaces.TryGetValue(space, out var place) || place.Module == parts[2] || place.Module == "Shared" || Known.Contains((parts[2], place.Module))) continue;
            if (Shells.Contains(place.Module) && !file.Path.EndsWith(".cshtml.cs", StringComparison.Ordinal)) yield return $"{file.At(name.Index)} uses the shell {place.Module}";
            else if (place.Slice.Length > 0) yield return $"{file.At(name.Index)} reaches into {place.Module}/{place.Slice}; use what {place.Module} offers";
        }
    }

    private static Dictionary<string, (string Module, string Slice)> FindNamespaces() =>
        (from file in SourceTree.CSharp("src/App")
         let parts = file.Path.Split('/')
         where parts.Length > 3
         let space = Namespace().Match(file.CSharp.Code)
         where space.Success
         group (Module: parts[2], Slice: parts.Length > 4 ? parts[3] : "") by space.Groups[1].Value)
        .ToDictionary(g => g.Key, g => g.OrderBy(p => p.Slice.Length).First());

    [GeneratedRegex(@"\bMyKey\.(Tests|Browser|Sandbox|Load)\b")]
    private static partial Regex OutsideName();

    [GeneratedRegex(@"(?<!namespace )\bMyKey\.App(\.\w+)+")]
    private static partial Regex AppName();

    [GeneratedRegex(@"\bnamespace\s+([\w.]+)")]
    private static partial Regex Namespace();
}
