using Dapper;
using MyKey.App.Registry;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Libraries;

/// <summary>A number as it is to be linked at a desk.</summary>
/// <param name="Id">Made by the caller: the same again answers again.</param>
/// <param name="Token">Of the citizen who is there with his card, or with the number of My Page (S0-3002b).</param>
public sealed record WantedLink(Guid Id, string Token, string? Number);

/// <summary>
/// Links a MyKey ID with a provider's number (S0-3002b, S4-10): at a counter with the citizen present, or by the citizen where the provider allows it. A number belongs to one
/// citizen of its provider; whose it is, nobody is told.
/// </summary>
public sealed class MakeLink(Database database, Buckets buckets, RegistryCache registry, CitizenTokens tokens, LendingWays ways, LinkBlocks blocks, OperationLog log, TimeProvider clock)
{
    private const string Insert = "insert into lib_link(bucket, citizen, provider, number, made_ms) values (@Bucket, @citizen, @provider, @number, @Now) on conflict do nothing";

    /// <returns>
    /// The link; <c>role_forbidden</c> at a device that links nothing, <c>token_expired</c>, <c>id_suspended</c>, <c>step_up_required</c> where only a password was typed, <c>number_format</c>,
    /// <c>link_exists</c> when the citizen has another number there, <c>number_linked</c> when somebody else has this one, <c>link_blocked</c>.
    /// </returns>
    public async Task<Result<ServiceLink>> Run(ProviderDesk desk, WantedLink wanted, CancellationToken stop = default)
    {
        if (desk.Device.Require(TerminalCall.MakeLink).Refused is { } forbidden) return forbidden;
        var shown = await tokens.Find(wanted.Token, desk.Device, new TransferId(wanted.Id), stop);
        if (shown.Refused is { } nobody) return nobody;
        if (!await ways.IsEnough(desk.Device, shown.Value.Way)) return Refusal.Of("step_up_required");
        var number = desk.Provider.Numbers.Read(wanted.Number);
        if (number.Refused is { } unreadable) return unreadable;
        var citizen = shown.Value.Citizen.Id;
        return await database.WriteOrRefuse<ServiceLink>(async tx =>
        {
            if (await blocks.Is(tx, citizen, desk.Provider.Id)) return Refusal.Of("link_blocked");
            var made = await Make(tx, citizen, desk.Provider.Id, number.Value);
            if (made.Refused is { } no || !made.Value.New) return made.Then<ServiceLink>(m => m.Link);
            await log.Write(tx, new Operation("link.made", desk.Device.Actor, desk.Provider.Id.Value, citizen, desk.Device.Id));
            return (await tokens.Take(tx, wanted.Token, shown.Value, wanted.Id)).Then<ServiceLink>(_ => made.Value.Link);
        }, stop);
    }

    /// <summary>By the citizen, in his own session.</summary>
    /// <returns>The link; <c>not_found</c>, <c>provider_ended</c>, <c>self_link_closed</c>, <c>number_format</c>, <c>link_exists</c>, <c>number_linked</c>.</returns>
    public async Task<Result<ServiceLink>> Run(CitizenId citizen, string? code, string? typed, CancellationToken stop = default)
    {
        if ((await registry.View()).FindProvider(code) is not { } found) return Refusal.Of("not_found");
        var open = found.RequireOpen(clock.Today());
        if (open.Refused is { } ended) return ended;
        if (!found.SelfLink) return Refusal.Of("self_link_closed");
        var number = found.Numbers.Read(typed);
        if (number.Refused is { } unreadable) return unreadable;
        return await database.WriteOrRefuse<ServiceLink>(async tx =>
        {
            var made = await Make(tx, citizen, found.Id, number.Value);
            if (made.Ok && made.Value.New) await log.Write(tx, new Operation("link.made", Actor.Of(citizen), found.Id.Value, citizen));
            return made.Then<ServiceLink>(m => m.Link);
        }, stop);
    }

    private async Task<Result<(ServiceLink Link, bool New)>> Make(Transaction tx, CitizenId citizen, ServiceProviderId provider, string number)
    {
        var row = new { Bucket = buckets.Of(citizen.Value), citizen, provider, number, Now = clock.NowMs() };
        if (await tx.Connection.ExecuteAsync(Insert, row, tx.Handle) == 1) return (new ServiceLink(provider, number, false, row.Now), true);
        if (await tx.Connection.QuerySingleOrDefaultAsync<LinkRow>(FindLinks.OfProvider, row, tx.Handle) is not { } there) return Refusal.Of("number_linked");
        return there.Number == number ? (there.Read(), false) : Refusal.Of("link_exists");
    }
}
