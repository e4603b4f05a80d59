using System.Text.RegularExpressions;

namespace MyKey.Tests.Tidy;

/// <summary>Goal: each table belongs to one module, which alone writes and reads it; SQL is constant text beside its use.</summary>
public partial class TableTests
{
    private static readonly (string Prefix, string Folder)[] Owners =
    [
        ("krn_", "src/Kernel"), ("log_", "src/Kernel"), ("ledger_", "src/Ledger"), ("idn_", "src/Identity"), ("reg_", "src/App/Registry"),
        ("pts_", "src/App/Points"), ("inc_", "src/App/Incentives"), ("lib_", "src/App/Libraries"), ("stl_", "src/App/Settlement"), ("nav_", "src/App/Navi"),
    ];

    private static readonly (string File, string Table)[] Lent =
    [
        // The framework's key ring is a matter of the web; its table has the form of the kernel's others.
        ("src/App/Shared/Web/KeysInDatabase.cs", "krn_data_protection_key"),
        // Ten million links come by COPY before a measurement; the module makes one at a time.
        ("tools/Load/Works/Lookups.cs", "lib_link"),
        // A country of 700,000 acceptors comes by COPY before a measurement; the module takes in one at a time, or a file of thousands.
        ("tools/Load/Works/Country.cs", "reg_acceptor"), ("tools/Load/Works/Country.cs", "reg_place"), ("tools/Load/Works/Country.cs", "reg_place_token"), ("tools/Load/Works/Country.cs", "reg_version"),
        // Fifty thousand people choose by COPY before a measurement; the module lets one choose at a time, with the card.
        ("tools/Load/Works/PremiumEvents.cs", "inc_round_choice"),
    ];

    /// <summary>Views that other modules may read; docs/architecture.md says what each promises.</summary>
    private static readonly string[] Views = [];

    private static readonly (string Prefix, int From, int To)[] Ranges =
    [
        ("src/Kernel/", 1, 99), ("src/Ledger/", 100, 199), ("src/Identity/", 200, 299), ("src/App/Registry/", 300, 399),
        ("src/App/Points/", 400, 499), ("src/App/", 500, 9999),
    ];

    /// <summary>Files whose SQL is put together at run time, each with a reason.</summary>
    private static readonly string[] BuiltSql =
    [
        "tools/Load/Usual.cs", // fills the comparison's own tables with as many rows as asked for; a statement that generates rows takes no parameter there
    ];

    [Fact]
    public void A_table_is_named_in_its_module_only() => SourceTree.Clean(SourceTree.In("src", "tools")
        .Where(f => f.IsCSharp || Path.GetExtension(f.Path) is ".sql" or ".cshtml").SelectMany(ForeignTables));

    [Fact]
    public void Sql_is_constant_text() => SourceTree.Clean(SourceTree.CSharp("src", "tools").Where(f => !BuiltSql.Contains(f.Path)).SelectMany(SqlBuiltInCode));

