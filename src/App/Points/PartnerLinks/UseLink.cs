using System.Collections.Concurrent;
using MyKey.App.Partners;
using MyKey.Kernel;

namespace MyKey.App.PartnerLinks;

/// <summary>Acts for a citizen at a partner: finds the token, gets a new one where it is over, and ends a link that the partner does not take any more.</summary>
public sealed class UseLink(KeepLinks links, PartnerCalls calls, TimeProvider clock)
{
    /// <summary>A token with less than this left is not begun with.</summary>
    private const int RestMs = 30_000;

    private readonly ConcurrentDictionary<(CitizenId, PartnerId), Lazy<Task<Result<string>>>> renewals = new();

    /// <returns>The token to act with; <c>link_required</c> (partner) without a link, <c>partner_silent</c> (partner), <c>busy</c> while another process renews it.</returns>
    public Task<Result<string>> Open(CitizenId citizen, Partner partner, PartnerSite site, CancellationToken stop) => Open(citizen, partner, site, null, stop);

    /// <returns>The partner's points of the citizen; as <see cref="Open(CitizenId, Partner, PartnerSite, CancellationToken)"/>.</returns>
    public async Task<Result<long>> Balance(CitizenId citizen, Partner partner, PartnerSite site, CancellationToken stop)
    {
        var answer = await With(citizen, partner, site, access => calls.Balance(site, access, stop), stop);
        if (answer.Refused is { } no) return no;
        return answer.Value.Verdict == PartnerVerdict.Yes ? answer.Value.Points : Silent(partner);
    }

    /// <summary>Calls with the token, and once more with a new one where the partner does not take it.</summary>
    /// <returns>The answer, never <see cref="PartnerVerdict.Unauthorized"/>; as <see cref="Open(CitizenId, Partner, PartnerSite, CancellationToken)"/>.</returns>
    public async Task<Result<PartnerAnswer>> With(CitizenId citizen, Partner partner, PartnerSite site, Func<string, Task<PartnerAnswer>> call, CancellationToken stop)
    {
        var access = await Open(citizen, partner, site, stop);
        if (access.Refused is { } none) return none;
        var answer = await call(access.Value);
        if (answer.Verdict != PartnerVerdict.Unauthorized) return answer;
        access = await Open(citizen, partner, site, access.Value, stop);
        if (access.Refused is { } no) return no;
        answer = await call(access.Value);
        if (answer.Verdict != PartnerVerdict.Unauthorized) return answer;
        if (await links.Find(citizen, partner.Id, stop) is { } link) await links.Lose(link, stop);
        return Required(partner);
    }

    public static Refusal Silent(Partner partner) => Refusal.Of("partner_silent", ("partner", partner.Name));

    private static Refusal Required(Partner partner) => Refusal.Of("link_required", ("partner", partner.Name));

    private async Task<Result<string>> Open(CitizenId citizen, Partner partner, PartnerSite site, string? over, CancellationToken stop)
    {
        if (await links.Find(citizen, partner.Id, stop) is not { } link) return Required(partner);
        var tokens = await links.Tokens(link, stop);
        if (tokens.Access != over && tokens.UntilMs - RestMs > clock.NowMs()) return tokens.Access;
        // Several that find it over at the same time share one renewal; the browser of one may go away.
        var key = (citizen, partner.Id);
        var renewal = renewals.GetOrAdd(key, _ => new Lazy<Task<Result<string>>>(() => Renew(link, partner, site)));
        try
        {
            return await renewal.Value;
        }
        finally
        {
            renewals.TryRemove(KeyValuePair.Create(key, renewal));
        }
    }

    private async Task<Result<string>> Renew(PartnerLink link, Partner partner, PartnerSite site)
    {
        var stop = CancellationToken.None;
        if (await links.Find(link.Citizen, partner.Id, stop) is not { } now) return Required(partner);
        if (now.Version != link.Version) return (await links.Tokens(now, stop)).Access;
        if (!await links.Begin(link, stop)) return Refusal.Of("busy");
        var (verdict, fresh) = (await links.Tokens(link, stop)).Refresh is { } refresh ? await calls.Refresh(partner, site, refresh, stop) : (PartnerVerdict.No, null);
        if (fresh is not null)
        {
            await links.Replace(link, fresh, stop);
            return fresh.Access;
        }
        if (verdict == PartnerVerdict.No)
        {
            await links.Lose(link, stop);
            return Required(partner);
        }
        await links.GiveUp(link, stop);
        return Silent(partner);
    }
}
