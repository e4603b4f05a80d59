using Dapper;
using MyKey.App.Shared;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>Adds up every closed month anew, out of the chains between its cuts, and compares lines and claims with what comes of it (docs/invariants.md, 26).</summary>
public sealed class AuditMonths(Database database, FindMonths find, SettlementReading reading, Buckets buckets)
{
    private const int EntriesAtOnce = 10_000;

    private const string Lines = $"select {SettlementLineRow.Columns} from stl_line where month = @Number";

    private const string Strayed = """
        select l.month from stl_line l where not exists (select 1 from stl_month m where m.month = l.month) and not exists (select 1 from stl_progress p where p.month = l.month) limit 1
        """;

    // A claim is the sum of the lines of whom it pays.
    private const string Unlike = """
        select c.id from stl_claim c join stl_month m on m.month = c.month where c.month = @Number and c.used + c.undone <>
          coalesce((select cast(sum(l.amount) as bigint) from stl_line l where l.owner = c.creditor and l.month = c.month and l.issuer = c.issuer and l.account_kind = c.creditor_kind), 0) limit 1
        """;

    public async Task<RowAudit> Run(CancellationToken stop = default)
    {
        long rows = 0;
        foreach (var closed in (await find.Closed(stop)).OrderBy(m => m.Month.Number))
        {
            var (lines, broken) = await Month(closed, stop);
            rows += lines;
            if (broken is not null) return new RowAudit(rows, $"month {closed.Month}: {broken}");
        }
        await using var connection = await database.Open(stop);
        return new RowAudit(rows, await connection.ExecuteScalarAsync<int?>(Strayed) is { } month ? $"stl_line of {new SettlementMonth(month)}: no such month" : null);
    }

    private async Task<(long Rows, string? Broken)> Month(ClosedMonth closed, CancellationToken stop)
    {
        var (before, upTo) = (await find.CutsBefore(closed.Month, stop), await find.CutsBefore(closed.Month.Next, stop));
        var sums = new SettledSums();
        for (var bucket = 0; bucket < buckets.Count; bucket++)
        {
            var (after, last) = (before.Last(bucket), upTo.Last(bucket));
            if (last < after || last > await reading.Head(bucket, stop)) return (0, $"chain {bucket} is cut at {last}, after {after}");
            if (await reading.FirstFrom(bucket, after, closed.Month.UntilMs, stop) <= last) return (0, $"chain {bucket} has a block of a later month before {last}");
            await reading.SumAll(before.To(upTo, bucket), sums, EntriesAtOnce, stop);
        }
        if (sums.Transfers != closed.Transfers) return (0, $"{closed.Transfers} transfers, its chains have {sums.Transfers}");
        await using var connection = await database.Open(stop);
        var kept = (await connection.QueryAsync<SettlementLineRow>(Lines, new { closed.Month.Number })).Select(r => r.Read()).ToDictionary(l => l.Id);
        foreach (var made in sums.All.Select(s => SettlementLine.Of(closed.Month, before.Months, s.Key, s.Value)))
            if (!kept.Remove(made.Id, out var line)) return (sums.Groups, $"the line {made.Kind} {made.Account} is missing");
            else if (line != made) return (sums.Groups, $"the line {made.Kind} {made.Account} says {line.Amount}, its transfers {made.Amount}");
        if (kept.Values.FirstOrDefault() is { } extra) return (sums.Groups, $"the line {extra.Kind} {extra.Account} has no transfers");
        var claim = await connection.ExecuteScalarAsync<Guid?>(Unlike, new { closed.Month.Number });
        return (sums.Groups, claim is { } id ? $"stl_claim {id} is not the sum of its lines" : null);
    }
}
