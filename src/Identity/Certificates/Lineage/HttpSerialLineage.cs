using System.Net.Http.Json;
using System.Text.Json;
using MyKey.Kernel.Net;

namespace MyKey.Identity.Certificates.Lineage;

/// <summary>
/// <c>GET {root}/lineage/{authority}/{serial}</c> → <c>{"cause": "first"}</c> or <c>{"cause": "renewed" | "reissued", "predecessor":
/// {"authority": …, "serial": …}}</c>. An answer moves an account to another card, so it comes over TLS or from this machine.
/// </summary>
public sealed class HttpSerialLineage : ISerialLineage
{
    private const int LargestBytes = 4096, TimeoutMs = 5_000;
    private readonly HttpClient http;
    private readonly Uri root;
    private readonly TimeProvider clock;

    /// <exception cref="ArgumentException">The address is neither https nor on this machine.</exception>
    public HttpSerialLineage(HttpClient http, Uri root, TimeProvider clock)
    {
        if (root.Scheme != Uri.UriSchemeHttps && !LoopbackHosts.Contains(root.Host)) throw new ArgumentException($"{root} is neither https nor on this machine.", nameof(root));
        (this.http, this.root, this.clock) = (http, root, clock);
    }

    public async Task<LineageAnswer> Before(string authority, string serial, CancellationToken stop)
    {
        try
        {
            return Read(await Get(new Uri(root, $"lineage/{authority}/{serial}"), stop), authority, serial);
        }
        catch (Exception none) when (none is HttpRequestException or IOException or JsonException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return LineageAnswer.Unknown;
        }
    }

    private sealed record Answer(string? Cause, Predecessor? Predecessor);

    private sealed record Predecessor(string? Authority, string? Serial);

    private async Task<Answer?> Get(Uri url, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromMilliseconds(TimeoutMs), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, either.Token);
        if (response.StatusCode != System.Net.HttpStatusCode.OK) return null;
        await response.Content.LoadIntoBufferAsync(LargestBytes, either.Token);
        return await response.Content.ReadFromJsonAsync<Answer>(either.Token);
    }

    private static LineageAnswer Read(Answer? answer, string authority, string serial)
    {
        var cause = answer?.Cause switch { "renewed" => LineageCause.Renewed, "reissued" => LineageCause.Reissued, _ => LineageCause.None };
        if (cause == LineageCause.None) return answer is { Cause: "first", Predecessor: null } ? LineageAnswer.First : LineageAnswer.Unknown;
        var before = answer!.Predecessor;
        var believable = IsHex(before?.Authority, 64, 64) && IsHex(before?.Serial, 1, 40) && (before!.Authority, before.Serial) != (authority, serial);
        return believable ? new LineageAnswer(LineageState.Succeeds, before!.Authority!, before.Serial!, cause) : LineageAnswer.Unknown;
    }

    private static bool IsHex(string? text, int shortest, int longest) =>
        text is not null && text.Length >= shortest && text.Length <= longest && text.All(char.IsAsciiHexDigitLower);
}
