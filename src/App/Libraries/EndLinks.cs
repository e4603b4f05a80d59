using Dapper;
using MyKey.App.Registry;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Libraries;

/// <summary>Takes a provider's number away from a MyKey ID: at the counter with the citizen present, by the citizen, or all of them with the ID itself.</summary>
public sealed class EndLinks(Database database, Buckets buckets, RegistryCache registry, CitizenTokens tokens, LendingWays ways, OperationLog log)
{
    private const string One = "delete from lib_link where bucket = @Bucket and citizen = @citizen and provider = @provider";

    private const string Each = "delete from lib_link where bucket = @Bucket and citizen = @citizen returning provider";

    // What nobody has looked at yet is nobody's any more; what was seen stays as what happened.
    private const string Notices = "delete from lib_address_notice where bucket = @Bucket and citizen = @citizen and provider = @provider and seen_ms is null";

    private const string EachNotice = "delete from lib_address_notice where bucket = @Bucket and citizen = @citizen and seen_ms is null";

    /// <returns>Whether there was one; as <see cref="MakeLink.Run(ProviderDesk, WantedLink, CancellationToken)"/> for who may.</returns>
    public async Task<Result<bool>> Run(ProviderDesk desk, Guid id, string token, CancellationToken stop = default)
    {
        if (desk.Device.Require(TerminalCall.MakeLink).Refused is { } forbidden) return forbidden;
        var shown = await tokens.Find(token, desk.Device, new TransferId(id), stop);
        if (shown.Refused is { } nobody) return nobody;
        if (!await ways.IsEnough(desk.Device, shown.Value.Way)) return Refusal.Of("step_up_required");
        return await database.WriteOrRefuse<bool>(async tx =>
        {
            if (!await End(tx, shown.Value.Citizen.Id, desk.Provider.Id, desk.Device.Actor, desk.Device.Id)) return false;
            return await tokens.Take(tx, token, shown.Value, id);
        }, stop);
    }

    /// <returns>Whether there was one.</returns>
    public async Task<bool> Run(CitizenId citizen, string? code, CancellationToken stop = default) =>
        (await registry.View()).FindProvider(code) is { } provider && await database.Write(tx => End(tx, citizen, provider.Id, Actor.Of(citizen), null), stop);

    /// <summary>Everything that hangs on an ID that ends, in its own transaction. The record of look-ups stays: it is what happened.</summary>
    public async Task All(Transaction tx, CitizenId citizen)
    {
        var row = new { Bucket = buckets.Of(citizen.Value), citizen };
        foreach (var provider in (await tx.Connection.QueryAsync<ServiceProviderId>(Each, row, tx.Handle)).OrderBy(p => p.Value))
            await log.Write(tx, new Operation("link.ended", Actor.Of(citizen), provider.Value, citizen));
        await tx.Connection.ExecuteAsync(EachNotice, row, tx.Handle);
        await tx.Connection.ExecuteAsync("delete from lib_address_ask where bucket = @Bucket and citizen = @citizen", row, tx.Handle);
        await tx.Connection.ExecuteAsync("delete from lib_block where bucket = @Bucket and citizen = @citizen", row, tx.Handle);
    }

    private async Task<bool> End(Transaction tx, CitizenId citizen, ServiceProviderId provider, Actor by, TerminalId? at)
    {
        var row = new { Bucket = buckets.Of(citizen.Value), citizen, provider };
        if (await tx.Connection.ExecuteAsync(One, row, tx.Handle) == 0) return false;
        await tx.Connection.ExecuteAsync(Notices, row, tx.Handle);
        await log.Write(tx, new Operation("link.ended", by, provider.Value, citizen, at));
        return true;
    }
}
