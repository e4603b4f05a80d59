using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MyKey.App.PartnerLinks;
using MyKey.Ledger;

namespace MyKey.App.StreetCards;

/// <summary>What a street card holds of one source, in the words of docs/card-centre-interface.md: <c>exchanged</c>, <c>city</c>, <c>association</c>.</summary>
public sealed record CardBalance(string Source, long Points);

/// <summary>The calls of docs/card-centre-interface.md. Each is one try with one timeout; an answer that is not wholly understood counts as none.</summary>
public sealed class CardCentreCalls(OutsideCalls outside, StreetCardOperators operators)
{
    private const int MostSources = 10, LongestSource = 40;

    /// <summary>Charges a card. The number of the order is the same at each try, so it is charged once.</summary>
    public async Task<PartnerAnswer> Charge(StreetCardOperator at, StreetCardNumber card, ChargeOrder order, SourceParts sources, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, At(at, "charges"))
        {
            Content = JsonContent.Create(new
            {
                id = order.Id.Value, card = card.Text, points = order.Points.Value, sources = new { exchanged = sources.Exchanged.Value, city = sources.Given.Value }, notAfterMs = order.NotAfterMs,
            }),
        };
        request.Headers.Add("Idempotency-Key", order.Id.Value.ToString());
        return PartnerAnswer.Of(order.Id.Value, "charged", await Send(at, request, stop));
    }

    /// <summary>What has become of a charge.</summary>
    public async Task<PartnerAnswer> Ask(StreetCardOperator at, Guid order, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, At(at, $"charges/{order}"));
        return PartnerAnswer.Of(order, "charged", await Send(at, request, stop));
    }

    /// <summary>Takes a charge off its card again. The number of the reversal is the same at each try, so it is taken off once.</summary>
    public async Task<PartnerAnswer> TakeBack(StreetCardOperator at, ChargeBack back, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, At(at, $"charges/{back.Charge.Value}/reversals")) { Content = JsonContent.Create(new { id = back.Id.Value, notAfterMs = back.NotAfterMs }) };
        request.Headers.Add("Idempotency-Key", back.Id.Value.ToString());
        return PartnerAnswer.Of(back.Id.Value, "reversed", await Send(at, request, stop));
    }

    /// <summary>What has become of a reversal.</summary>
    public async Task<PartnerAnswer> AskBack(StreetCardOperator at, Guid reversal, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, At(at, $"reversals/{reversal}"));
        return PartnerAnswer.Of(reversal, "reversed", await Send(at, request, stop));
    }

    /// <returns>What a card holds, by source; empty and <see cref="PartnerVerdict.Unknown"/> for a card that the centre does not know.</returns>
    public async Task<(PartnerVerdict Verdict, IReadOnlyList<CardBalance> Balances)> Balance(StreetCardOperator at, StreetCardNumber card, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, At(at, "balances")) { Content = JsonContent.Create(new { card = card.Text }) };
        var (status, body) = await Send(at, request, stop);
        if (status == HttpStatusCode.NotFound && OutsideCalls.Text(body, "state") == "unknown") return (PartnerVerdict.Unknown, []);
        if (status != HttpStatusCode.OK || body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("balances", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MostSources)
            return (PartnerVerdict.Silent, []);
        var balances = list.EnumerateArray().Select(b => (Source: OutsideCalls.Text(b, "source"), Points: OutsideCalls.Number(b, "points"))).ToList();
        return balances.All(b => b is { Source.Length: > 0 and <= LongestSource, Points: not null }) ? (PartnerVerdict.Yes, balances.ConvertAll(b => new CardBalance(b.Source!, b.Points!.Value))) : (PartnerVerdict.Silent, []);
    }

    private async Task<(HttpStatusCode? Status, JsonElement Body)> Send(StreetCardOperator at, HttpRequestMessage request, CancellationToken stop)
    {
        request.Headers.Authorization = OutsideCalls.Basic(at.ClientId, await operators.SecretOf(at, stop));
        return await outside.Send(request, stop);
    }

    private static Uri At(StreetCardOperator at, string path) => new($"{at.Api.OriginalString.TrimEnd('/')}/{path}");
}
