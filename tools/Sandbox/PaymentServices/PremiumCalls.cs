using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MyKey.Kernel;
using MyKey.Kernel.Net;

namespace MyKey.Sandbox.PaymentServices;

/// <summary>A payment service tells MyKey of charges and purchases with the key that it was given: docs/payment-service-interface.md, "Premiums of the State".</summary>
public static class PremiumCalls
{
    /// <returns>The premium, or the code of the refusal, as a text.</returns>
    public static async Task<string> Tell(ServiceBooks books, string service, Uri site, object said)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectCallback = LoopbackHosts.Connect }) { Timeout = TimeSpan.FromSeconds(10) };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(site, "/api/v1/payment-service/premiums")) { Content = JsonContent.Create(said) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", books.KeyOf(service) ?? "none");
        try
        {
            using var answer = await client.SendAsync(request);
            using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? string.Create(CultureInfo.InvariantCulture, $"{json.RootElement.GetProperty("premium").GetInt64()}ポイント") : json.RootElement.GetProperty("code").GetString() ?? "?";
        }
        catch (Exception none) when (none is HttpRequestException or OperationCanceledException or JsonException)
        {
            return "答えがありません";
        }
    }

    /// <summary>One purchase of a member today, told at once.</summary>
    public static async Task Buy(ServiceBooks books, string service, Uri site, (string Member, long Amount) what)
    {
        var id = $"{service}-{Guid.CreateVersion7():N}";
        books.Note(service, new ServicePurchase(id, what.Member, what.Amount, await Tell(books, service, site, new { eventId = id, kind = "purchase", at = $"{TimeProvider.System.Today():yyyy-MM-dd}", amount = what.Amount, number = what.Member })));
    }

    /// <summary>A purchase is undone.</summary>
    public static async Task Undo(ServiceBooks books, string service, Uri site, string purchase)
    {
        var id = $"{service}-{Guid.CreateVersion7():N}";
        books.Note(service, new ServicePurchase(id, "返品", 0, await Tell(books, service, site, new { eventId = id, kind = "return", at = $"{TimeProvider.System.Today():yyyy-MM-dd}", reverses = purchase })));
    }
}
