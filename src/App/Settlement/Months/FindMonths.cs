using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <param name="Transfers">All of its chains' parts, also those that settle nothing.</param>
public sealed record ClosedMonth(SettlementMonth Month, long Transfers, long ClosedMs);

/// <summary>How far a month is that is being closed.</summary>
/// <param name="Done">Chains, of all.</param>
public sealed record ClosingMonth(SettlementMonth Month, int Done, int Chains, long Transfers);

/// <summary>Reading months and what cuts them.</summary>
public sealed class FindMonths(Database database, SettlementReading reading)
{
    /// <summary>The last closed; null while none is.</summary>
    public async Task<SettlementMonth?> Last(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await connection.ExecuteScalarAsync<int?>("select max(month) from stl_month") is { } month ? new SettlementMonth(month) : null;
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<ClosedMonth>> Closed(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(int Month, long Transfers, long ClosedMs)>("select month, transfers, closed_ms from stl_month order by month desc")).Select(m => new ClosedMonth(new SettlementMonth(m.Month), m.Transfers, m.ClosedMs))];
    }

    /// <returns>It; <c>number_format</c> (field) for what is no month, <c>month_not_closed</c> (month) while it is not closed.</returns>
    public async Task<Result<ClosedMonth>> Closed(string? typed, CancellationToken stop = default)
    {
        if (SettlementMonth.Read(typed) is not { } month) return Refusal.Of("number_format", ("field", "month"));
        return (await Closed(stop)).FirstOrDefault(m => m.Month == month) is { } found ? found : Refusal.Of("month_not_closed", ("month", month.Word));
    }

    /// <summary>What is next to be closed: after the last one, or the month of the first block; null before there is one.</summary>
    public async Task<SettlementMonth?> Next(CancellationToken stop = default) =>
        await Last(stop) is { } last ? last.Next : await reading.Began(stop) is { } began ? SettlementMonth.Of(Jst.Day(began)) : null;

    /// <summary>null between two months.</summary>
    public async Task<ClosingMonth?> Closing(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var found = await connection.QuerySingleOrDefaultAsync<(int Month, int Done, int Chains, long Transfers)?>("""
            select month, cast(sum(done) as int) as done, cast(count(*) as int) as chains, cast(sum(transfers) as bigint) as transfers from stl_progress
            where month > coalesce((select max(month) from stl_month), 0) group by month
            """);
        return found is { } m ? new ClosingMonth(new SettlementMonth(m.Month), m.Done, m.Chains, m.Transfers) : null;
    }

    /// <summary>The last blocks of every closed month before another, oldest first, by bucket.</summary>
    internal async Task<Cuts> CutsBefore(SettlementMonth month, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<(int Month, int Bucket, long Height)>(
            "select c.month, c.bucket, c.height from stl_cut c join stl_month m on m.month = c.month where c.month < @Number order by c.month, c.bucket", new { month.Number });
        var byMonth = rows.GroupBy(r => r.Month).ToList();
        return new Cuts([.. byMonth.Select(g => new SettlementMonth(g.Key))], [.. byMonth.Select(g => g.ToDictionary(r => r.Bucket, r => r.Height))]);
    }
}

/// <summary>Closed months, oldest first, and where each ends in every chain.</summary>
internal sealed record Cuts(IReadOnlyList<SettlementMonth> Months, IReadOnlyList<Dictionary<int, long>> Heights)
{
    public long Last(int bucket) => Heights.Count == 0 ? 0 : Heights[^1].GetValueOrDefault(bucket);

    public IReadOnlyList<long> Of(int bucket) => [.. Heights.Select(h => h.GetValueOrDefault(bucket))];

    /// <summary>What lies between these and later ones in a chain.</summary>
    public ChainPart To(Cuts later, int bucket) => new(bucket, ChainPlace.After(Last(bucket)), later.Last(bucket), Of(bucket));
}
