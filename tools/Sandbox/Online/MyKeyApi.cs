using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MyKey.Kernel.Net;

namespace MyKey.Sandbox.Online;

/// <summary>What MyKey answered; <see cref="Status"/> 0: nothing, so nobody knows what it has done.</summary>
public sealed record MyKeyAnswer(int Status, JsonElement Body)
{
    public bool Ok => Status is 200 or 201;

    public string? Code => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("code", out var code) ? code.GetString() : null;

    /// <summary>The page of MyKey where the citizen confirms what is above the limits.</summary>
    public string? Confirm => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("confirm", out var confirm) ? confirm.GetString() : null;

    public string? What => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("title", out var title) ? title.GetString() : null;
}

/// <summary>The calls of docs/online-interface.md, from the site's side, with the key that the operators of MyKey gave it.</summary>
public sealed class MyKeyApi(OnlineBooks books, Uri mykey) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectCallback = LoopbackHosts.Connect }) { BaseAddress = mykey, Timeout = TimeSpan.FromSeconds(10) };

    public Task<MyKeyAnswer> Balances(string site, string linkToken, string municipality) => Send(site, HttpMethod.Post, "balances", new { linkToken, municipality });

    /// <param name="pledge">The same number at each try.</param>
    public Task<MyKeyAnswer> Place(string site, object pledge) => Send(site, HttpMethod.Post, "pledges", pledge);

    public Task<MyKeyAnswer> Get(string site, Guid pledge) => Send(site, HttpMethod.Get, $"pledges/{pledge}", null);

    public Task<MyKeyAnswer> Capture(string site, Guid pledge, long amount) => Send(site, HttpMethod.Post, $"pledges/{pledge}/capture", new { id = pledge, amount });

    public Task<MyKeyAnswer> Release(string site, Guid pledge) => Send(site, HttpMethod.Post, $"pledges/{pledge}/release", null);

    public Task<MyKeyAnswer> Refund(string site, Guid pledge, Guid id, long amount) => Send(site, HttpMethod.Post, $"pledges/{pledge}/refunds", new { id, amount });

    public void Dispose() => http.Dispose();

    private async Task<MyKeyAnswer> Send(string site, HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/online/{path}");
        if (body is not null) request.Content = JsonContent.Create(body);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", books.KeyOf(site) ?? "none");
        try
        {
            using var answer = await http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            if (books.FaultOf(site) == OnlineFault.LosesAnswers) return new MyKeyAnswer(0, default);
            using var json = JsonDocument.Parse(text);
            return new MyKeyAnswer((int)answer.StatusCode, json.RootElement.Clone());
        }
        catch (Exception none) when (none is HttpRequestException or OperationCanceledException or JsonException)
        {
            return new MyKeyAnswer(0, default);
        }
    }
}
