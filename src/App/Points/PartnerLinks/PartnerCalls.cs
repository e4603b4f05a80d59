using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MyKey.App.Partners;
using MyKey.Kernel;

namespace MyKey.App.PartnerLinks;

/// <summary>What whoever runs the App sets below <c>MyKey:Partners</c> (docs/operations.md).</summary>
public sealed record PartnerCallOptions
{
    /// <summary>How long one answer of a partner is waited for.</summary>
    public int TimeoutMs { get; init; } = 5_000;
}

/// <summary>
/// What a partner said. <see cref="Silent"/>: nothing that could be understood, so nobody knows what it has done; <see cref="Unauthorized"/>: it does
/// not take the token; <see cref="Unknown"/>: no such order has reached it.
/// </summary>
public enum PartnerVerdict { Silent, Unauthorized, Yes, No, Unknown }

/// <param name="Points">The partner's: a balance, or what was debited.</param>
/// <param name="Reason">Of a no, in the partner's words of docs/partner-interface.md.</param>
public sealed record PartnerAnswer(PartnerVerdict Verdict, long Points = 0, string? Reason = null)
{
    public static PartnerAnswer Silent { get; } = new(PartnerVerdict.Silent);

    public static PartnerAnswer Unauthorized { get; } = new(PartnerVerdict.Unauthorized);
}

/// <param name="UntilMs">Until when <paramref name="Access"/> serves, by our clock.</param>
/// <param name="Refresh">Gets the next one; null where the partner gives none.</param>
public sealed record PartnerTokens(string Access, long UntilMs, string? Refresh);

/// <summary>What is to be debited: its number, the same at each try, and until when the partner may still do it.</summary>
public sealed record PartnerDebit(Guid Id, long Points, long NotAfterMs);

/// <summary>The calls of docs/partner-interface.md. Each is one try with one timeout; an answer that is not wholly understood counts as none.</summary>
public sealed class PartnerCalls(HttpClient http, PartnerSecrets secrets, TimeProvider clock)
{
    public const int LargestBytes = 64 * 1024;

    private const int LongestToken = 4_096, LongestLifeSeconds = 90 * 86_400;

    /// <summary>A code of the partner's login becomes tokens.</summary>
    public Task<(PartnerVerdict Verdict, PartnerTokens? Tokens)> Redeem(Partner partner, PartnerSite site, (string Code, string Verifier, Uri Back) returned, CancellationToken stop) => Tokens(partner, site, new()
    {
        ["grant_type"] = "authorization_code", ["code"] = returned.Code, ["redirect_uri"] = returned.Back.OriginalString, ["code_verifier"] = returned.Verifier,
    }, null, stop);

    public Task<(PartnerVerdict Verdict, PartnerTokens? Tokens)> Refresh(Partner partner, PartnerSite site, string refresh, CancellationToken stop) =>
        Tokens(partner, site, new() { ["grant_type"] = "refresh_token", ["refresh_token"] = refresh }, refresh, stop);

    public async Task<PartnerAnswer> Balance(PartnerSite site, string access, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, At(site, "balance"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access);
        var (status, body) = await OutsideAnswers.Send(http, request, stop);
        if (status == HttpStatusCode.Unauthorized) return PartnerAnswer.Unauthorized;
        return status == HttpStatusCode.OK && OutsideAnswers.Number(body, "points") is { } points ? new PartnerAnswer(PartnerVerdict.Yes, points) : PartnerAnswer.Silent;
    }

    public async Task<PartnerAnswer> Debit(PartnerSite site, string access, PartnerDebit debit, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, At(site, "orders"))
        {
            Content = JsonContent.Create(new { id = debit.Id, points = debit.Points, notAfterMs = debit.NotAfterMs }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access);
        request.Headers.Add("Idempotency-Key", debit.Id.ToString());
        return Order(debit.Id, await OutsideAnswers.Send(http, request, stop));
    }

    /// <summary>What has become of an order; asked in our own name, for the citizen's link may be gone by then.</summary>
    public async Task<PartnerAnswer> Ask(Partner partner, PartnerSite site, Guid order, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, At(site, $"orders/{order}"));
        request.Headers.Authorization = await Ourselves(partner, site, stop);
        var answer = Order(order, await OutsideAnswers.Send(http, request, stop));
        return answer.Verdict == PartnerVerdict.Unauthorized ? PartnerAnswer.Silent : answer;
    }

    private static PartnerAnswer Order(Guid order, (HttpStatusCode? Status, JsonElement Body) said)
    {
        if (said.Status == HttpStatusCode.Unauthorized) return PartnerAnswer.Unauthorized;
        // It has to speak of this very order: an error page or another service that answers at the address says nothing about it.
        if (!Guid.TryParse(OutsideAnswers.Text(said.Body, "id"), out var id) || id != order) return PartnerAnswer.Silent;
        return OutsideAnswers.Text(said.Body, "state") switch
        {
            "debited" when said.Status is HttpStatusCode.OK or HttpStatusCode.Created && OutsideAnswers.Number(said.Body, "points") is { } points => new PartnerAnswer(PartnerVerdict.Yes, points),
            "refused" when said.Status is HttpStatusCode.OK or HttpStatusCode.Conflict => new PartnerAnswer(PartnerVerdict.No, 0, OutsideAnswers.Text(said.Body, "reason")),
            "unknown" when said.Status == HttpStatusCode.OK => new PartnerAnswer(PartnerVerdict.Unknown),
            _ => PartnerAnswer.Silent,
        };
    }

    private async Task<(PartnerVerdict, PartnerTokens?)> Tokens(Partner partner, PartnerSite site, Dictionary<string, string> form, string? refresh, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, site.Token) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Authorization = await Ourselves(partner, site, stop);
        var (status, body) = await OutsideAnswers.Send(http, request, stop);
        if (status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized && OutsideAnswers.Text(body, "error") is "invalid_grant") return (PartnerVerdict.No, null);
        if (status != HttpStatusCode.OK || !string.Equals(OutsideAnswers.Text(body, "token_type"), "Bearer", StringComparison.OrdinalIgnoreCase)) return (PartnerVerdict.Silent, null);
        if (OutsideAnswers.Text(body, "access_token") is not { Length: > 0 and <= LongestToken } access) return (PartnerVerdict.Silent, null);
        var lives = Math.Clamp(OutsideAnswers.Number(body, "expires_in") ?? 300, 0, LongestLifeSeconds);
        var next = OutsideAnswers.Text(body, "refresh_token") is { Length: > 0 and <= LongestToken } given ? given : refresh;
        return (PartnerVerdict.Yes, new PartnerTokens(access, clock.NowMs() + lives * 1_000, next));
    }

    /// <summary>Client id and secret as RFC 6749 2.3.1 has them.</summary>
    private async Task<AuthenticationHeaderValue> Ourselves(Partner partner, PartnerSite site, CancellationToken stop)
    {
        var pair = $"{Uri.EscapeDataString(site.ClientId)}:{Uri.EscapeDataString(await secrets.Of(partner.Id, site, stop))}";
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
    }

    private static Uri At(PartnerSite site, string path) => new($"{site.Api.OriginalString.TrimEnd('/')}/{path}");
}
