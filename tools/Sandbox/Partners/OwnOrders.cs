using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyKey.Kernel;
using MyKey.Kernel.Net;

namespace MyKey.Sandbox.Partners;

/// <summary>Exchanges that members begin on the partner's own page (docs/partner-interface.md): the row first, then the signed order to MyKey, under the row's number at each try.</summary>
public sealed class OwnOrders(PartnerBooks books, PartnerPartyOptions options, IServiceProvider services) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectCallback = LoopbackHosts.Connect }) { BaseAddress = new Uri(options.Site), Timeout = TimeSpan.FromSeconds(20) };

    private TimeProvider Clock => services.GetService<TimeProvider>() ?? TimeProvider.System;

    /// <param name="id">Of the form: sent twice it orders once.</param>
    public async Task<BegunOrder> Send(string partner, string member, Guid id, long points)
    {
        var order = new BegunOrder(id, member, points, "asking");
        books.Put(partner, order);
        var body = JsonSerializer.Serialize(new { id, link = books.LinkOf(partner, member) ?? "", points, to = "reserved" });
        var timestamp = (Clock.NowMs() / 1_000).ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/partner/orders") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", books.KeyOf(partner) ?? "none");
        request.Headers.Add("webhook-id", id.ToString());
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Encoding.ASCII.GetBytes(PartnerBooks.ClientSecret), Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}")))}");
        order = order with { State = await Answer(request) };
        books.Put(partner, order);
        return order;
    }

    public void Dispose() => http.Dispose();

    private async Task<string> Answer(HttpRequestMessage request)
    {
        try
        {
            using var answer = await http.SendAsync(request);
            using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            if ((int)answer.StatusCode >= 500) return "asking";
            return json.RootElement.GetProperty(answer.IsSuccessStatusCode ? "state" : "code").GetString()!;
        }
        catch (Exception none) when (none is HttpRequestException or OperationCanceledException or JsonException)
        {
            return "asking";
        }
    }
}
