using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Net;
using MyKey.Sandbox.Authority;

namespace MyKey.Sandbox.Cards;

/// <summary>
/// A person's browser and card agent in one, without screens: walks docs/card-protocol.md over HTTP with a software card and keeps the
/// cookies, so that the API can be called as that person afterwards.
/// </summary>
public sealed class CardBrowser : IDisposable
{
    private readonly Uri site;

    /// <param name="site">Such as <c>http://mykey.localhost:5080</c>.</param>
    public CardBrowser(Uri site)
    {
        this.site = site;
        Client = new HttpClient(new SocketsHttpHandler { CookieContainer = Cookies, AllowAutoRedirect = false, UseProxy = false, ConnectCallback = LoopbackHosts.Connect }) { BaseAddress = site };
    }

    public CookieContainer Cookies { get; } = new();

    /// <summary>With the cookies of whoever is signed in.</summary>
    public HttpClient Client { get; }

    /// <summary>From the link on the site to the way back.</summary>
    /// <returns>Where the browser is led in the end: a clean address of the site.</returns>
    /// <exception cref="HttpRequestException">The site refused; the message is its problem.</exception>
    public async Task<string> Login(SandboxCard card, string purpose = "login", string back = "/my", CancellationToken stop = default)
    {
        var code = await Answer(card, await Ask(purpose, back, stop), stop);
        return await Follow($"/card/return?code={code}", stop);
    }

    /// <summary>The question that the site sends to the agent.</summary>
    public async Task<CardChallenge> Ask(string purpose = "login", string back = "/my", CancellationToken stop = default) =>
        Question(await Follow($"/card/ask?purpose={purpose}&back={Uri.EscapeDataString(back)}&agent=1", stop));

    /// <summary>The question as the agent reads it from its own address.</summary>
    public static CardChallenge Question(string address) =>
        CardChallenge.Read(Query(address)) ?? throw new InvalidDataException($"not a question: {new Uri(address).AbsolutePath}");

    /// <summary>What the agent does with it once the PIN is right.</summary>
    /// <returns>The code of the way back.</returns>
    public Task<string> Answer(SandboxCard card, CardChallenge question, CancellationToken stop = default) => Post("/card/answers", new
    {
        challengeId = question.Id, certificate = Base64Url.EncodeToString(card.CertificateDer),
        signature = Base64Url.EncodeToString(card.Sign(ChallengeBytes.Of(question))), agentVersion = "1.0.0",
    }, stop);

    /// <summary>What the agent does when the card is held.</summary>
    /// <param name="address">The agent's, as the waiting page gives it.</param>
    /// <returns>The code of the way back.</returns>
    public Task<string> Tap(SandboxCard card, string address, CancellationToken stop = default) =>
        Post("/card/taps", new { tapId = Query(address)["tapId"], certificate = Base64Url.EncodeToString(card.CertificateDer), agentVersion = "1.0.0" }, stop);

    public void Dispose() => Client.Dispose();

    private static Dictionary<string, string> Query(string address) =>
        new Uri(address, UriKind.Absolute).Query.TrimStart('?').Split('&').Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => Uri.UnescapeDataString(p[1]));

    private async Task<string> Post(string path, object what, CancellationToken stop)
    {
        using var answer = await Client.PostAsJsonAsync(path, what, stop);
        var body = await answer.Content.ReadAsStringAsync(stop);
        if (answer.StatusCode != HttpStatusCode.Created) throw new HttpRequestException(body, null, answer.StatusCode);
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("code").GetString()!;
    }

    private async Task<string> Follow(string path, CancellationToken stop)
    {
        using var answer = await Client.GetAsync(path, stop);
        return answer.StatusCode == HttpStatusCode.SeeOther
            ? answer.Headers.Location!.OriginalString
            : throw new HttpRequestException($"{path.Split('?')[0]} answers {answer.StatusCode}", null, answer.StatusCode);
    }
}
