using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MyKey.App.PartnerLinks;
using MyKey.Kernel;

namespace MyKey.App.PaymentServices;

/// <summary>
/// What a service says of an order (S1-40). Silent: nothing that could be understood, so nobody knows what it has done. Unknown: no such order has reached it. Accepted: it will grant. Granted: the
/// points are there. Refused: it has not granted and never will.
/// </summary>
public enum OrderVerdict { Silent, Unknown, Accepted, Granted, Refused }

/// <param name="Points">What was accepted or granted.</param>
/// <param name="Reason">Of a no, one of the words of docs/payment-service-interface.md.</param>
public sealed record ServiceAnswer(OrderVerdict Verdict, long Points = 0, string? Reason = null)
{
    public static ServiceAnswer Silent { get; } = new(OrderVerdict.Silent);

    /// <summary>What an answer says of an order. It has to speak of this very one.</summary>
    internal static ServiceAnswer Of(Guid order, HttpStatusCode? status, JsonElement body)
    {
        if (!Guid.TryParse(OutsideCalls.Text(body, "id"), out var id) || id != order) return Silent;
        return (OutsideCalls.Text(body, "state"), status) switch
        {
            ("accepted", HttpStatusCode.OK or HttpStatusCode.Created) when OutsideCalls.Number(body, "points") is { } points => new ServiceAnswer(OrderVerdict.Accepted, points),
            ("granted", HttpStatusCode.OK or HttpStatusCode.Created) when OutsideCalls.Number(body, "points") is { } points => new ServiceAnswer(OrderVerdict.Granted, points),
            ("refused", HttpStatusCode.OK or HttpStatusCode.Conflict) => new ServiceAnswer(OrderVerdict.Refused, 0, Known(OutsideCalls.Text(body, "reason"))),
            ("unknown", HttpStatusCode.OK) => new ServiceAnswer(OrderVerdict.Unknown),
            _ => Silent,
        };
    }

    /// <summary>Whatever a service writes, one of these words is kept.</summary>
    private static string Known(string? reason) => reason is "invalid_account" or "limit" or "expired" ? reason : "refused";
}

/// <summary>An order as a service is told it: the number is the same at each try, so it is granted once.</summary>
/// <param name="Account">The service's own word for the account.</param>
public sealed record GrantOrder(Guid Id, string Account, MunicipalityCode Municipality, Kernel.Points Points, long NotAfterMs);

/// <summary>The calls of docs/payment-service-interface.md. Each is one try with one timeout; an answer that is not wholly understood counts as none. No connection to the database is held meanwhile.</summary>
public sealed class ServiceCalls(OutsideCalls outside, FindPaymentServices services)
{
    private const int LongestAccount = 100;

    /// <returns>The service's word for the account; <c>service_auth_failed</c> for a pair that it does not know, <c>service_silent</c>.</returns>
    public async Task<Result<string>> Verify(PaymentService at, string serviceId, string securityCode, CancellationToken stop)
    {
        var (status, body) = await Send(at, () => new HttpRequestMessage(HttpMethod.Post, At(at, "verifications")) { Content = JsonContent.Create(new { serviceId, securityCode }) }, stop);
        return (OutsideCalls.Text(body, "state"), status) switch
        {
            ("ok", HttpStatusCode.OK) when OutsideCalls.Text(body, "account") is { Length: > 0 and <= LongestAccount } account && account.All(c => c is > ' ' and <= '~') => account,
            ("wrong", HttpStatusCode.OK) => Refusal.Of("service_auth_failed"),
            _ => Refusal.Of("service_silent"),
        };
    }

    public async Task<ServiceAnswer> Grant(PaymentService at, GrantOrder order, CancellationToken stop)
    {
        var (status, body) = await Send(at, () =>
        {
            var request = new HttpRequestMessage(HttpMethod.Post, At(at, "grants"))
            {
                Content = JsonContent.Create(new { id = order.Id, account = order.Account, municipality = order.Municipality.Value, points = order.Points.Value, notAfterMs = order.NotAfterMs }),
            };
            request.Headers.Add("Idempotency-Key", order.Id.ToString());
            return request;
        }, stop);
        return ServiceAnswer.Of(order.Id, status, body);
    }

    /// <summary>What has become of an order.</summary>
    public async Task<ServiceAnswer> Ask(PaymentService at, Guid order, CancellationToken stop)
    {
        var (status, body) = await Send(at, () => new HttpRequestMessage(HttpMethod.Get, At(at, $"grants/{order}")), stop);
        return ServiceAnswer.Of(order, status, body);
    }

    private async Task<(HttpStatusCode? Status, JsonElement Body)> Send(PaymentService at, Func<HttpRequestMessage> make, CancellationToken stop) =>
        await outside.Send(await services.SecretsOf(at.Id, stop), make, stop);

    private static Uri At(PaymentService at, string path) => new($"{at.Api.OriginalString.TrimEnd('/')}/{path}");
}
