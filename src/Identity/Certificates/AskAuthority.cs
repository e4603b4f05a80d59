using System.Net.Http.Json;
using System.Text.Json;
using MyKey.Kernel.Net;

namespace MyKey.Identity.Certificates;

/// <summary>A question to the authority about a certificate: one try with one timeout; an answer that can't be read is none. Over TLS or on this machine, because what it says moves accounts.</summary>
internal sealed class AskAuthority
{
    private const int LargestBytes = 4096, TimeoutMs = 5_000;
    private readonly HttpClient http;
    private readonly Uri root;
    private readonly TimeProvider clock;

    /// <exception cref="ArgumentException">The address is neither https nor on this machine.</exception>
    public AskAuthority(HttpClient http, Uri root, TimeProvider clock)
    {
        if (root.Scheme != Uri.UriSchemeHttps && !LoopbackHosts.Contains(root.Host)) throw new ArgumentException($"{root} is neither https nor on this machine.", nameof(root));
        (this.http, this.root, this.clock) = (http, root, clock);
    }

    /// <returns>The answer, or null for none.</returns>
    public async Task<T?> Get<T>(string path, JsonSerializerOptions form, CancellationToken stop) where T : class
    {
        try
        {
            using var late = new CancellationTokenSource(TimeSpan.FromMilliseconds(TimeoutMs), clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
            using var response = await http.GetAsync(new Uri(root, path), HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.StatusCode != System.Net.HttpStatusCode.OK) return null;
            await response.Content.LoadIntoBufferAsync(LargestBytes, either.Token);
            return await response.Content.ReadFromJsonAsync<T>(form, either.Token);
        }
        catch (Exception none) when (none is HttpRequestException or IOException or JsonException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return null;
        }
    }
}
