using System.Text.Json;
using Dapper;
using MyKey.App.OnlineSites;
using MyKey.App.PartnerLinks;
using MyKey.App.Proposals;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.SiteEvents;

/// <param name="Url">https, without query.</param>
public sealed record WantedHook(string Url);

/// <summary>
/// Where a site hears of what it did not do itself. Each time it is set there is a new secret; for a day the older one signs, too, so that the site can change over
/// without losing a message. Two operators set it (V-D3); the secret is made when it holds, and told to whoever made it hold.
/// </summary>
public sealed class SetHook(ChangeOnlineSite change, OnlineSiteCache sites, OnlineSecrets secrets, PartnerAddresses addresses, OperationLog log, TimeProvider clock)
{
    public const long OlderSignsMs = Jst.DayMs;

    private const string Put = """
        insert into pts_online_hook(site, url, key_no, secret, older, older_until_ms) values (@Id, @Url, 1, @secret, null, 0)
        on conflict (site) do update set url = @Url, key_no = pts_online_hook.key_no + 1, older = pts_online_hook.secret, secret = @secret, older_until_ms = @until
        returning key_no
        """;

    /// <returns>
    /// The secret where it holds; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c>, <c>field_required</c> (field), <c>too_large</c>, <c>address_format</c> (field), and as
    /// <see cref="ProposeChange.Run"/>.
    /// </returns>
    public async Task<Result<Asked<OnceShown?>>> Run(StaffAtWork work, string key, WantedHook wanted, CancellationToken stop = default)
    {
        var known = await change.Known(work, key);
        if (known.Refused is { } no) return no;
        var ready = await Ready(key, wanted, stop);
        if (ready.Refused is { } unfit) return unfit;
        var asked = await change.Ask(work, key, ready.Value, smaller: false, stop);
        return asked.Refused is { } waits ? waits : new Asked<OnceShown?>(ready.Value.Once(), asked.Value.Proposal);
    }

    /// <summary>A hook by the rules of today, with a new secret.</summary>
    internal async Task<Result<ReadyChange>> Ready(string key, WantedHook wanted, CancellationToken stop)
    {
        if ((await sites.View()).Find(key) is not { } site) return Refusal.Of("not_found");
        var url = addresses.Read("url", wanted.Url);
        if (url.Refused is { } nowhere) return nowhere;
        var (text, secret) = await secrets.NewHook(site.Id, stop);
        OnceShown? once = null;
        var draft = new ProposalDraft(ProposalKind.SiteHook, key, "", JsonSerializer.Serialize(new WantedHook(url.Value.OriginalString)));
        return new ReadyChange(draft, async (tx, by) =>
        {
            var number = await tx.Connection.QuerySingleAsync<int>(Put, new { site.Id, Url = url.Value.OriginalString, secret, until = clock.NowMs() + OlderSignsMs }, tx.Handle);
            await log.Write(tx, new Operation("online_site.hook_set", by, site.Id.Value, After: $"{key} {url.Value.Host}"));
            once = new OnceShown(number, text);
        }, sites.Drop)
        {
            Once = () => once,
        };
    }
}
