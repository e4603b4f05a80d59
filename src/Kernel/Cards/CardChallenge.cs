using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace MyKey.Kernel.Cards;

/// <summary>
/// What a card is asked to sign. The App stores it and hands it to the card agent in a link; both make the signed bytes from it
/// with <see cref="ChallengeBytes"/>.
/// </summary>
/// <param name="Id">Names the challenge at the App: 1–64 characters of A–Z a–z 0–9 - _. Not signed; the challenge itself is.</param>
/// <param name="Origin">Scheme, host and port of the site that asks, as a browser writes it: <c>http://mykey.localhost:5080</c>.</param>
/// <param name="Random">32 random bytes.</param>
/// <param name="ExpiresMs">ms UTC after which the App takes no answer.</param>
/// <param name="Details">Exactly the labels of the purpose, in its order.</param>
public sealed record CardChallenge(string Id, string Origin, Purpose Purpose, ReadOnlyMemory<byte> Random, long ExpiresMs, IReadOnlyList<Detail> Details)
{
    public const int RandomLength = 32;

    /// <summary>The query of the agent's <c>/sign</c>, with the leading question mark (docs/card-protocol.md).</summary>
    public string ToQuery()
    {
        var query = new StringBuilder("?origin=").Append(Uri.EscapeDataString(Origin))
            .Append("&challengeId=").Append(Uri.EscapeDataString(Id))
            .Append("&purpose=").Append(Purpose.Code)
            .Append("&challenge=").Append(Base64Url.EncodeToString(Random.Span))
            .Append("&expiresMs=").Append(ExpiresMs.ToString(CultureInfo.InvariantCulture));
        foreach (var detail in Details)
            query.Append('&').Append(detail.Label.Code).Append('=').Append(Uri.EscapeDataString(detail.Value));
        return query.ToString();
    }

    /// <summary>Reads the query of <c>/sign</c>; null for anything but exactly the names that belong there, each once.</summary>
    public static CardChallenge? Read(IReadOnlyDictionary<string, string> query)
    {
        if (Purpose.Find(query.GetValueOrDefault("purpose")) is not { } purpose) return null;
        if (query.Count != 5 + purpose.Details.Count) return null;
        if (query.GetValueOrDefault("challengeId") is not { } id || !IsId(id)) return null;
        if (query.GetValueOrDefault("origin") is not { } origin || !IsOrigin(origin)) return null;
        if (!long.TryParse(query.GetValueOrDefault("expiresMs"), NumberStyles.None, CultureInfo.InvariantCulture, out var expiresMs)) return null;
        if (query.GetValueOrDefault("challenge") is not { Length: 43 } text || !Base64Url.IsValid(text)) return null;
        var details = new List<Detail>();
        foreach (var label in purpose.Details)
        {
            if (query.GetValueOrDefault(label.Code) is not { } value || !IsValue(value)) return null;
            details.Add(new Detail(label, value));
        }
        return new CardChallenge(id, origin, purpose, Base64Url.DecodeFromChars(text), expiresMs, details);
    }

    /// <summary>1–64 characters that need no escaping anywhere.</summary>
    public static bool IsId(string text) => text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>http or https, host and, where it is not the scheme's own, port; no path, lower case, ASCII.</summary>
    public static bool IsOrigin(string text) =>
        text.Length <= 200 && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && uri.UserInfo.Length == 0
        && uri.GetLeftPart(UriPartial.Authority) == text && text.All(char.IsAscii);

    /// <summary>What may stand in a detail: what a person sees is what is signed, so nothing that hides or turns text around.</summary>
    public static bool IsValue(string text) => text.Length is > 0 and <= 100 && text.All(c =>
        char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator));
}
