using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MyKey.Kernel.Net;

namespace MyKey.Sandbox.Demo;

/// <summary>A caller of the public API with its cookies; what is refused ends the loader with the problem that was answered.</summary>
public sealed class DemoClient : IDisposable
{
    private readonly HttpClient client;
    private readonly CookieContainer? cookies;
    private readonly Uri? site;

    public DemoClient(HttpClient client) => this.client = client;

    public DemoClient(Uri site)
    {
        (this.site, cookies) = (site, new CookieContainer());
        client = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false, UseProxy = false, ConnectCallback = LoopbackHosts.Connect }) { BaseAddress = site };
    }

    /// <summary>An officer of several municipalities works for one at a time, as the page of the office has it.</summary>
    public void WorkFor(string municipality) => cookies!.Add(site!, new Cookie("mykey-office-town", municipality));

    public async Task<string> Send(HttpMethod method, string path, object body, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        return await Read(path, await client.SendAsync(request, stop), stop);
    }

    public async Task<T> Send<T>(HttpMethod method, string path, object body, CancellationToken stop) =>
        JsonSerializer.Deserialize<T>(await Send(method, path, body, stop), JsonSerializerOptions.Web)!;

    public async Task<T> Get<T>(string path, CancellationToken stop) => JsonSerializer.Deserialize<T>(await Read(path, await client.GetAsync(path, stop), stop), JsonSerializerOptions.Web)!;

    /// <summary>Looks at what another operator asked for and approves it, where it waits.</summary>
    /// <returns>The answer to the approval; what holds already, as it was answered.</returns>
    public async Task<JsonElement> Approve(JsonElement asked, CancellationToken stop)
    {
        if (!asked.TryGetProperty("proposal", out var proposal) || proposal.ValueKind == JsonValueKind.Null) return asked;
        var address = $"/api/v1/operator/proposals/{proposal.GetGuid()}";
        var seen = await Get<JsonElement>(address, stop);
        return await Send<JsonElement>(HttpMethod.Post, $"{address}/approve", new { hash = seen.GetProperty("hash").GetString() }, stop);
    }

    /// <summary>Sends a file of this folder.</summary>
    public async Task Upload(string path, string file, CancellationToken stop)
    {
        await using var stream = typeof(DemoClient).Assembly.GetManifestResourceStream($"MyKey.Sandbox.Demo.{file}") ?? throw new FileNotFoundException(file);
        using var content = new StreamContent(stream) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        await Read(path, await client.PostAsync(path, content, stop), stop);
    }

    public void Dispose() => client.Dispose();

    private static async Task<string> Read(string path, HttpResponseMessage answer, CancellationToken stop)
    {
        using (answer)
        {
            var body = await answer.Content.ReadAsStringAsync(stop);
            return answer.IsSuccessStatusCode ? body : throw new HttpRequestException($"{path.Split('?')[0]}: {body}", null, answer.StatusCode);
        }
    }
}