    [Fact]
    public void Migrations_have_a_number_of_their_module_once()
    {
        var files = SourceTree.In("src").Where(f => f.Path.EndsWith(".sql", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(files);
        SourceTree.Clean(files.SelectMany(MigrationFaults).Concat(
            files.GroupBy(f => Path.GetFileName(f.Path)[..4]).Where(g => g.Count() > 1).Select(g => $"{g.Key} is used by {string.Join(" and ", g.Select(f => f.Path))}")));
    }

    [Theory]
    [InlineData("src/App/Points/X.cs", "var q = \"\"\"\n select 1 from ledger_lot\n \"\"\";")]
    [InlineData("src/App/Points/Migrations/0400_x.sql", "create table idn_x(id int);")]
    [InlineData("tools/Sandbox/X.cs", "var q = \"delete from idn_citizen\";")]
    public void A_foreign_table_is_found(string path, string text) => Assert.Single(ForeignTables(new SourceFile(path, text)));

    [Theory]
    [InlineData("var q = $\"select a from t where x = {x}\";")]
    [InlineData("var q = $\"\"\"\n  insert into {table} values (1)\n  \"\"\";")]
    [InlineData("var q = \"select a from t where x = \" + x;")]
    [InlineData("var q = start + \" where x = \" + x;")]
    public void Built_sql_is_found(string text) => Assert.NotEmpty(SqlBuiltInCode(new SourceFile("src/X.cs", text)));

    [Theory]
    [InlineData("throw new X($\"update failed: {x}\");")]
    [InlineData("var q = \"select a from t \" + \"where b = @B\";")]
    [InlineData("const string A = \"a\"; var q = $\"select {A} from t\"; var r = \"select \" + A + \" from t\";")]
    [InlineData("private const string Q = $\"select {Columns} from t\";")]
    public void Other_text_is_let_be(string text) => Assert.Empty(SqlBuiltInCode(new SourceFile("src/X.cs", text)));

    [Theory]
    [InlineData("src/Identity/Migrations/0100_x.sql")]
    [InlineData("src/Identity/Migrations/0200-X.sql")]
    [InlineData("src/Identity/0200_x.sql")]
    public void A_migration_out_of_place_is_found(string path) => Assert.NotEmpty(MigrationFaults(new SourceFile(path, "")));

    private static IEnumerable<string> ForeignTables(SourceFile file) =>
        from text in file.IsCSharp ? file.CSharp.Strings.Select(s => (s.Start, s.Content)) : [(0, SqlComment().Replace(file.Text, ""))]
        from Match table in TableName().Matches(text.Item2)
        where !Views.Contains(table.Value) && !Lent.Contains((file.Path, table.Value))
        where !Owners.Any(o => table.Value.StartsWith(o.Prefix, StringComparison.Ordinal) && file.In(o.Folder))
        select $"{file.At(text.Item1)} names {table.Value}, which belongs to another module";

    /// <summary>A const is constant, the compiler sees to that; so one that stands in the same folder may be part of SQL.</summary>
    private static IEnumerable<string> SqlBuiltInCode(SourceFile file)
    {
        var folder = Path.GetDirectoryName(file.Path)!;
        var constants = SourceTree.CSharp("src", "tools").Where(f => Path.GetDirectoryName(f.Path) == folder).Append(file)
            .SelectMany(f => Const().Matches(f.CSharp.Code)).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        foreach (var text in file.CSharp.Strings.Where(s => SqlStart().IsMatch(s.Content)))
        {
            if (ConstBefore().IsMatch(file.CSharp.Code[..text.Start])) continue;
            if (text.Interpolated && Hole().Matches(text.Content).Any(h => !constants.Contains(h.Groups[1].Value))) yield return $"{file.At(text.Start)} puts a value into SQL";
            if (JoinedAfter().Match(file.CSharp.Code, text.End) is { Success: true } joined && !constants.Contains(joined.Groups[1].Value)) yield return $"{file.At(text.Start)} joins SQL with a value";
        }
    }

    private static IEnumerable<string> MigrationFaults(SourceFile file)
    {
        var name = MigrationName().Match(file.Path);
        if (!name.Success)
        {
            yield return $"{file.Path} is not named Migrations/NNNN_snake_case.sql";
            yield break;
        }
        var number = int.Parse(name.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        var range = Ranges.First(r => file.Path.StartsWith(r.Prefix, StringComparison.Ordinal));
        if (number < range.From || number > range.To) yield return $"{file.Path} is outside {range.From:0000}–{range.To:0000}";
    }

    [GeneratedRegex(@"\b(krn|log|ledger|idn|reg|pts|inc|lib|stl|nav)_[a-z][a-z0-9_]*")]
    private static partial Regex TableName();

    [GeneratedRegex("--[^\n]*")]
    private static partial Regex SqlComment();

    [GeneratedRegex(@"^\s*(select\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|merge\s+into\s|with\s+\w+\s+as\s|create\s+(table|index|unique)\s|where\s|and\s+\w+\s*=|order\s+by\s|set\s+\w+\s*=)", RegexOptions.IgnoreCase)]
    private static partial Regex SqlStart();

    // Blanked strings look like blanks, so `"a" + "b"` leaves `+` and then no name.
    [GeneratedRegex(@"\G[ \n]*\+ ?(\w+|\()")]
    private static partial Regex JoinedAfter();

    [GeneratedRegex(@"\bconst string (\w+)")]
    private static partial Regex Const();

    [GeneratedRegex(@"\{([^{}]*)\}")]
    private static partial Regex Hole();

    [GeneratedRegex(@"\bconst string [^;{}]*\z")]
    private static partial Regex ConstBefore();

    [GeneratedRegex(@"/Migrations/(\d{4})_[a-z0-9_]+\.sql$")]
    private static partial Regex MigrationName();
}
