using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace MyKey.App.PartnerLinks;

/// <summary>Calls to systems outside, one try each: what can't be understood counts as no answer.</summary>
internal static class OutsideAnswers
{
    /// <returns>No status when there was no answer in time; no body when it is not JSON.</returns>
    public static async Task<(HttpStatusCode? Status, JsonElement Body)> Send(HttpClient http, HttpRequestMessage request, CancellationToken stop)
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

    public static string? Text(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <returns>A whole number from 0, or null.</returns>
    public static long? Number(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0 ? number : null;

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
