using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.PaymentAccounts;

/// <summary>What tells an account again that a service names, without telling which it is.</summary>
/// <param name="Number">Of what its member knows it by.</param>
/// <param name="Word">Of the service's own word for it.</param>
public sealed record AccountHashes(byte[] Number, byte[] Word);

/// <summary>Whose account a service speaks of.</summary>
public sealed class AccountKeys(Database database, Buckets buckets, AccountSecrets secrets)
{
    private const string One = "select number_hash, account from inc_payment_account where bucket = @Bucket and citizen = @Citizen and id = @Id and state = 'live'";

    /// <returns>null for one that is not live.</returns>
    public async Task<AccountHashes?> Of(PaymentAccount account, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var row = await connection.QuerySingleOrDefaultAsync<(byte[] Number, byte[] Account)?>(One, new { Bucket = buckets.Of(account.Citizen.Value), account.Citizen, account.Id });
        return row is { } found ? new AccountHashes(found.Number, await Hash(account.Service, await secrets.Open(found.Account, account.Id, stop), stop)) : null;
    }

    /// <param name="text">A number or a service's word; nothing of it is kept.</param>
    public Task<byte[]> Hash(PaymentServiceId service, string text, CancellationToken stop = default) => secrets.Hash(service, new ServiceId(text), stop);
}
