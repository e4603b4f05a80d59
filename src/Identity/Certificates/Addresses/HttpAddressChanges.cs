using System.Net.Http.Json;
using System.Text.Json;
using MyKey.Kernel;
using MyKey.Kernel.Net;

namespace MyKey.Identity.Certificates.Addresses;

/// <summary>What the authority says of the address of a certificate's holder: that it has changed and on which day; never where to (S0-5014c).</summary>
/// <param name="Known">False: no answer, or none that can be believed.</param>
/// <param name="ChangedOn">The day of the last change; null: none since the certificate was issued.</param>
public readonly record struct AddressAnswer(bool Known, DateOnly? ChangedOn);

/// <summary>
/// <c>GET {root}/address-changes/{authority}/{serial}</c> → <c>{"changedOn": "2026-11-20"}</c> or <c>{"changedOn": null}</c>. Over TLS or from this machine.
/// </summary>
public sealed class HttpAddressChanges
{
    private const int LargestBytes = 4096, TimeoutMs = 5_000;
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };
    private readonly HttpClient http;
    private readonly Uri root;
    private readonly TimeProvider clock;

    /// <exception cref="ArgumentException">The address is neither https nor on this machine.</exception>
    public HttpAddressChanges(HttpClient http, Uri root, TimeProvider clock)
    {
        if (root.Scheme != Uri.UriSchemeHttps && !LoopbackHosts.Contains(root.Host)) throw new ArgumentException($"{root} is neither https nor on this machine.", nameof(root));
        (this.http, this.root, this.clock) = (http, root, clock);
    }

    public async Task<AddressAnswer> Of(string authority, string serial, CancellationToken stop)
    {
        try
        {
            return await Get(new Uri(root, $"address-changes/{authority}/{serial}"), stop) is { } answer && !(answer.ChangedOn > clock.Today()) ? new AddressAnswer(true, answer.ChangedOn) : default;
        }
        catch (Exception none) when (none is HttpRequestException or IOException or JsonException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return default;
        }
    }

    /// <summary>An answer with more in it, an address say, is not read at all.</summary>
    private sealed record Answer
    {
        public required DateOnly? ChangedOn { get; init; }
    }

    private async Task<Answer?> Get(Uri url, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromMilliseconds(TimeoutMs), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, either.Token);
        if (response.StatusCode != System.Net.HttpStatusCode.OK) return null;
        await response.Content.LoadIntoBufferAsync(LargestBytes, either.Token);
        return await response.Content.ReadFromJsonAsync<Answer>(Strict, either.Token);
    }
}
