using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using MyKey.CardAgent.Cards;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Net;
using MyKey.Sandbox.Cards;

namespace MyKey.Sandbox.Phone;

/// <summary>Who asks and what for, as the app shows it.</summary>
public sealed record PhoneAsk(string Id, string Origin, Purpose Purpose);

/// <summary>Said in place of what was wanted: the site's own sentences, or the app's.</summary>
public sealed record PhoneNo(string What, string Next);

/// <summary>
/// The app of a telephone (section 6 of docs/card-protocol.md): opens the link of a QR code, shows who asks and what for, hands on the number that its holder reads on
/// the computer, and signs with a card by NFC. The PIN goes to the card alone.
/// </summary>
public sealed class PhoneApp(CardTray tray, IOptions<PhoneOptions> options) : IDisposable
{
    private const string AppPath = "/card/phone/app";
    private readonly HttpClient http = new(LoopbackHosts.Handler()) { Timeout = TimeSpan.FromSeconds(10) };
    private readonly ConcurrentDictionary<string, Open> memory = new();

    private sealed record Open(string Link, string Phone, PhoneAsk Ask, CardChallenge? Challenge = null);

    /// <param name="scanned">What the QR code says.</param>
    public async Task<(PhoneAsk? Ask, PhoneNo? No)> Scan(string? scanned, CancellationToken stop)
    {
        if (!Uri.TryCreate(scanned?.Trim(), UriKind.Absolute, out var address) || address.AbsolutePath != AppPath || address.Fragment.Length < 2) return (null, new("このQRコードは、読み取れません", "パソコンの画面のQRコードを読み取ってください"));
        var origin = address.GetLeftPart(UriPartial.Authority);
        if (origin != options.Value.Site) return (null, new("知らないサイトのQRコードです", "読み取りをやめてください。なにも送っていません"));
        var link = address.Fragment[1..];
        var (answer, no) = await Post(origin, "/card/phone/questions", new { link, agentVersion = "1.0.0" }, stop);
        if (no is not null) return (null, no);
        // The site says in whose name it asks; another than the one that was read would have the card sign for somebody else.
        if (Text(answer, "origin") != origin || Purpose.Find(Text(answer, "purpose")) is not { } purpose || purpose.Details.Count > 0) return (null, new("サイトの答えがちがいます", "読み取りをやめてください"));
        var ask = new PhoneAsk(Ids.NewRandom<ChallengeId>().Value.ToString("N"), origin, purpose);
        memory[ask.Id] = new Open(link, Text(answer, "phone"), ask);
        return (ask, null);
    }

    public PhoneAsk? Find(string? id) => id is not null && memory.TryGetValue(id, out var open) ? open.Ask : null;

    /// <param name="number">What stands on the computer's screen.</param>
    public async Task<PhoneNo?> Choose(string id, string? number, CancellationToken stop)
    {
        if (!memory.TryGetValue(id, out var open)) return Over;
        var (answer, no) = await Post(open.Ask.Origin, "/card/phone/choices", new { link = open.Link, phone = open.Phone, number = number ?? "" }, stop);
        if (no is not null) return no;
        var random = Text(answer, "challenge");
        if (Text(answer, "origin") != open.Ask.Origin || Text(answer, "purpose") != open.Ask.Purpose.Code || random.Length != 43) return new("サイトの答えがちがいます", "はじめからやり直してください");
        memory[id] = open with { Challenge = new CardChallenge(Text(answer, "challengeId"), open.Ask.Origin, open.Ask.Purpose, Base64Url.DecodeFromChars(random), answer.GetProperty("expiresMs").GetInt64(), []) };
        return null;
    }

    /// <summary>The card is held to the telephone, the PIN was typed.</summary>
    public async Task<PhoneNo?> Sign(string id, string card, string pin, CancellationToken stop)
    {
        if (!memory.TryGetValue(id, out var open) || open.Challenge is not { } challenge) return Over;
        if (pin.Length != 4 || !pin.All(char.IsAsciiDigit)) return new("暗証番号は、数字4けたです", "もう一度入れてください");
        if (tray.Hold(card) is not { } held) return new("カードがありません", "カードを選んでください");
        using var line = new NfcLine(held);
        var jpki = new JpkiCard(line, stop);
        var certificate = jpki.ReadCertificate();
        if (certificate.Refused is { } missing) return Of(missing);
        if (jpki.Verify(Encoding.ASCII.GetBytes(pin)) is { } wrong) return Of(wrong);
        var signature = jpki.Sign(ChallengeBytes.Of(challenge));
        memory.TryRemove(id, out _);
        var (_, no) = await Post(open.Ask.Origin, "/card/answers", new
        {
            challengeId = challenge.Id, certificate = Base64Url.EncodeToString(certificate.Value), signature = Base64Url.EncodeToString(signature), agentVersion = "1.0.0",
        }, stop);
        return no;
    }

    public void Dispose() => http.Dispose();

    private static PhoneNo Over => new("時間がすぎました", "パソコンの画面で、はじめからやり直してください");

    private static PhoneNo Of(Refusal refusal)
    {
        var (what, rule, next) = refusal.Sentences();
        return new($"{what}。{rule}", next);
    }

    private async Task<(JsonElement Answer, PhoneNo? No)> Post(string origin, string path, object what, CancellationToken stop)
    {
        try
        {
            using var answer = await http.PostAsJsonAsync($"{origin}{path}", what, stop);
            using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(stop));
            var body = json.RootElement.Clone();
            return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created ? (body, null) : (body, new PhoneNo(Text(body, "title"), Text(body, "detail")));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            return (default, new PhoneNo("サイトにつながりません", "しばらくしてから、やり直してください"));
        }
    }

    private static string Text(JsonElement body, string name) => body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    /// <summary>The card held to the telephone: the same commands as through a reader.</summary>
    private sealed class NfcLine(SoftwareCard card) : ICardLine
    {
        public byte[] Transmit(ReadOnlySpan<byte> command) => card.Transmit(command);

        public void Dispose()
        {
            card.PowerOff();
            card.Dispose();
        }
    }
}
