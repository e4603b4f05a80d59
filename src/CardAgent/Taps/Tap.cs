using System.Buffers.Text;
using Microsoft.Extensions.Options;
using MyKey.CardAgent.Cards;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.CardAgent.Taps;

/// <summary>
/// A card is held, its certificate read and handed to the site (docs/card-protocol.md section 2). No PIN: it identifies and proves
/// nothing. A card counts once for each time it is put on, so that one forgotten on the reader does not start the next payment.
/// </summary>
public sealed class Tap(Sites sites, CardWork work, TimeProvider clock, IOptions<AgentOptions> options)
{
    private string lastRead = "";

    public static async Task<IResult> Hold(HttpRequest request, Tap tap, Sites sites, CancellationToken stop)
    {
        if (Query.Single(request) is not { Count: 2 } query || !query.TryGetValue("tapId", out var tapId) || !CardChallenge.IsId(tapId)
            || !query.TryGetValue("origin", out var origin) || sites.Find(origin) is not { } site) return Results.LocalRedirect("/sign");
        return Answers.SeeOther(await tap.Read(site, tapId, stop));
    }

    /// <returns>Where the browser goes.</returns>
    private async Task<string> Read(KnownSite site, string tapId, CancellationToken stop)
    {
        string Back(string state) => $"{site.Origin}/card/return?tapId={tapId}&state={state}";
        var seen = await AwaitFresh(stop);
        if (seen.Place == Place.NoReader) return Back("reader_missing");
        if (seen.Place == Place.Empty || seen.Insertion == lastRead) return Back("none");
        lastRead = seen.Insertion;
        var certificate = await work.Do(card => card.ReadCertificate());
        if (certificate.Refused is { } no) return Back(no.Code);
        var tap = new { tapId, certificate = Base64Url.EncodeToString(certificate.Value), agentVersion = Sites.AgentVersion };
        var (code, refused) = await sites.Post(site, "/card/taps", tap, stop);
        return code is not null ? site.Back(code) : Back(refused!.Code);
    }

    /// <summary>Waits for a card that was not read yet; no reader at all is waited for a tenth of the time.</summary>
    private async Task<Presence> AwaitFresh(CancellationToken stop)
    {
        var waitMs = options.Value.TapWaitMs;
        var started = clock.GetTimestamp();
        var seen = await work.Look();
        if (seen.Place == Place.NoReader) seen = await work.Wait(seen, waitMs / 10, stop);
        while (seen.Place == Place.Empty || (seen.Place == Place.Card && seen.Insertion == lastRead))
        {
            var left = waitMs - (int)clock.GetElapsedTime(started).TotalMilliseconds;
            if (left <= 0 || stop.IsCancellationRequested) break;
            seen = await work.Wait(seen, left, stop);
        }
        return seen;
    }
}
