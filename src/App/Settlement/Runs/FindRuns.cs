using Dapper;
using MyKey.App.Registry;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Settlement;

/// <summary>Reading payment runs.</summary>
public sealed class FindRuns(Database database, Kek kek)
{
    private const int Most = 200;

    private const string Rows = """
        select t.number, t.creditor_kind, t.creditor, a.tail, t.amount, cast((select count(*) from stl_run_claim c where c.run = t.run and c.number = t.number) as int) as claims, t.state
        from stl_run_transfer t join stl_account a on a.id = t.account where t.run = @Id order by t.number
        """;

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<PaymentRun>> Of(MunicipalityCode issuer, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<RunRow>($"{RunRow.All} where issuer = @issuer order by made_ms desc, id limit @Most", new { issuer, Most })).Select(r => r.Read())];
    }

    public async Task<PaymentRun?> Find(MunicipalityCode issuer, Guid id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<RunRow>($"{RunRow.All} where id = @id and issuer = @issuer", new { id, issuer }))?.Read();
    }

    /// <summary>In the order of the file.</summary>
    public async Task<IReadOnlyList<RunTransfer>> Transfers(PaymentRun run, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(long Number, int Kind, Guid Creditor, string Tail, long Amount, int Claims, string State)>(Rows, new { run.Id }))
            .Select(t => new RunTransfer(t.Number, new AccountHolder(t.Kind, t.Creditor), t.Tail, t.Amount, t.Claims, Words<RunTransferState>.Stored(t.State)))];
    }

    public async Task<IReadOnlyList<RunDifference>> Differences(PaymentRun run, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(string FoundIn, int Month, int Kind, Guid Creditor, long Claimed, long Found)>(
            "select found_in, month, creditor_kind, creditor, claimed, found from stl_run_difference where run = @Id order by number", new { run.Id }))
            .Select(d => new RunDifference(d.FoundIn, new SettlementMonth(d.Month), new AccountHolder(d.Kind, d.Creditor), d.Claimed, d.Found))];
    }

    internal async Task<byte[]> File(PaymentRun run, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var wrapped = await connection.ExecuteScalarAsync<byte[]>("select file from stl_run where id = @Id", new { run.Id });
        return await kek.Unwrap(Must.Have(wrapped, "a run has its file"), PaymentRun.OwnerOf(run.Id), stop);
    }
}
