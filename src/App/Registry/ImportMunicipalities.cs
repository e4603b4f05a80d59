using Dapper;
using MyKey.App.Shared.Csv;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Registry;

/// <summary>
/// Takes in the list of the country's municipalities: one transaction, a result per line, and the same file again changes nothing. A line
/// changes name, kana and kind; what a municipality has decided for itself stays. A municipality that the file leaves out stays, too.
/// </summary>
public sealed class ImportMunicipalities(OperationLog log, RegistryCache registry)
{
    private const string Insert = """
        insert into reg_municipality(code, prefecture, name, kana, kind, issuer_kind, state, changed_no)
        values (@Code, @Prefecture, @Name, @Kana, @Kind, 'public', 'listed', @No)
        """;

    private const string Update = "update reg_municipality set prefecture = @Prefecture, name = @Name, kana = @Kana, kind = @Kind, changed_no = @No where code = @Code";

    private static readonly CsvColumn[] Columns =
    [
        new("code", false, "code6", "code5", "団体コード", "全国地方公共団体コード"),
        new("prefecture", false, "都道府県名", "都道府県", "都道府県名（漢字）"),
        new("name", true, "市区町村名", "団体名", "名称", "市区町村名（漢字）"),
        new("kana", false, "カナ", "市区町村名（カナ）"),
        new("kind", false, "種別"),
    ];

    /// <returns>The report, or <c>body_unreadable</c>, <c>field_required</c> (field) for the file as a whole.</returns>
    public async Task<Result<ImportReport>> Run(byte[] file, Actor by, CancellationToken stop = default)
    {
        var table = CsvTable.Read(file, Columns);
        if (table.Refused is { } unreadable) return unreadable;
        var before = await registry.View();
        return await registry.Change<ImportReport>(async (tx, no) =>
        {
            var known = await RegistryCache.Read(tx, before);
            var seen = new Dictionary<MunicipalityCode, Municipality>();
            var rows = new List<ImportRow>();
            foreach (var row in table.Value.Rows()) rows.Add(await Take(tx, no, row, known, seen, by));
            var report = new ImportReport(table.Value.Sha256, rows);
            await log.Write(tx, new Operation("municipality.imported", by, After: report.ToString()));
            return report;
        }, stop);
    }

    private async Task<ImportRow> Take(Transaction tx, long no, CsvRow row, RegistryView known, Dictionary<MunicipalityCode, Municipality> seen, Actor by)
    {
        var read = MunicipalityLine.Read(row, known);
        if (read.Refused is { } refusal) return new(row.Line, row["name"], ImportOutcome.Refused, Refused: refusal);
        var now = read.Value;
        var before = seen.GetValueOrDefault(now.Code) ?? known.Find(now.Code);
        // Two lines of one file that contradict each other: nobody can say which is right.
        if (seen.ContainsKey(now.Code) && before != now) return new(row.Line, now.FullName, ImportOutcome.Refused, now.Code, Refusal.Of("number_format"));
        seen[now.Code] = now;
        if (before == now) return new(row.Line, now.FullName, ImportOutcome.Unchanged, now.Code);
        await tx.Connection.ExecuteAsync(before is null ? Insert : Update, new { now.Code, now.Prefecture, now.Name, now.Kana, Kind = Words<MunicipalityKind>.Of(now.Kind), No = no }, tx.Handle);
        if (before is not null) await log.Write(tx, new Operation("municipality.changed", by, Before: Short(before), After: Short(now)));
        return new(row.Line, now.FullName, before is null ? ImportOutcome.Added : ImportOutcome.Changed, now.Code);
    }

    private static string Short(Municipality m) => $"{m.Code} {m.Prefecture} {m.Name} {m.Kana} {Words<MunicipalityKind>.Of(m.Kind)}";
}
