using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MyKey.Kernel;

namespace MyKey.App.PartnerLinks;

/// <summary>
/// What an outside party said. <see cref="Silent"/>: nothing that could be understood, so nobody knows what it has done; <see cref="Unauthorized"/>: it
/// does not take the token; <see cref="Unknown"/>: no such order has reached it.
/// </summary>
public enum PartnerVerdict { Silent, Unauthorized, Yes, No, Unknown }

/// <param name="UntilMs">Until when <paramref name="Access"/> serves, by our clock.</param>
/// <param name="Refresh">Gets the next one; null where none is given.</param>
public sealed record PartnerTokens(string Access, long UntilMs, string? Refresh)
{
    /// <summary>By which the partner names this leave when it begins an exchange itself; null where it never does.</summary>
    [JsonIgnore]
    public string? Link { get; init; }
}

/// <summary>Calls to outside parties: each is one try with one timeout; an answer that is not wholly understood counts as none.</summary>
public sealed class OutsideCalls(HttpClient http, TimeProvider clock)
{
    public const int LargestBytes = 64 * 1024;

    private const int LongestToken = 4_096, LongestLink = 100, LongestLifeSeconds = 90 * 86_400;

    /// <returns>No status and no body for silence.</returns>
    public async Task<(HttpStatusCode? Status, JsonElement Body)> Send(HttpRequestMessage request, CancellationToken stop)
    {
        try
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using var answer = await http.SendAsync(request, stop);
            var text = await answer.Content.ReadAsStringAsync(stop);
            return (answer.StatusCode, Parse(text));
        }
        catch (Exception none) when (none is HttpRequestException or IOException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return (null, default);
        }
    }

    /// <summary>In our own name: with the newest secret, and where that is not known yet with the one before it, so long as it counts.</summary>
    public async Task<(HttpStatusCode? Status, JsonElement Body)> Send(IReadOnlyList<OurName> ourselves, Func<HttpRequestMessage> make, CancellationToken stop)
    {
        (HttpStatusCode? Status, JsonElement Body) said = default;
        foreach (var name in ourselves)
        {
            using var request = make();
            request.Headers.Authorization = name.Header;
            said = await Send(request, stop);
            if (said.Status != HttpStatusCode.Unauthorized || Text(said.Body, "error") == "invalid_grant") break;
        }
        return said;
    }

    /// <summary>A code of an outside login becomes tokens.</summary>
    public Task<(PartnerVerdict Verdict, PartnerTokens? Tokens)> Code(Uri address, IReadOnlyList<OurName> ourselves, (string Code, string Verifier, Uri Back) returned, CancellationToken stop) => Tokens(address, ourselves, new()
    {
        ["grant_type"] = "authorization_code", ["code"] = returned.Code, ["redirect_uri"] = returned.Back.OriginalString, ["code_verifier"] = returned.Verifier,
    }, null, stop);

    public Task<(PartnerVerdict Verdict, PartnerTokens? Tokens)> Refresh(Uri address, IReadOnlyList<OurName> ourselves, string refresh, CancellationToken stop) =>
        Tokens(address, ourselves, new() { ["grant_type"] = "refresh_token", ["refresh_token"] = refresh }, refresh, stop);

    /// <summary>Client id and secret as RFC 6749 2.3.1 has them.</summary>
    public static AuthenticationHeaderValue Basic(string clientId, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Uri.EscapeDataString(clientId)}:{Uri.EscapeDataString(secret)}")));

    public static string? Text(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static long? Number(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0 ? number : null;

    private async Task<(PartnerVerdict, PartnerTokens?)> Tokens(Uri address, IReadOnlyList<OurName> ourselves, Dictionary<string, string> form, string? refresh, CancellationToken stop)
    {
        var (status, body) = await Send(ourselves, () => new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form) }, stop);
        if (status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized && Text(body, "error") is "invalid_grant") return (PartnerVerdict.No, null);
        if (status != HttpStatusCode.OK || !string.Equals(Text(body, "token_type"), "Bearer", StringComparison.OrdinalIgnoreCase)) return (PartnerVerdict.Silent, null);
        if (Text(body, "access_token") is not { Length: > 0 and <= LongestToken } access) return (PartnerVerdict.Silent, null);
        var lives = Math.Clamp(Number(body, "expires_in") ?? 300, 0, LongestLifeSeconds);
        var next = Text(body, "refresh_token") is { Length: > 0 and <= LongestToken } given ? given : refresh;
        return (PartnerVerdict.Yes, new PartnerTokens(access, clock.NowMs() + lives * 1_000, next) { Link = Text(body, "link") is { Length: > 0 and <= LongestLink } link ? link : null });
    }

    private static JsonElement Parse(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
