using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
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

/// <param name="Points">The partner's: a balance, or what was debited.</param>
/// <param name="Reason">Of a no, in the partner's words of docs/partner-interface.md.</param>
public sealed record PartnerAnswer(PartnerVerdict Verdict, long Points = 0, string? Reason = null)
{
    public static PartnerAnswer Silent { get; } = new(PartnerVerdict.Silent);

    public static PartnerAnswer Unauthorized { get; } = new(PartnerVerdict.Unauthorized);

    /// <summary>What an answer says of an order. It has to speak of this very one: an error page or another service at the address says nothing about it.</summary>
    /// <param name="done">The word of the interface for an order that was carried out.</param>
    internal static PartnerAnswer Of(Guid order, string done, (HttpStatusCode? Status, JsonElement Body) said)
    {
        if (!Guid.TryParse(OutsideCalls.Text(said.Body, "id"), out var id) || id != order) return Silent;
        return (OutsideCalls.Text(said.Body, "state"), said.Status) switch
        {
            (var state, HttpStatusCode.OK or HttpStatusCode.Created) when state == done && OutsideCalls.Number(said.Body, "points") is { } points => new PartnerAnswer(PartnerVerdict.Yes, points),
            ("refused", HttpStatusCode.OK or HttpStatusCode.Conflict) => new PartnerAnswer(PartnerVerdict.No, 0, OutsideCalls.Text(said.Body, "reason")),
            ("unknown", HttpStatusCode.OK) => new PartnerAnswer(PartnerVerdict.Unknown),
            _ => Silent,
        };
    }
}

/// <summary>What is to be debited: its number, the same at each try, and until when the partner may still do it.</summary>
public sealed record PartnerDebit(Guid Id, long Points, long NotAfterMs);

/// <summary>The calls of docs/partner-interface.md. Each is one try with one timeout; an answer that is not wholly understood counts as none.</summary>
public sealed class PartnerCalls(OutsideCalls outside, PartnerSecrets secrets)
{
    /// <summary>A code of the partner's login becomes tokens.</summary>
    public async Task<(PartnerVerdict Verdict, PartnerTokens? Tokens)> Redeem(Partner partner, PartnerSite site, (string Code, string Verifier, Uri Back) returned, CancellationToken stop) =>
        await outside.Code(site.Token, await secrets.All(partner, site, stop), returned, stop);

    public async Task<(PartnerVerdict Verdict, PartnerTokens? Tokens)> Refresh(Partner partner, PartnerSite site, string refresh, CancellationToken stop) =>
        await outside.Refresh(site.Token, await secrets.All(partner, site, stop), refresh, stop);

    public async Task<PartnerAnswer> Balance(PartnerSite site, string access, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, At(site, "balance"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access);
        var (status, body) = await outside.Send(request, stop);
        if (status == HttpStatusCode.Unauthorized) return PartnerAnswer.Unauthorized;
        return status == HttpStatusCode.OK && OutsideCalls.Number(body, "points") is { } points ? new PartnerAnswer(PartnerVerdict.Yes, points) : PartnerAnswer.Silent;
    }

    public async Task<PartnerAnswer> Debit(PartnerSite site, string access, PartnerDebit debit, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, At(site, "orders"))
        {
            Content = JsonContent.Create(new { id = debit.Id, points = debit.Points, notAfterMs = debit.NotAfterMs }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access);
        request.Headers.Add("Idempotency-Key", debit.Id.ToString());
        return Order(debit.Id, await outside.Send(request, stop));
    }

    /// <summary>What has become of an order; asked in our own name, for the citizen's link may be gone by then.</summary>
    public async Task<PartnerAnswer> Ask(Partner partner, PartnerSite site, Guid order, CancellationToken stop)
    {
        var answer = Order(order, await outside.Send(await secrets.All(partner, site, stop), () => new HttpRequestMessage(HttpMethod.Get, At(site, $"orders/{order}")), stop));
        return answer.Verdict == PartnerVerdict.Unauthorized ? PartnerAnswer.Silent : answer;
    }

    private static PartnerAnswer Order(Guid order, (HttpStatusCode? Status, JsonElement Body) said) =>
        said.Status == HttpStatusCode.Unauthorized ? PartnerAnswer.Unauthorized : PartnerAnswer.Of(order, "debited", said);

    private static Uri At(PartnerSite site, string path) => new($"{site.Api.OriginalString.TrimEnd('/')}/{path}");
}
