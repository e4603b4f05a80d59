using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using MyKey.App.OnlineSites;
using MyKey.App.PartnerLinks;
using MyKey.Identity;
using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.OnlineLinks;

/// <summary>What the browser brings back from a site's login.</summary>
/// <param name="Error">Why there is no code (RFC 6749 4.1.2.1): <c>account_missing</c> for whoever is no member there.</param>
public sealed record OnlineReturn(string? Code, string? State, string? Error);

/// <summary>
/// A citizen's way to a site's own login and back (S0-4015, S2-P17h): no password of the site is ever typed here. The site's leave serves once, to hand it the
/// link's token; after that we keep nothing that opens anything there.
/// </summary>
public sealed class MakeOnlineLink(LoginAttempts attempts, OnlineSiteCache sites, OnlineSecrets secrets, OutsideCalls outside, KeepOnlineLinks links, Settings settings, TimeProvider clock)
{
    /// <summary>
    /// Whether the card is asked for first: whoever had a stolen password would link a member of his own and take the points there, day after day.
    /// </summary>
    /// <param name="byCard">The session was opened with card and PIN.</param>
    public async Task<bool> NeedsCard(bool byCard) => !byCard && (await settings.View()).On("online.link_card", default, clock.NowMs());

    /// <param name="byCard">The session was opened with card and PIN.</param>
    /// <param name="back">Where the site sends the browser afterwards.</param>
    /// <returns>The address of the site's login; <c>not_found</c>, <c>out_of_period</c> (from, until), <c>step_up_required</c>.</returns>
    public async Task<Result<Uri>> Start(LinkSession session, bool byCard, string key, Uri back, CancellationToken stop = default)
    {
        if ((await sites.View()).Find(key) is not { } site) return Refusal.Of("not_found");
        if (!site.OpenOn(clock.Today()))
            return Refusal.Of("out_of_period", ("from", Shared.Components.Words.Day(site.From)), ("until", site.Until is { } last ? Shared.Components.Words.Day(last) : "お知らせの日"));
        if (await NeedsCard(byCard)) return Refusal.Of("step_up_required");
        var login = site.LoginOn(clock.Today())!;
        return await attempts.Begin(session, new OutsideLogin(site.Id.Value, login.Authorize, login.ClientId, "link"), back, stop);
    }

    /// <returns>
    /// The site; <c>not_found</c>, <c>partner_account_missing</c> (partner), <c>partner_auth_failed</c> (partner) for a state that is not of this session, over, used or without a
    /// code, and for a code that the site does not take; <c>partner_silent</c> (partner) when it did not say that it has the link. Then there is none.
    /// </returns>
    public async Task<Result<OnlineSite>> Finish(LinkSession session, string key, OnlineReturn returned, Uri back, CancellationToken stop = default)
    {
        if ((await sites.View()).Find(key) is not { } site || site.LoginOn(clock.Today()) is not { } login) return Refusal.Of("not_found");
        var failed = Refusal.Of("partner_auth_failed", ("partner", site.Name));
        if (await attempts.Take(session, site.Id.Value, returned.State, stop) is not { } verifier) return failed;
        if (returned.Error == "account_missing") return Refusal.Of("partner_account_missing", ("partner", site.Name));
        if (string.IsNullOrEmpty(returned.Code)) return failed;
        var ourselves = await secrets.OfLogin(site, login, stop);
        var (verdict, tokens) = await outside.Code(login.Token, ourselves, (returned.Code, verifier, back), stop);
        var silent = Refusal.Of("partner_silent", ("partner", site.Name));
        if (tokens is null) return verdict == PartnerVerdict.No ? failed : silent;
        var (link, token) = (new OnlineLink(session.Citizen, site.Id, Ids.NewV7(clock), clock.NowMs()), Token.New(prefix: KeepOnlineLinks.Prefix));
        // The site first: a token that it never got would be a link that says it is there and opens nothing.
        if (!await Hand(login, tokens.Access, link.Id, token.Text, stop)) return silent;
        await links.Store(link, token.Hash, stop);
        return site;
    }

    private async Task<bool> Hand(OnlineLogin login, string access, Guid id, string token, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{login.Api.OriginalString.TrimEnd('/')}/links")) { Content = JsonContent.Create(new { id, token }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access);
        var (status, body) = await outside.Send(request, stop);
        return status is HttpStatusCode.OK or HttpStatusCode.Created && Guid.TryParse(OutsideCalls.Text(body, "id"), out var said) && said == id;
    }
}
