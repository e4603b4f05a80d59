using Microsoft.Extensions.Logging;

namespace MyKey.Identity.Certificates.Crl;

/// <summary>Where the lists are, one address for each list. The key that signed a list tells whose it is, never the address.</summary>
/// <param name="LargestBytes">Size limit of one list; an entry takes about 40 bytes.</param>
/// <param name="TimeoutMs">For one list, from the connection to its last byte.</param>
public sealed record CrlSources(IReadOnlyList<Uri> Urls, int LargestBytes = 64 * 1024 * 1024, int TimeoutMs = 60_000);

/// <summary>The job that fetches the revocation lists. One that cannot be had leaves the others, and the list before it until that is stale.</summary>
public sealed partial class FetchCrl(CrlSources sources, HttpClient http, LoadCrl load, TimeProvider clock, ILogger<FetchCrl> logger)
{
    public async Task<IReadOnlyList<(Uri Url, CrlVerdict Verdict)>> Run(CancellationToken stop)
    {
        var verdicts = new List<(Uri, CrlVerdict)>();
        foreach (var url in sources.Urls)
        {
            var verdict = await Fetch(url, stop);
            if (verdict is not (CrlVerdict.Loaded or CrlVerdict.Unchanged)) NotLoaded(logger, url, verdict);
            verdicts.Add((url, verdict));
        }
        return verdicts;
    }

    private async Task<CrlVerdict> Fetch(Uri url, CancellationToken stop)
    {
        byte[]? der;
        try
        {
            der = await Get(url, stop);
        }
        catch (Exception late) when (late is HttpRequestException or IOException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return CrlVerdict.Unreachable;
        }
        return der is null ? CrlVerdict.TooLarge : await load.Load(der, stop);
    }

    /// <returns>The body, or null when it is larger than allowed.</returns>
    private async Task<byte[]?> Get(Uri url, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromMilliseconds(sources.TimeoutMs), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, either.Token);
        if (response.StatusCode != System.Net.HttpStatusCode.OK) throw new HttpRequestException(null, null, response.StatusCode);
        if (response.Content.Headers.ContentLength > sources.LargestBytes) return null;
        await using var body = await response.Content.ReadAsStreamAsync(either.Token);
        using var bytes = new MemoryStream(capacity: (int)(response.Content.Headers.ContentLength ?? 0));
        var buffer = new byte[81_920];
        for (int read; (read = await body.ReadAsync(buffer, either.Token)) > 0;)
        {
            if (bytes.Length + read > sources.LargestBytes) return null;
            bytes.Write(buffer, 0, read);
        }
        return bytes.ToArray();
    }

    [LoggerMessage(EventId = 201, Level = LogLevel.Warning, Message = "Revocation list {Url} not loaded: {Verdict}")]
    private static partial void NotLoaded(ILogger logger, Uri url, CrlVerdict verdict);
}
