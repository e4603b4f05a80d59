using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <summary>A premium as the ledger has it.</summary>
public sealed record PostedPremium(TransferId Id, CitizenId Holder, ProgrammeId Round, PaymentServiceId Service, long Amount, bool Returned);

/// <summary>Reading premiums; other modules never read the ledger's tables.</summary>
public sealed class PremiumReading(Database database, Buckets buckets)
{
    private const string All = """
        select t.id, t.citizen, t.programme, t.legs, exists(select 1 from ledger_transfer c where c.bucket = @bucket and c.cancels = t.id) as returned
        from ledger_transfer t where t.bucket = @bucket and t.kind = @Kind order by t.id
        """;

    /// <summary>What a holder has got, those taken back subtracted.</summary>
    public async Task<Points> Given(CitizenId holder, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return new Points(await connection.ExecuteScalarAsync<long?>("select given from ledger_premium where bucket = @Bucket and holder = @holder", new { Bucket = buckets.Of(holder.Value), holder }) ?? 0);
    }

    /// <summary>All of a bucket, for an audit; no index helps it.</summary>
    public async Task<IReadOnlyList<PostedPremium>> Of(int bucket, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(TransferId Id, CitizenId Holder, ProgrammeId Round, string Legs, bool Returned)>(All, new { bucket, Kind = (int)TransferKind.Premium })).Select(r =>
        {
            var to = LegsText.Read(r.Legs).Single(l => l.Amount > 0);
            return new PostedPremium(r.Id, r.Holder, r.Round, new PaymentServiceId(to.Account.Owner), to.Amount, r.Returned);
        })];
    }
}
