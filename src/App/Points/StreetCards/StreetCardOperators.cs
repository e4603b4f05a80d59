using Dapper;
using MyKey.App.PartnerLinks;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Keys;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.StreetCards;

/// <summary>An operator of street cards as it is asked for.</summary>
/// <param name="Id">Made by the caller: the same again changes it.</param>
/// <param name="ClientId">What we are called at its centre, 1 to 100 characters.</param>
/// <param name="ClientSecret">Kept wrapped and never shown again; empty: as it was.</param>
public sealed record WantedCardOperator(Guid Id, string? Municipality, string? Name, StreetCardKind? Kind, bool Charges, string? Api, string? ClientId, string? ClientSecret, bool On);

/// <summary>The operators of street cards: read by everybody, set by those who run the platform. Whoever sets an address directs points, so the one-time password is asked again.</summary>
public sealed class StreetCardOperators(Database database, RegistryCache registry, PartnerAddresses addresses, Kek kek, OperationLog log, TimeProvider clock)
{
    public const int LongestName = 40;

    private const string Upsert = """
        insert into pts_street_operator(id, municipality, name, kind, charges, api_url, client_id, secret, state)
        values (@Id, @Municipality, @Name, @Kind, @Charges, @Api, @ClientId, @Secret, @State)
        on conflict(id) do update set name = excluded.name, kind = excluded.kind, charges = excluded.charges, api_url = excluded.api_url, client_id = excluded.client_id,
          secret = excluded.secret, state = excluded.state
        where pts_street_operator.municipality = excluded.municipality
        """;

    public async Task<IReadOnlyList<StreetCardOperator>> All(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<StoredOperator>($"{StoredOperator.All} order by municipality, name, id")).Select(r => r.Read())];
    }

    public async Task<StreetCardOperator?> Find(Guid id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<StoredOperator>($"{StoredOperator.All} where id = @id", new { id }))?.Read();
    }

    /// <summary>What we prove ourselves with at its centre.</summary>
    internal async Task<string> SecretOf(StreetCardOperator one, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var wrapped = await connection.QuerySingleAsync<byte[]>("select secret from pts_street_operator where id = @Id", new { one.Id });
        return System.Text.Encoding.ASCII.GetString(await kek.Unwrap(wrapped, Owner(one.Id), stop));
    }

    /// <returns>
    /// It; <c>role_forbidden</c>, <c>confirm_required</c>, <c>municipality_unknown</c>, <c>field_required</c> (field), <c>too_large</c>, <c>address_format</c> (field),
    /// <c>number_format</c> (field) for what is no printable ASCII, <c>not_found</c> for one of another municipality, and what free text is refused for.
    /// </returns>
    public async Task<Result<StreetCardOperator>> Save(StaffAtWork work, WantedCardOperator wanted, CancellationToken stop = default)
    {
        if ((work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        var town = (await registry.View()).Issuing(wanted.Municipality);
        if (town.Refused is { } nowhere) return nowhere;
        var name = NameText.Read("name", wanted.Name, LongestName);
        if (name.Refused is { } unnamed) return unnamed;
        if (wanted.Kind is not { } kind) return Refusal.Of("field_required", ("field", "kind"));
        var api = addresses.Read("api", wanted.Api);
        if (api.Refused is { } noAddress) return noAddress;
        var before = await Find(wanted.Id, stop);
        var secret = string.IsNullOrEmpty(wanted.ClientSecret) && before is not null ? await SecretOf(before, stop) : wanted.ClientSecret;
        if (PartnerAddresses.Named(wanted.ClientId, secret) is { } unreadable) return unreadable;
        var after = new StreetCardOperator(wanted.Id, town.Value.Code, name.Value, kind, wanted.Charges, api.Value, wanted.ClientId!, wanted.On ? StreetCardState.On : StreetCardState.Off);
        var wrapped = (await kek.Wrap(System.Text.Encoding.ASCII.GetBytes(secret!), Owner(wanted.Id), stop)).Wrapped;
        return await database.WriteOrRefuse<StreetCardOperator>(async tx =>
        {
            var row = new
            {
                after.Id, after.Municipality, after.Name, Kind = Words<StreetCardKind>.Of(kind), Charges = after.Charges ? 1 : 0, Api = after.Api.OriginalString, after.ClientId, Secret = wrapped,
                State = Words<StreetCardState>.Of(after.State),
            };
            if (await tx.Connection.ExecuteAsync(Upsert, row, tx.Handle) == 0) return Refusal.Of("not_found");
            await log.Write(tx, new Operation("street_operator.saved", work.Actor, after.Id, Before: before is null ? null : InShort(before), After: InShort(after)));
            return after;
        }, stop);
    }

    private static string InShort(StreetCardOperator one) =>
        $"{one.Municipality} {Words<StreetCardKind>.Of(one.Kind)} {(one.Charges ? "charges" : "no charges")} {one.Api.Host} {one.ClientId} {Words<StreetCardState>.Of(one.State)} {one.Name}";

    private static string Owner(Guid id) => $"street-operator:{id:N}";
}
