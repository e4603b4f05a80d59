using Dapper;
using MyKey.App.Shared.Csv;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Registry;

/// <summary>Takes in the members of the council (S2-P2g, S2-P14): by code, or by name where prefecture and name leave no doubt (Y-D1).</summary>
public sealed class ImportCouncil(OperationLog log, RegistryCache registry)
{
    private static readonly CsvColumn[] Columns =
    [
        new("code", false, "code6", "code5", "団体コード"),
        new("prefecture", false, "都道府県名", "都道府県"),
        new("name", false, "市区町村名", "団体名", "名称"),
    ];

    /// <param name="from">Members from this day on; who was one before stays one since then.</param>
    /// <returns>
    /// The report, its lines refused with <c>municipality_unknown</c>, <c>number_format</c>, <c>ambiguous_name</c> (name),
    /// <c>field_required</c>; or <c>body_unreadable</c> for the file as a whole.
    /// </returns>
    public async Task<Result<ImportReport>> Run(byte[] file, DateOnly from, Actor by, CancellationToken stop = default)
    {
        var table = CsvTable.Read(file, Columns);
        if (table.Refused is { } unreadable) return unreadable;
        var before = await registry.View();
        return await registry.Change<ImportReport>(async (tx, no) =>
        {
            var known = await RegistryCache.Read(tx, before);
            var seen = new HashSet<MunicipalityCode>();
            var rows = new List<ImportRow>();
            foreach (var row in table.Value.Rows()) rows.Add(await Take(tx, no, row, (known, seen), from));
            var report = new ImportReport(table.Value.Sha256, rows);
            await log.Write(tx, new Operation("council.imported", by, After: $"members from {from:yyyy-MM-dd}: {report}"));
            return report;
        }, stop);
    }

    private static async Task<ImportRow> Take(Transaction tx, long no, CsvRow row, (RegistryView Known, HashSet<MunicipalityCode> Seen) done, DateOnly from)
    {
        var found = done.Known.Resolve(row["code"], row["prefecture"], row["name"]);
        if (found.Refused is { } refusal) return new(row.Line, row["prefecture"] + row["name"], ImportOutcome.Refused, Refused: refusal);
        var member = found.Value;
        if (!done.Seen.Add(member.Code) || member.MemberFrom <= from && member.MemberUntil is null) return new(row.Line, member.FullName, ImportOutcome.Unchanged, member.Code);
        await tx.Connection.ExecuteAsync("update reg_municipality set member_from = @From, member_until = null, changed_no = @No where code = @Code",
            new { From = from, No = no, member.Code }, tx.Handle);
        return new(row.Line, member.FullName, member.MemberFrom is null ? ImportOutcome.Added : ImportOutcome.Changed, member.Code);
    }
}
