using System.Buffers.Text;
using MyKey.CardAgent.Cards;
using MyKey.Kernel;

namespace MyKey.CardAgent.Device;

/// <param name="Number">By which this library knows the holder of the card.</param>
/// <param name="No">Why there is none.</param>
public sealed record NumberAnswer(string? Number, Sentences? No);

/// <summary>The number of the card that lies on the reader, asked of the site each time anew: nothing of it is kept (S2-P9b, S2-P9c).</summary>
public sealed class AskNumber(DeviceKey key, Sites sites, CardWork work)
{
    /// <summary>What came of the last card: a refusal, never a number. null after a number, and at the start.</summary>
    public Sentences? LastNo { get; private set; }

    public async Task<NumberAnswer> Run(CancellationToken stop)
    {
        var answer = await Ask(stop);
        LastNo = answer.No;
        return answer;
    }

    /// <summary>A number came that cannot be given on.</summary>
    public void Refuse(Refusal no) => LastNo = Sentences.Of(no);

    private async Task<NumberAnswer> Ask(CancellationToken stop)
    {
        if (key.Site is not { } site) return No("terminal_unknown");
        if ((await work.Look()).Place != Place.Card) return No("card_missing");
        var certificate = await work.Do(card => card.ReadCertificate());
        if (certificate.Refused is { } unread) return new(null, Sentences.Of(unread));
        var body = new { certificate = Base64Url.EncodeToString(certificate.Value) };
        while (true)
        {
            var used = Must.Have(key.Current, "a site has a key");
            var answer = await sites.Call(site, "/api/v1/links/lookups", body, used.Cookie, stop);
            // The key was changed while this was on its way.
            if (answer.No?.Code == "terminal_unknown" && key.Current != used) continue;
            if (answer.No is not null) return new(null, answer.No);
            return answer.Text("userNumber") is { Length: > 0 } number ? new(number, null) : new(null, Sites.Unreachable);
        }
    }

    private static NumberAnswer No(string code) => new(null, Sentences.Of(Refusal.Of(code)));
}
