using Dapper;
using MyKey.App.OnlineSites;
using MyKey.App.PartnerLinks;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.SiteEvents;

/// <param name="Url">https, without query.</param>
public sealed record WantedHook(string Url);

/// <summary>A new secret, shown this once.</summary>
/// <param name="KeyNo">Its number, as it stands beside every signature.</param>
public sealed record HookSecret(int KeyNo, string Secret);

/// <summary>
/// Where a site hears of what it did not do itself. Each time it is set there is a new secret; for a day the older one signs, too, so that the site can change over
/// without losing a message.
/// </summary>
public sealed class SetHook(ChangeOnlineSite change, OnlineSiteCache sites, OnlineSecrets secrets, PartnerAddresses addresses, OperationLog log, TimeProvider clock)
{
    public const long OlderSignsMs = 86_400_000;

    private const string Put = """
        insert into pts_online_hook(site, url, key_no, secret, older, older_until_ms) values (@Id, @Url, 1, @secret, null, 0)
        on conflict (site) do update set url = @Url, key_no = pts_online_hook.key_no + 1, older = pts_online_hook.secret, secret = @secret, older_until_ms = @until
        """;

    /// <returns>The secret; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c>, <c>field_required</c> (field), <c>too_large</c>, <c>address_format</c> (field).</returns>
    public async Task<Result<HookSecret>> Run(StaffAtWork work, string key, WantedHook wanted, CancellationToken stop = default)
    {
        var known = await change.Known(work, key);
        if (known.Refused is { } no) return no;
        var url = addresses.Read("url", wanted.Url);
        if (url.Refused is { } nowhere) return nowhere;
        var id = known.Value.Id;
        var (text, secret) = await secrets.NewHook(id, stop);
        var set = await sites.Change(id, async tx =>
        {
            await tx.Connection.ExecuteAsync(Put, new { Id = id, Url = url.Value.OriginalString, secret, until = clock.NowMs() + OlderSignsMs }, tx.Handle);
            await log.Write(tx, new Operation("online_site.hook_set", work.Actor, id.Value, After: $"{key} {url.Value.Host}"));
        }, stop);
        return new HookSecret(set.Value.Hook!.KeyNo, text);
    }
}
