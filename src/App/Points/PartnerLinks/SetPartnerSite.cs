using System.Globalization;
using System.Text.Json;
using Dapper;
using MyKey.App.Partners;
using MyKey.App.Proposals;
using MyKey.App.SignIn;
using MyKey.Identity.Keys;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.PartnerLinks;

/// <summary>Where a partner's own login and interface are, as it is asked for.</summary>
/// <param name="From">Names the row: the same day again changes it, as long as it has not passed.</param>
/// <param name="Authorize">Page of its login, https; <paramref name="Token"/> where a code becomes tokens; <paramref name="Api"/> begins the addresses of balance and orders.</param>
/// <param name="ClientId">What we are called there, 1 to 100 characters.</param>
/// <param name="ClientSecret">Kept wrapped and never shown again.</param>
public sealed record WantedPartnerSite(DateOnly From, string Authorize, string Token, string Api, string ClientId, string ClientSecret) : IWantedLogin;

/// <summary>The operators set a partner's addresses and what we prove ourselves with there (S2-P11a). Whoever holds them directs points, so the one-time password is asked again, and it takes two operators (V-D3).</summary>
public sealed class SetPartnerSite(PartnerCache partners, PartnerSecrets secrets, PartnerAddresses addresses, ProposeChange propose, OlderSecrets older, OperationLog log, TimeProvider clock)
{
    private const string Set = """
        insert into pts_partner_site(partner, from_day, authorize_url, token_url, api_url, client_id, secret)
        values (@Partner, @From, @Authorize, @Token, @Api, @ClientId, @Secret)
        on conflict (partner, from_day) do update set authorize_url = @Authorize, token_url = @Token, api_url = @Api, client_id = @ClientId, secret = @Secret
        """;

    /// <returns>
    /// The partner, or what waits; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c>, <c>field_required</c> (field), <c>too_large</c>, <c>address_format</c> (field),
    /// <c>number_format</c> (field) for what is no printable ASCII, <c>out_of_period</c> (from, until) for a day that has passed, and as <see cref="ProposeChange.Run"/>.
    /// </returns>
    public async Task<Result<Asked<Partner>>> Run(StaffAtWork work, string key, WantedPartnerSite wanted, CancellationToken stop = default)
    {
        if ((work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        if ((await partners.View()).Find(key) is not { } partner) return Refusal.Of("not_found");
        var read = addresses.Read(wanted, clock.Today());
        if (read.Refused is { } unreadable) return unreadable;
        var asked = await propose.Run(work, Ready(partner, wanted, read.Value, await secrets.Wrap(partner.Id, wanted.From, wanted.ClientSecret, stop)), smaller: false, stop);
        return asked.Refused is { } no ? no : new Asked<Partner>(Must.Have((await partners.View()).Find(key), "a partner that was asked about is there"), asked.Value.Id);
    }

    /// <summary>The addresses by the rules of today.</summary>
    internal async Task<Result<ReadyChange>> Ready(string key, WantedPartnerSite wanted, byte[] secret)
    {
        if ((await partners.View()).Find(key) is not { } partner) return Refusal.Of("not_found");
        // The secret was read when it was typed, and is wrapped since.
        var read = addresses.Read(wanted with { ClientSecret = "x" }, clock.Today());
        return read.Refused is { } no ? no : Ready(partner, wanted, read.Value, new WrappedSecret(secret, PartnerSecrets.Owner(partner.Id, wanted.From)));
    }

    private ReadyChange Ready(Partner partner, WantedPartnerSite wanted, LoginAddresses read, WrappedSecret secret)
    {
        var row = new
        {
            Partner = partner.Id, wanted.From, Authorize = read.Authorize.OriginalString, Token = read.Token.OriginalString, Api = read.Api.OriginalString, wanted.ClientId, Secret = secret.Wrapped,
        };
        var day = wanted.From.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var draft = new ProposalDraft(ProposalKind.PartnerSite, partner.Key, day, JsonSerializer.Serialize(wanted with { ClientSecret = "" }), secret);
        return new ReadyChange(draft, async (tx, by) =>
        {
            if (wanted.From == clock.Today() && await PartnerSecrets.InForce(tx, partner.Id, wanted.From) is { } was) await older.Keep(tx, SecretKind.PartnerSite, partner.Id.Value, was);
            await tx.Connection.ExecuteAsync(Set, row, tx.Handle);
            await log.Write(tx, new Operation("partner.site_set", by, partner.Id.Value, After: $"{partner.Key} from {day} {read.Authorize.Host} {read.Api.Host} {wanted.ClientId}"));
        }, partners.Drop);
    }
}

/// <summary>What we prove ourselves with to a partner: wrapped in the table, open only while a call is made.</summary>
public sealed class PartnerSecrets(Database database, OlderSecrets older, Kek kek)
{
    public async Task<WrappedSecret> Wrap(PartnerId partner, DateOnly from, string secret, CancellationToken stop) =>
        new((await kek.Wrap(System.Text.Encoding.ASCII.GetBytes(secret), Owner(partner, from), stop)).Wrapped, Owner(partner, from));

    public async Task<string> Of(PartnerId partner, PartnerSite site, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var wrapped = await connection.QuerySingleAsync<byte[]>("select secret from pts_partner_site where partner = @partner and from_day = @From", new { partner, site.From });
        return System.Text.Encoding.ASCII.GetString(await kek.Unwrap(wrapped, Owner(partner, site.From), stop));
    }

    /// <summary>The secret of a day, and the one before it while that counts: the newest first.</summary>
    public async Task<IReadOnlyList<OurName>> All(Partner partner, PartnerSite site, CancellationToken stop)
    {
        var names = new List<OurName> { new(site.ClientId, await Of(partner.Id, site, stop)) };
        if (partner.SiteOn(site.From.AddDays(-1)) is { } before && await older.Young(site.From)) names.Add(new(before.ClientId, await Of(partner.Id, before, stop)));
        if (await older.Find(SecretKind.PartnerSite, partner.Id.Value, stop) is { } replaced) names.Add(replaced);
        return [.. names.Distinct()];
    }

    internal static async Task<KeptSecret?> InForce(Transaction tx, PartnerId partner, DateOnly day)
    {
        var row = await tx.Connection.QuerySingleOrDefaultAsync<(string ClientId, DateOnly From, byte[] Secret)?>(
            "select client_id, from_day, secret from pts_partner_site where partner = @partner and from_day <= @day order by from_day desc limit 1", new { partner, day }, tx.Handle);
        return row is { } one ? new KeptSecret(one.ClientId, Owner(partner, one.From), one.Secret) : null;
    }

    internal static string Owner(PartnerId partner, DateOnly from) => $"partner-site:{partner.Value:N}:{from:yyyyMMdd}";
}
