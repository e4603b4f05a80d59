using System.Text.Json;
using Dapper;
using MyKey.App.PartnerLinks;
using MyKey.App.Proposals;
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

/// <summary>The operators of street cards: read by everybody, set by those who run the platform. Whoever sets an address directs points, so the one-time password is asked again, and it takes two of them (V-D3).</summary>
public sealed class StreetCardOperators(Database database, RegistryCache registry, PartnerAddresses addresses, ProposeChange propose, OlderSecrets older, Kek kek, OperationLog log, TimeProvider clock)
{
    public const int LongestName = 40;

    // Stands for a secret that stays as it was.
    private const string Kept = "kept";

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

    /// <summary>What we prove ourselves with at its centre, and what we did before while that counts: the newest first.</summary>
    internal async Task<IReadOnlyList<OurName>> SecretsOf(StreetCardOperator one, CancellationToken stop)
    {
        byte[] wrapped;
        await using (var connection = await database.Open(stop)) wrapped = await connection.QuerySingleAsync<byte[]>("select secret from pts_street_operator where id = @Id", new { one.Id });
        var newest = new OurName(one.ClientId, System.Text.Encoding.ASCII.GetString(await kek.Unwrap(wrapped, Owner(one.Id), stop)));
        return await older.Find(SecretKind.StreetOperator, one.Id, stop) is { } before ? [newest, before] : [newest];
    }

    /// <summary>To take it off, or off charging, holds at once.</summary>
    /// <returns>
    /// It, or what waits; <c>role_forbidden</c>, <c>confirm_required</c>, <c>municipality_unknown</c>, <c>field_required</c> (field), <c>too_large</c>, <c>address_format</c> (field),
    /// <c>number_format</c> (field) for what is no printable ASCII, <c>not_found</c> for one of another municipality, what free text is refused for, and as <see cref="ProposeChange.Run"/>.
    /// </returns>
    public async Task<Result<Asked<StreetCardOperator>>> Save(StaffAtWork work, WantedCardOperator wanted, CancellationToken stop = default)
    {
        if ((work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        var before = await Find(wanted.Id, stop);
        var typed = string.IsNullOrEmpty(wanted.ClientSecret) ? null : wanted.ClientSecret;
        if (PartnerAddresses.Named(wanted.ClientId, typed ?? (before is null ? null : Kept)) is { } unreadable) return unreadable;
        var secret = typed is null ? null : (await kek.Wrap(System.Text.Encoding.ASCII.GetBytes(typed), Owner(wanted.Id), stop)).Wrapped;
        var read = await Read(wanted, before);
        if (read.Refused is { } unfit) return unfit;
        var after = read.Value;
        var smaller = before is not null && secret is null && before with { Charges = after.Charges, State = after.State } == after
            && (before.Charges || !after.Charges) && (before.State == StreetCardState.On || after.State == StreetCardState.Off);
        var asked = await propose.Run(work, Ready(wanted, before, after, secret), smaller, stop);
        return asked.Refused is { } no ? no : new Asked<StreetCardOperator>(after, asked.Value.Id);
    }

    /// <summary>An operator of street cards by the rules of today.</summary>
    internal async Task<Result<ReadyChange>> Ready(WantedCardOperator wanted, byte[]? secret, CancellationToken stop)
    {
        var before = await Find(wanted.Id, stop);
        if (before is null && secret is null) return Refusal.Of("not_found");
        var read = await Read(wanted, before);
        return read.Refused is { } no ? no : Ready(wanted, before, read.Value, secret);
    }

    private async Task<Result<StreetCardOperator>> Read(WantedCardOperator wanted, StreetCardOperator? before)
    {
        var town = (await registry.View()).Issuing(wanted.Municipality);
        if (town.Refused is { } nowhere) return nowhere;
        if (before is not null && before.Municipality != town.Value.Code) return Refusal.Of("not_found");
        var name = NameText.Read("name", wanted.Name, LongestName);
        if (name.Refused is { } unnamed) return unnamed;
        if (wanted.Kind is not { } kind) return Refusal.Of("field_required", ("field", "kind"));
        var api = addresses.Read("api", wanted.Api);
        if (api.Refused is { } noAddress) return noAddress;
        return new StreetCardOperator(wanted.Id, town.Value.Code, name.Value, kind, wanted.Charges, api.Value, wanted.ClientId!, wanted.On ? StreetCardState.On : StreetCardState.Off);
    }

    private ReadyChange Ready(WantedCardOperator wanted, StreetCardOperator? before, StreetCardOperator after, byte[]? secret)
    {
        var draft = new ProposalDraft(ProposalKind.CardOperator, wanted.Id.ToString(), "", JsonSerializer.Serialize(wanted with { ClientSecret = "" }), secret is null ? null : new WrappedSecret(secret, Owner(wanted.Id)));
        return new ReadyChange(draft, async (tx, by) =>
        {
            var was = await tx.Connection.QuerySingleOrDefaultAsync<(string ClientId, byte[] Secret)?>("select client_id, secret from pts_street_operator where id = @Id", new { after.Id }, tx.Handle);
            if (secret is not null && was is { } one) await older.Keep(tx, SecretKind.StreetOperator, after.Id, new KeptSecret(one.ClientId, Owner(after.Id), one.Secret));
            var kept = secret ?? Must.Have(was?.Secret, "an operator of street cards without a new secret has one");
            var row = new
            {
                after.Id, after.Municipality, after.Name, Kind = Words<StreetCardKind>.Of(after.Kind), Charges = after.Charges ? 1 : 0, Api = after.Api.OriginalString, after.ClientId, Secret = kept,
                State = Words<StreetCardState>.Of(after.State),
            };
            Must.Hold(await tx.Connection.ExecuteAsync(Upsert, row, tx.Handle) == 1, "an operator of street cards stays with its municipality");
            await log.Write(tx, new Operation("street_operator.saved", by, after.Id, Before: before is null ? null : InShort(before), After: InShort(after)));
        }, () => { });
    }

    private static string InShort(StreetCardOperator one) =>
        $"{one.Municipality} {Words<StreetCardKind>.Of(one.Kind)} {(one.Charges ? "charges" : "no charges")} {one.Api.Host} {one.ClientId} {Words<StreetCardState>.Of(one.State)} {one.Name}";

    internal static string Owner(Guid id) => $"street-operator:{id:N}";
}
