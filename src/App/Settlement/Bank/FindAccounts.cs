using System.Text.Json;
using Dapper;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Settlement;

/// <summary>Reading the accounts that a municipality keeps.</summary>
public sealed class FindAccounts(Database database, Kek kek)
{
    public const int AtOnce = 500;

    private const string Current = KeptAccountRow.All + " where municipality = @municipality and state in ('active', 'waiting') order by creditor_kind, creditor, made_ms limit @AtOnce";

    private const string InForce = KeptAccountRow.All + " where municipality = @municipality and state = 'active' and creditor_kind = @Kind and creditor = @Creditor";

    private const string AllInForce = KeptAccountRow.All + " where municipality = @municipality and state = 'active'";

    private const string OwnInForce = KeptAccountRow.All + " where state = 'active' and creditor_kind = @Kind and creditor = @Creditor";

    private const string PaidBefore = "select distinct t.account from stl_run_transfer t join stl_account a on a.id = t.account where t.state = 'paid' and a.municipality = @municipality";

    private const string Missing = """
        select distinct c.creditor_kind as kind, c.creditor from stl_claim c join stl_month m on m.month = c.month
        where c.issuer = @municipality and c.state in ('open', 'claimed', 'objected', 'proposed', 'approved')
          and not exists (select 1 from stl_account a where a.municipality = c.issuer and a.creditor_kind = c.creditor_kind and a.creditor = c.creditor and a.state in ('active', 'waiting'))
        order by 1, 2 limit @AtOnce
        """;

    /// <summary>In force, and waiting for an officer.</summary>
    public async Task<IReadOnlyList<KeptAccount>> Of(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<KeptAccountRow>(Current, new { municipality, AtOnce })).Select(r => r.Read())];
    }

    /// <summary>Who is owed something and has no account here yet.</summary>
    public async Task<IReadOnlyList<AccountHolder>> WithoutOne(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(int Kind, Guid Creditor)>(Missing, new { municipality, AtOnce })).Select(r => new AccountHolder(r.Kind, r.Creditor))];
    }

    public async Task<KeptAccount?> Find(MunicipalityCode municipality, Guid id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<KeptAccountRow>($"{KeptAccountRow.All} where municipality = @municipality and id = @id", new { municipality, id }))?.Read();
    }

    /// <summary>The one in force.</summary>
    public async Task<KeptAccount?> Find(MunicipalityCode municipality, AccountHolder holder, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<KeptAccountRow>(InForce, new { municipality, holder.Kind, holder.Creditor }))?.Read();
    }

    /// <summary>All of them.</summary>
    public async Task<IReadOnlyDictionary<AccountHolder, KeptAccount>> ByHolder(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryAsync<KeptAccountRow>(AllInForce, new { municipality })).Select(r => r.Read()).ToDictionary(a => a.Holder);
    }

    /// <summary>The own ones of some municipalities, in clear: for whoever pays into them.</summary>
    public async Task<IReadOnlyDictionary<MunicipalityCode, BankAccount>> PayInto(IReadOnlySet<MunicipalityCode> municipalities, CancellationToken stop = default)
    {
        List<KeptAccount> own;
        await using (var connection = await database.Open(stop))
            own = [.. (await connection.QueryAsync<KeptAccountRow>(OwnInForce, new { AccountHolder.Own.Kind, AccountHolder.Own.Creditor })).Select(r => r.Read()).Where(a => municipalities.Contains(a.Municipality))];
        var found = new Dictionary<MunicipalityCode, BankAccount>();
        foreach (var account in own) found[account.Municipality] = (await Open(account, stop)).Account;
        return found;
    }

    /// <summary>Those to which a bank has paid.</summary>
    internal async Task<IReadOnlySet<Guid>> Paid(MunicipalityCode municipality, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryAsync<Guid>(PaidBefore, new { municipality })).ToHashSet();
    }

    /// <summary>A claim of theirs was ever made.</summary>
    internal async Task<bool> Owes(MunicipalityCode municipality, AccountHolder holder, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return await connection.ExecuteScalarAsync<long>("select count(*) from stl_claim where issuer = @municipality and creditor_kind = @Kind and creditor = @Creditor", new { municipality, holder.Kind, holder.Creditor }) > 0;
    }

    /// <summary>What only those who pay get to see.</summary>
    public async Task<AccountContent> Open(KeptAccount kept, CancellationToken stop = default) =>
        JsonSerializer.Deserialize<AccountContent>(await kek.Unwrap(kept.Wrapped, KeptAccount.OwnerOf(kept.Id), stop)) ?? throw new BrokenProperty("an account can be read", nameof(FindAccounts), 0);
}
