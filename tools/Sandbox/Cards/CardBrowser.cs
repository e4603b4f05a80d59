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
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectCallback = LoopbackHosts.Connect }) { BaseAddress = site };
    }

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
    public async Task<CardChallenge> Ask(string purpose = "login", string back = "/my", CancellationToken stop = default)
    {
        var agent = new Uri(await Follow($"/card/ask?purpose={purpose}&back={Uri.EscapeDataString(back)}&agent=1", stop), UriKind.Absolute);
        var query = agent.Query.TrimStart('?').Split('&').Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => Uri.UnescapeDataString(p[1]));
        return CardChallenge.Read(query) ?? throw new InvalidDataException($"not a question: {agent.AbsolutePath}");
    }

    /// <summary>What the agent does with it once the PIN is right.</summary>
    /// <returns>The code of the way back.</returns>
    public async Task<string> Answer(SandboxCard card, CardChallenge question, CancellationToken stop = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(site, "/card/answers"))
        {
            Content = JsonContent.Create(new
            {
                challengeId = question.Id, certificate = Base64Url.EncodeToString(card.CertificateDer),
                signature = Base64Url.EncodeToString(card.Sign(ChallengeBytes.Of(question))), agentVersion = "1.0.0",
            }),
        };
        using var answer = await Client.SendAsync(request, stop);
        var body = await answer.Content.ReadAsStringAsync(stop);
        if (answer.StatusCode != HttpStatusCode.Created) throw new HttpRequestException(body, null, answer.StatusCode);
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("code").GetString()!;
    }

    public void Dispose() => Client.Dispose();

    private async Task<string> Follow(string path, CancellationToken stop)
    {
        using var answer = await Client.GetAsync(path, stop);
        return answer.StatusCode == HttpStatusCode.SeeOther
            ? answer.Headers.Location!.OriginalString
            : throw new HttpRequestException($"{path.Split('?')[0]} answers {answer.StatusCode}", null, answer.StatusCode);
    }
}
