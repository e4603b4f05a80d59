using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Libraries;

/// <summary>Providers to which a citizen shows no number, though the link stays.</summary>
public sealed class LinkBlocks(Database database, Buckets buckets, RegistryCache registry, OperationLog log, TimeProvider clock)
{
    private const string Insert = "insert into lib_block(bucket, citizen, provider, since_ms) values (@Bucket, @citizen, @provider, @Now) on conflict do nothing";

    private const string Delete = "delete from lib_block where bucket = @Bucket and citizen = @citizen and provider = @provider";

    private const string Count = "select count(*) from lib_block where bucket = @Bucket and citizen = @citizen and provider = @provider";

    public async Task<IReadOnlySet<ServiceProviderId>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryAsync<ServiceProviderId>("select provider from lib_block where bucket = @Bucket and citizen = @citizen", new { Bucket = buckets.Of(citizen.Value), citizen })).ToHashSet();
    }

    /// <returns>Whether it was otherwise before; <c>not_found</c>.</returns>
    public async Task<Result<bool>> Set(CitizenId citizen, string? code, bool blocked, CancellationToken stop = default)
    {
        if ((await registry.View()).FindProvider(code) is not { } found) return Refusal.Of("not_found");
        return await database.Write(async tx =>
        {
            var row = new { Bucket = buckets.Of(citizen.Value), citizen, provider = found.Id, Now = clock.NowMs() };
            if (await tx.Connection.ExecuteAsync(blocked ? Insert : Delete, row, tx.Handle) == 0) return false;
            await log.Write(tx, new Operation("link.block_set", Actor.Of(citizen), found.Id.Value, citizen, null, blocked ? "shown" : "blocked", blocked ? "blocked" : "shown"));
            return true;
        }, stop);
    }

    internal async Task<bool> Is(Transaction tx, CitizenId citizen, ServiceProviderId provider) =>
        await tx.Connection.ExecuteScalarAsync<long>(Count, new { Bucket = buckets.Of(citizen.Value), citizen, provider }, tx.Handle) > 0;
}
