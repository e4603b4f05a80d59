using System.Text.RegularExpressions;

namespace MyKey.Tests.Tidy;

/// <summary>Goal: there is no room for a person in the tables and calls: no name, birth date, sex, address, number (decided by the schema, not by care).</summary>
public partial class PersonalDataTests
{
    /// <summary>A name belongs to a municipality, an acceptor, a programme or a round, a machine's key or a job.</summary>
    private static readonly string[] Named = ["krn_", "reg_", "pts_", "idn_machine", "inc_payment_service", "inc_round"];

    [Fact]
    public void S0_1018b_S1_45_S0_4038_no_table_has_a_column_for_a_person() =>
        SourceTree.Clean(SourceTree.In("src").Where(f => f.Path.EndsWith(".sql", StringComparison.Ordinal)).SelectMany(Faults));

    [Theory]
    [InlineData("create table idn_x(\n  birth_day int not null\n);"), InlineData("create table idn_citizen2(\n  name text\n);"), InlineData("alter table idn_x add column postal_address text;")]
    [InlineData("create table pts_x(\n  age int\n);"), InlineData("create table ledger_x(\n  item text\n);"), InlineData("create table idn_x(\n  my_number text\n);")]
    public void S0_4017a_a_column_for_a_person_or_for_goods_is_found(string sql) => Assert.Single(Faults(new SourceFile("src/X/Migrations/0999_x.sql", sql)));

    [Fact]
    public void S0_1011_S0_4042_S0_1017_no_call_sells_points_pays_them_out_or_issues_a_card() =>
        Assert.DoesNotMatch("(?i)/(buy|purchase|charge|cash|payout|platform-cards?)\\b", File.ReadAllText(Path.Combine(SourceTree.Root, "tests/Tests/Golden/openapi.json")));

    private static IEnumerable<string> Faults(SourceFile file)
    {
        var table = "";
        foreach (var (line, number) in file.Text.Split('\n').Select((l, i) => (l, i + 1)))
        {
            if (Table().Match(line) is { Success: true } opened) table = opened.Groups[1].Value;
            if (Column().Match(line) is not { Success: true } column) continue;
            var name = column.Groups[1].Value;
            if (Personal().IsMatch(name) || (name is "name" or "kana" && !Named.Any(n => table.StartsWith(n, StringComparison.Ordinal))))
                yield return $"{file.Path}:{number}: {table}.{name} has room for a person or for goods";
        }
    }

    [GeneratedRegex("(?:create table|alter table)\\s+(\\w+)")]
    private static partial Regex Table();

    [GeneratedRegex("^(?:\\s+|alter table \\w+ add column )(\\w+) (?:text|int|bigint|smallint|bytea|blob|double|boolean)")]
    private static partial Regex Column();

    [GeneratedRegex("(?:^|_)(?:address|postal|zip|birth|born|age|sex|gender|phone|tel|my_number|individual_number|family_name|given_name|full_name|nickname|bank|pan|card_number|item|goods|product|article)(?:_|$)")]
    private static partial Regex Personal();
}
