using System.Security.Cryptography;
using System.Text;
using Dapper;
using MyKey.App.Proposals;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.OnlineSites;

/// <summary>What we prove ourselves with to a site, and what signs what it hears: wrapped in the tables, open only while it is used.</summary>
public sealed class OnlineSecrets(Database database, Kek kek)
{
    /// <summary>Of a secret that signs: as the Standard Webhooks have it.</summary>
    public const string Prefix = "whsec_";

    private const int HookBytes = 32;

    public async Task<WrappedSecret> WrapLogin(OnlineSiteId site, DateOnly from, string secret, CancellationToken stop) =>
        new((await kek.Wrap(Encoding.ASCII.GetBytes(secret), LoginOwner(site, from), stop)).Wrapped, LoginOwner(site, from));

    public async Task<string> OfLogin(OnlineSiteId site, OnlineLogin login, CancellationToken stop)
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
