using Dapper;
using MyKey.App.Shared;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Recalls;

/// <summary>
/// Recalls against the ledger: what a row says went back went back, and nothing else did. What counts to a person's year is what the grants of that year gave and no
/// recall took, and no more than the cap (docs/invariants.md, 18 and 19).
/// </summary>
public sealed class AuditRecalls(Database database, FindRecalls find, GrantReading reading, Buckets buckets)
{
    private const string Years = """
        select count(*) as years, min(case when y.granted <> coalesce((select sum(n.granted) from pts_grant_counted n
          where n.bucket = y.bucket and n.programme = y.programme and n.fiscal_year = y.fiscal_year and n.person = y.person), 0) or y.granted > coalesce(p.year_cap, 0)
          then 'programme ' || p.name || ' fiscal_year ' || y.fiscal_year || ' granted ' || y.granted end) as wrong
        from pts_grant_year y join pts_programme p on p.id = y.programme where y.bucket = @bucket
        """;

    private const string Counted = "select programme as id, cast(sum(granted) as bigint) as granted from pts_grant_counted group by programme";

    public async Task<RowAudit> Run(CancellationToken stop = default)
    {
        var rows = await RowAudit.EachBucket(buckets, bucket => Bucket(bucket, stop));
        if (!rows.Holds) return rows;
        var sums = await RowAudit.Settled(() => Sums(rows.Rows, stop));
        return new RowAudit(sums.Rows, sums.Broken);
    }

    private async Task<(long Rows, string? Broken)> Bucket(int bucket, CancellationToken stop)
    {
        var posted = await reading.Recalls(bucket, stop);
        var stored = (await find.Posted(bucket, stop)).ToDictionary(r => r.Id);
        foreach (var row in stored.Values)
        {
            var moved = posted.TryGetValue(row.Id, out var there);
            if (row.Recalled!.Value.Value != there.Amount || (moved && (there.Citizen != row.Citizen || there.Programme != row.Programme)))
                return (stored.Count, $"pts_recall bucket {bucket} id {row.Id.Value}: {row.Recalled} went back, the ledger says {there.Amount}");
        }
        if (posted.Keys.FirstOrDefault(p => !stored.ContainsKey(p)) is { Value: var alone } && alone != Guid.Empty) return (stored.Count, $"transfer of bucket {bucket} id {alone}: a recall without its row");
        await using var connection = await database.Open(stop);
        var (years, wrong) = await connection.QuerySingleAsync<(long, string?)>(Years, new { bucket });
        return (stored.Count + years, wrong is null ? null : $"pts_grant_year bucket {bucket} {wrong}: other than its grants, or above the cap");
    }

    private async Task<(long Rows, string? Broken)> Sums(long rows, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var counted = await connection.QueryAsync<(ProgrammeId Id, long Granted)>(Counted);
        var net = await reading.Net(stop);
        foreach (var (programme, granted) in counted)
            if (net.GetValueOrDefault(programme) != granted) return (rows, $"pts_grant_counted programme {programme.Value}: {granted}, the ledger says {net.GetValueOrDefault(programme)}");
        return (rows, null);
    }
}
