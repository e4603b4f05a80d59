using MyKey.App.Partners;
using MyKey.Kernel;

namespace MyKey.App.PartnerLinks;

/// <summary>A citizen's way to a partner's own login and back (S2-P17g): no password of the partner is ever typed here.</summary>
public sealed class MakeLink(LoginAttempts attempts, PartnerCache partners, PartnerCalls calls, KeepLinks links, TimeProvider clock)
{
    /// <param name="back">Where the partner sends the browser afterwards.</param>
    /// <returns>The address of the partner's login; <c>not_found</c>, and those of <see cref="Partner.TakesLinks"/>.</returns>
    public async Task<Result<Uri>> Start(LinkSession session, string key, Uri back, CancellationToken stop = default)
    {
        if ((await partners.View()).Find(key) is not { } partner) return Refusal.Of("not_found");
        if (partner.TakesLinks(clock.NowMs()).Refused is { } closed) return closed;
        var site = partner.SiteOn(clock.Today())!;
        return await attempts.Begin(session, new OutsideLogin(partner.Id.Value, site.Authorize, site.ClientId, "points"), back, stop);
    }

    /// <returns>The partner; <c>not_found</c>, <c>partner_auth_failed</c> (partner) for a state that is not of this session, over, used or without a code, and for a code that the partner does not take; <c>partner_silent</c> (partner).</returns>
    public async Task<Result<Partner>> Finish(LinkSession session, string key, LinkReturn returned, Uri back, CancellationToken stop = default)
    {
        if ((await partners.View()).Find(key) is not { } partner || partner.SiteOn(clock.Today()) is not { } site) return Refusal.Of("not_found");
        var failed = Refusal.Of("partner_auth_failed", ("partner", partner.Name));
        if (await attempts.Take(session, partner.Id.Value, returned.State, stop) is not { } verifier || string.IsNullOrEmpty(returned.Code)) return failed;
        var (verdict, tokens) = await calls.Redeem(partner, site, (returned.Code, verifier, back), stop);
        if (tokens is null) return verdict == PartnerVerdict.No ? failed : UseLink.Silent(partner);
        await links.Store(session.Citizen, partner.Id, tokens, stop);
        return partner;
    }
}
