using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Options;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.CardAgent;

/// <summary>What is said to a person in place of the thing asked for.</summary>
public sealed record Sentences(string Code, string What, string Rule, string Next)
{
    public static Sentences Of(Refusal refusal)
    {
        var (what, rule, next) = refusal.Sentences();
        return new(refusal.Code, what, rule, next);
    }
}

/// <summary>What a site answered.</summary>
/// <param name="Key">A new cookie of this terminal.</param>
/// <param name="No">What it said in place of an answer.</param>
public sealed record SiteAnswer(JsonElement Body, string? Key, Sentences? No)
{
    /// <summary>Empty where there is none.</summary>
    public string Text(string name) => Sites.Text(Body, name);
}

/// <summary>The configured sites, and the agent's own requests to them (docs/card-protocol.md).</summary>
public sealed class Sites : IDisposable
{
    private const int LongestAnswer = 16 * 1024;
    private readonly HttpClient client;
    private readonly AgentOptions options;

    public Sites(IOptions<AgentOptions> options)
    {
        this.options = options.Value;
        foreach (var site in this.options.Sites)
            Must.Hold(CardChallenge.IsOrigin(site.Origin), $"a site is an origin such as https://mykey.example: {site.Origin}");
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectCallback = Connect };
        client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = LongestAnswer };
    }

    public IEnumerable<KnownSite> All => options.Sites;

    public static string AgentVersion { get; } = typeof(Sites).Assembly.GetName().Version!.ToString(3);

    public KnownSite? Find(string? origin) => options.Sites.FirstOrDefault(s => s.Origin == origin);

    /// <summary>Posts JSON to a site; gives the one-use code that it answers, or what it says instead.</summary>
    public async Task<(string? Code, Sentences? No)> Post(KnownSite site, string path, object body, CancellationToken stop)
    {
        var answer = await Call(site, path, body, null, stop);
        if (answer.No is not null) return (null, answer.No);
        var code = answer.Text("code");
        return CardChallenge.IsId(code) ? (code, null) : (null, Unreachable);
    }

    /// <summary>Posts JSON to a site.</summary>
    /// <param name="key">The cookie of a terminal, where this agent is one: <c>name=value</c>.</param>
    public async Task<SiteAnswer> Call(KnownSite site, string path, object body, string? key, CancellationToken stop)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, site.Origin + path) { Content = JsonContent.Create(body) };
            if (key is not null) request.Headers.Add("Cookie", key);
            using var answer = await client.SendAsync(request, stop);
            using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(stop));
            if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Created)) return new(default, null, Problem(json.RootElement));
            return new(json.RootElement.Clone(), TerminalCookie(answer), null);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or TaskCanceledException && !stop.IsCancellationRequested)
        {
            return new(default, null, Unreachable);
        }
    }

    public void Dispose() => client.Dispose();

    internal static Sentences Unreachable => Sentences.Of(Refusal.Of("site_unreachable"));

    private static Sentences Problem(JsonElement problem)
    {
        var code = Text(problem, "code");
        return CardChallenge.IsId(code) ? new(code, Text(problem, "title"), Text(problem, "rule"), Text(problem, "detail")) : Unreachable;
    }

    /// <summary>Over TLS its name begins with <c>__Host-</c>.</summary>
    private static string? TerminalCookie(HttpResponseMessage answer) => answer.Headers.TryGetValues("Set-Cookie", out var cookies)
        ? cookies.Select(c => c.Split(';')[0]).FirstOrDefault(c => c.Split('=')[0] is "mykey-terminal" or "__Host-mykey-terminal") : null;

    internal static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()! : "";

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var wanted = context.DnsEndPoint;
        var site = options.Sites.FirstOrDefault(s => new Uri(s.Origin) is var uri && uri.Host == wanted.Host && uri.Port == wanted.Port);
        EndPoint target = site?.Address is { } address ? IPEndPoint.Parse(address) : wanted;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
