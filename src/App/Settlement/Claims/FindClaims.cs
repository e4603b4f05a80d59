using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Settlement;

/// <param name="Amount">Of all claims in it.</param>
public sealed record ClaimApproval(Guid Id, int Claims, long Amount, Guid Maker, long MadeMs);

/// <summary>Reading claims of closed months.</summary>
public sealed class FindClaims(Database database)
{
    public const int AtOnce = 500;

    private const string OfIssuer = ClaimRow.All + " where c.issuer = @issuer and c.month = @Number and c.id > @after order by c.id limit @AtOnce";

    private const string OfCreditor = ClaimRow.All + " where c.creditor = @creditor and c.month <= @until order by c.month desc, c.issuer, c.creditor_kind limit @AtOnce";

    private const string Claimed = """
        select c.month, cast(count(*) as int) as claims from stl_claim c join stl_month m on m.month = c.month where c.issuer = @issuer and c.state = 'claimed' group by c.month order by c.month
        """;

    private const string Some = ClaimRow.All + " where c.id = any(@ids)";

    private const string SomeOnSqlite = ClaimRow.All + " where c.id in @ids";

    private const string One = ClaimRow.All + " where c.id = @id";

    /// <summary>In the order of their ids.</summary>
    /// <param name="after">The last one of the leaf before.</param>
    public async Task<IReadOnlyList<MonthClaim>> Of(MunicipalityCode issuer, SettlementMonth month, Guid after, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<ClaimRow>(OfIssuer, new { issuer, month.Number, after, AtOnce })).Select(r => r.Read())];
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<MonthClaim>> Of(Guid creditor, SettlementMonth until, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<ClaimRow>(OfCreditor, new { creditor, until = until.Number, AtOnce })).Select(r => r.Read())];
    }

    public async Task<MonthClaim?> Find(Guid id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<ClaimRow>(One, new { id }))?.Read();
    }

    /// <summary>How many claims of a month are in each state, and how much that is.</summary>
    public async Task<IReadOnlyDictionary<ClaimState, (long Count, long Amount)>> States(MunicipalityCode issuer, SettlementMonth month, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryAsync<(string State, long Count, long Amount)>(
            "select c.state, count(*), cast(sum(c.amount) as bigint) from stl_claim c join stl_month m on m.month = c.month where c.issuer = @issuer and c.month = @Number group by c.state", new { issuer, month.Number }))
            .ToDictionary(r => Words<ClaimState>.Stored(r.State), r => (r.Count, r.Amount));
    }

    /// <summary>Months with claims that nobody has looked at yet, oldest first.</summary>
    public async Task<IReadOnlyList<(SettlementMonth Month, int Claims)>> ToApprove(MunicipalityCode issuer, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(int Month, int Claims)>(Claimed, new { issuer })).Select(r => (new SettlementMonth(r.Month), r.Claims))];
    }

    /// <summary>Those of them that there are.</summary>
    public async Task<IReadOnlyList<MonthClaim>> Find(IReadOnlyCollection<Guid> ids, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = database.Engine == Engine.Sqlite ? await connection.QueryAsync<ClaimRow>(SomeOnSqlite, new { ids = ids.Select(i => i.Bytes()) }) : await connection.QueryAsync<ClaimRow>(Some, new { ids = ids.ToArray() });
        return [.. rows.Select(r => r.Read())];
    }

    /// <summary>Oldest first.</summary>
    public async Task<IReadOnlyList<ClaimApproval>> Waiting(MunicipalityCode issuer, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(Guid Id, int Claims, long Amount, Guid Maker, long MadeMs)>(
            "select id, claims, amount, maker, made_ms from stl_approval where issuer = @issuer and state = 'waiting' order by made_ms, id", new { issuer })).Select(a => new ClaimApproval(a.Id, a.Claims, a.Amount, a.Maker, a.MadeMs))];
    }
}
