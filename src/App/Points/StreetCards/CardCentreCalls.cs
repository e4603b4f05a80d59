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
        var body = new { id = order.Id.Value, card = card.Text, points = order.Points.Value, sources = new { exchanged = sources.Exchanged.Value, city = sources.Given.Value }, notAfterMs = order.NotAfterMs };
        return PartnerAnswer.Of(order.Id.Value, "charged", await Post(at, "charges", body, order.Id.Value, stop));
    }

    /// <summary>What has become of a charge.</summary>
    public async Task<PartnerAnswer> Ask(StreetCardOperator at, Guid order, CancellationToken stop) => PartnerAnswer.Of(order, "charged", await Get(at, $"charges/{order}", stop));

    /// <summary>Takes a charge off its card again. The number of the reversal is the same at each try, so it is taken off once.</summary>
    public async Task<PartnerAnswer> TakeBack(StreetCardOperator at, ChargeBack back, CancellationToken stop) =>
        PartnerAnswer.Of(back.Id.Value, "reversed", await Post(at, $"charges/{back.Charge.Value}/reversals", new { id = back.Id.Value, notAfterMs = back.NotAfterMs }, back.Id.Value, stop));

    /// <summary>What has become of a reversal.</summary>
    public async Task<PartnerAnswer> AskBack(StreetCardOperator at, Guid reversal, CancellationToken stop) => PartnerAnswer.Of(reversal, "reversed", await Get(at, $"reversals/{reversal}", stop));

    /// <returns>What a card holds, by source; empty and <see cref="PartnerVerdict.Unknown"/> for a card that the centre does not know.</returns>
    public async Task<(PartnerVerdict Verdict, IReadOnlyList<CardBalance> Balances)> Balance(StreetCardOperator at, StreetCardNumber card, CancellationToken stop)
    {
        var (status, body) = await Post(at, "balances", new { card = card.Text }, null, stop);
        if (status == HttpStatusCode.NotFound && OutsideCalls.Text(body, "state") == "unknown") return (PartnerVerdict.Unknown, []);
        if (status != HttpStatusCode.OK || body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("balances", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MostSources)
            return (PartnerVerdict.Silent, []);
        var balances = list.EnumerateArray().Select(b => (Source: OutsideCalls.Text(b, "source"), Points: OutsideCalls.Number(b, "points"))).ToList();
        return balances.All(b => b is { Source.Length: > 0 and <= LongestSource, Points: not null }) ? (PartnerVerdict.Yes, balances.ConvertAll(b => new CardBalance(b.Source!, b.Points!.Value))) : (PartnerVerdict.Silent, []);
    }

    private async Task<(HttpStatusCode? Status, JsonElement Body)> Get(StreetCardOperator at, string path, CancellationToken stop) =>
        await outside.Send(await operators.SecretsOf(at, stop), () => new HttpRequestMessage(HttpMethod.Get, At(at, path)), stop);

    /// <param name="id">Of what is to be done once.</param>
    private async Task<(HttpStatusCode? Status, JsonElement Body)> Post(StreetCardOperator at, string path, object body, Guid? id, CancellationToken stop) => await outside.Send(await operators.SecretsOf(at, stop), () =>
    {
        var request = new HttpRequestMessage(HttpMethod.Post, At(at, path)) { Content = JsonContent.Create(body) };
        if (id is not null) request.Headers.Add("Idempotency-Key", id.ToString());
        return request;
    }, stop);

    private static Uri At(StreetCardOperator at, string path) => new($"{at.Api.OriginalString.TrimEnd('/')}/{path}");
}
