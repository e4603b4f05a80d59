using Dapper;
using MyKey.App.Partners;
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

/// <summary>The operators set a partner's addresses and what we prove ourselves with there (S2-P11a). Whoever holds them directs points, so the one-time password is asked again.</summary>
public sealed class SetPartnerSite(PartnerCache partners, PartnerSecrets secrets, PartnerAddresses addresses, OperationLog log, TimeProvider clock)
{
    private const string Set = """
        insert into pts_partner_site(partner, from_day, authorize_url, token_url, api_url, client_id, secret)
        values (@Partner, @From, @Authorize, @Token, @Api, @ClientId, @Secret)
        on conflict (partner, from_day) do update set authorize_url = @Authorize, token_url = @Token, api_url = @Api, client_id = @ClientId, secret = @Secret
        """;

    /// <returns>
    /// The partner; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c>, <c>field_required</c> (field), <c>too_large</c>, <c>address_format</c> (field),
    /// <c>number_format</c> (field) for what is no printable ASCII, <c>out_of_period</c> (from, until) for a day that has passed.
    /// </returns>
    public async Task<Result<Partner>> Run(StaffAtWork work, string key, WantedPartnerSite wanted, CancellationToken stop = default)
    {
        if ((work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        if ((await partners.View()).Find(key) is not { } partner) return Refusal.Of("not_found");
        var read = addresses.Read(wanted, clock.Today());
        if (read.Refused is { } no) return no;
        var (authorize, token, api) = read.Value;
        var row = new
        {
            Partner = partner.Id, wanted.From, Authorize = authorize.OriginalString, Token = token.OriginalString, Api = api.OriginalString, wanted.ClientId,
            Secret = await secrets.Wrap(partner.Id, wanted.From, wanted.ClientSecret, stop),
        };
        return await partners.Change(partner.Id, async tx =>
        {
            await tx.Connection.ExecuteAsync(Set, row, tx.Handle);
            await log.Write(tx, new Operation("partner.site_set", work.Actor, partner.Id.Value, After: $"{key} from {wanted.From:yyyy-MM-dd} {authorize.Host} {api.Host} {wanted.ClientId}"));
            return null;
        }, stop);
    }
}

/// <summary>What we prove ourselves with to a partner: wrapped in the table, open only while a call is made.</summary>
public sealed class PartnerSecrets(Database database, Kek kek)
{
    public async Task<byte[]> Wrap(PartnerId partner, DateOnly from, string secret, CancellationToken stop) =>
        (await kek.Wrap(System.Text.Encoding.ASCII.GetBytes(secret), Owner(partner, from), stop)).Wrapped;

    public async Task<string> Of(PartnerId partner, PartnerSite site, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var wrapped = await connection.QuerySingleAsync<byte[]>("select secret from pts_partner_site where partner = @partner and from_day = @From", new { partner, site.From });
        return System.Text.Encoding.ASCII.GetString(await kek.Unwrap(wrapped, Owner(partner, site.From), stop));
    }

    private static string Owner(PartnerId partner, DateOnly from) => $"partner-site:{partner.Value:N}:{from:yyyyMMdd}";
}
