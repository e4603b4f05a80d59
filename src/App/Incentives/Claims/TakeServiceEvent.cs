using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyKey.App.PaymentServices;
using MyKey.App.SiteEvents;
using MyKey.Kernel;

namespace MyKey.App.Claims;

/// <summary>The headers with which a payment service proves that a message is its own, and new.</summary>
public sealed record ServiceSignature(string? Id, string? Timestamp, string? Signatures);

/// <summary>What a payment service tells by itself of an order (S1-40): as the answer to our question, but signed.</summary>
public sealed class TakeServiceEvent(ClaimRows claims, FindPaymentServices services, SettleClaim settle, TimeProvider clock)
{
    private const int NewestSeconds = 300;

    /// <summary>As the Standard Webhooks have it: HMAC-SHA256 over <c>id.timestamp.body</c> with the secret that we prove ourselves with at the service. A message that comes again changes nothing.</summary>
    /// <returns>The claim as it stands then; <c>body_unreadable</c>; <c>partner_auth</c> for one that the order's service has not signed within five minutes, and for an order that is none.</returns>
    public async Task<Result<Claim>> Run(ServiceSignature signed, string body, CancellationToken stop = default)
    {
        if (Parse(body) is not { } said || !said.TryGetProperty("id", out var named) || !named.TryGetGuid(out var id)) return Refusal.Of("body_unreadable");
        if (await claims.Find(new TransferId(id), stop) is not { To: { } to } claim || await services.Find(to.Service, stop) is not { } service || !await IsSigned(service, signed, body, stop)) return Refusal.Of("partner_auth");
        var answer = ServiceAnswer.Of(id, HttpStatusCode.OK, said);
        return answer.Verdict is OrderVerdict.Silent or OrderVerdict.Unknown ? Refusal.Of("body_unreadable") : await settle.Apply(claim, answer, Actor.Job(SettleClaims.JobName), stop);
    }

    private async Task<bool> IsSigned(PaymentService service, ServiceSignature signed, string body, CancellationToken stop)
    {
        if (string.IsNullOrEmpty(signed.Id) || string.IsNullOrEmpty(signed.Signatures)) return false;
        if (!long.TryParse(signed.Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || Math.Abs(clock.NowMs() / 1_000 - seconds) > NewestSeconds) return false;
        var given = signed.Signatures.Split(' ').Select(Encoding.UTF8.GetBytes).ToList();
        foreach (var name in await services.SecretsOf(service.Id, stop))
        {
            var right = Encoding.ASCII.GetBytes(SignEvent.Signature(Encoding.ASCII.GetBytes(name.Secret), signed.Id, signed.Timestamp!, body));
            if (given.Any(g => CryptographicOperations.FixedTimeEquals(g, right))) return true;
        }
        return false;
    }

    private static JsonElement? Parse(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? json.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
