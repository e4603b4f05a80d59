using System.Text;
using Dapper;
using MyKey.App.Registry;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Libraries;

public enum LookupAnswer { Told, NotLinked, Blocked }

/// <summary>A citizen shows himself at a provider's device, and it gets this provider's number and nothing else (S2-P9b). Each look-up is recorded, whatever its end.</summary>
public sealed class FindNumber(Database database, Buckets buckets, CitizenTokens tokens, LendingWays ways, LinkBlocks blocks)
{
    private const string Record = """
        insert into lib_lookup(bucket, citizen, at_ms, id, provider, kind, device, answer) values (@Bucket, @citizen, @At, @Id, @provider, @Kind, @Device, @Answer) on conflict do nothing
        """;

    /// <returns>
    /// The link; <c>not_linked</c>, <c>link_blocked</c>, <c>role_forbidden</c>, <c>token_expired</c>, <c>id_suspended</c>, <c>step_up_required</c> where the device asks for more (K-13).
    /// </returns>
    public async Task<Result<ServiceLink>> Run(ProviderDesk desk, string? token, CancellationToken stop = default)
    {
        if (desk.Device.Require(TerminalCall.FindLink).Refused is { } forbidden) return forbidden;
        var shown = await tokens.Find(token, desk.Device, null, stop);
        if (shown.Refused is { } nobody) return nobody;
        if (!await ways.IsEnough(desk.Device, shown.Value.Way)) return Refusal.Of("step_up_required");
        var (citizen, provider) = (shown.Value.Citizen.Id, desk.Provider.Id);
        if (shown.Value.Way == Way.Signature && shown.Value.Binding != NumberScreen.BindingOf(provider)) return Refusal.Of("auth_failed", ("why", "binding"));
        return await database.Write(async tx =>
        {
            var link = (await tx.Connection.QuerySingleOrDefaultAsync<LinkRow>(FindLinks.OfProvider, new { Bucket = buckets.Of(citizen.Value), citizen, provider }, tx.Handle))?.Read();
            var answer = await blocks.Is(tx, citizen, provider) ? LookupAnswer.Blocked : link is null ? LookupAnswer.NotLinked : LookupAnswer.Told;
            await tx.Connection.ExecuteAsync(Record, new
            {
                // One showing of a card is one look-up, however often its page is loaded.
                Bucket = buckets.Of(citizen.Value), citizen, At = shown.Value.ExpiresMs - CitizenTokens.LifeMs, Id = Ids.Named<TransferId>(Encoding.UTF8.GetBytes($"lookup:{token}")).Value,
                provider, Kind = desk.Provider.Kind.Code, Device = Words<DeskKind>.Of(desk.Kind), Answer = Words<LookupAnswer>.Of(answer),
            }, tx.Handle);
            return answer switch { LookupAnswer.Told => link!, LookupAnswer.Blocked => Refusal.Of("link_blocked"), _ => (Result<ServiceLink>)Refusal.Of("not_linked") };
        }, stop);
    }
}
