using System.Security.Cryptography;
using System.Text;
using Dapper;
using MyKey.App.PartnerLinks;
using MyKey.App.Proposals;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.OnlineSites;

/// <summary>What we prove ourselves with to a site, and what signs what it hears: wrapped in the tables, open only while it is used.</summary>
public sealed class OnlineSecrets(Database database, OlderSecrets older, Kek kek)
{
    /// <summary>Of a secret that signs: as the Standard Webhooks have it.</summary>
    public const string Prefix = "whsec_";

    private const int HookBytes = 32;

    public async Task<WrappedSecret> WrapLogin(OnlineSiteId site, DateOnly from, string secret, CancellationToken stop) =>
        new((await kek.Wrap(Encoding.ASCII.GetBytes(secret), LoginOwner(site, from), stop)).Wrapped, LoginOwner(site, from));

    /// <summary>The secret of a day, and the one before it while that counts: the newest first.</summary>
    public async Task<IReadOnlyList<OurName>> OfLogin(OnlineSite site, OnlineLogin login, CancellationToken stop)
    {
        var names = new List<OurName> { new(login.ClientId, await OfLogin(site.Id, login, stop)) };
        if (site.LoginOn(login.From.AddDays(-1)) is { } before && await older.Young(login.From)) names.Add(new(before.ClientId, await OfLogin(site.Id, before, stop)));
        if (await older.Find(SecretKind.OnlineLogin, site.Id.Value, stop) is { } replaced) names.Add(replaced);
        return [.. names.Distinct()];
    }

    internal static async Task<KeptSecret?> InForce(Transaction tx, OnlineSiteId site, DateOnly day)
    {
        var row = await tx.Connection.QuerySingleOrDefaultAsync<(string ClientId, DateOnly From, byte[] Secret)?>(
            "select client_id, from_day, secret from pts_online_login where site = @site and from_day <= @day order by from_day desc limit 1", new { site, day }, tx.Handle);
        return row is { } one ? new KeptSecret(one.ClientId, LoginOwner(site, one.From), one.Secret) : null;
    }

    private async Task<string> OfLogin(OnlineSiteId site, OnlineLogin login, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var wrapped = await connection.QuerySingleAsync<byte[]>("select secret from pts_online_login where site = @site and from_day = @From", new { site, login.From });
        return Encoding.ASCII.GetString(await kek.Unwrap(wrapped, LoginOwner(site, login.From), stop));
    }

    /// <returns>A new secret: as the site is told it, and wrapped.</returns>
    public async Task<(string Text, byte[] Wrapped)> NewHook(OnlineSiteId site, CancellationToken stop)
    {
        var secret = RandomNumberGenerator.GetBytes(HookBytes);
        return (Prefix + Convert.ToBase64String(secret), (await kek.Wrap(secret, HookOwner(site), stop)).Wrapped);
    }

    public Task<byte[]> OpenHook(OnlineSiteId site, byte[] wrapped, CancellationToken stop) => kek.Unwrap(wrapped, HookOwner(site), stop);

    internal static string LoginOwner(OnlineSiteId site, DateOnly from) => $"online-login:{site.Value:N}:{from:yyyyMMdd}";

    internal static string HookOwner(OnlineSiteId site) => $"online-hook:{site.Value:N}";
}
