using System.Buffers.Text;
using MyKey.CardAgent.Cards;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.CardAgent.Sign;

/// <summary>What the page shows next.</summary>
public abstract record SignView
{
    /// <summary>The PIN field, with what was wrong the time before.</summary>
    public sealed record AskPin(Dialog Dialog, Refusal? Wrong = null) : SignView;

    /// <summary>The warning before the last try.</summary>
    public sealed record ConfirmLastTry(Dialog Dialog) : SignView;

    /// <summary>Nothing to put on the reader, or nothing on it: the page goes on by itself when that changes.</summary>
    public sealed record Waiting(CardChallenge Challenge, KnownSite Site, Refusal Missing) : SignView;

    /// <summary>It does not go on. <paramref name="Again"/>: starting over with the same challenge may help.</summary>
    public sealed record Ended(CardChallenge Challenge, KnownSite Site, Sentences Why, bool Again) : SignView;

    /// <summary>Not a request that this agent answers: no PIN field, no way to the unknown.</summary>
    public sealed record Unknown : SignView;

    /// <summary>A page whose token is used up.</summary>
    public sealed record Stale : SignView;

    public sealed record Done(string Location) : SignView;
}

/// <summary>From the request of a site to the signed answer (docs/card-protocol.md section 1).</summary>
public sealed class Asking(Sites sites, CardWork work, Dialogs dialogs)
{
    private sealed record CardState(byte[] Certificate, int TriesLeft);

    /// <summary>Looks at the card and opens a dialog for it. Costs no try.</summary>
    public async Task<SignView> Open(CardChallenge? challenge)
    {
        if (challenge is null || sites.Find(challenge.Origin) is not { } site) return new SignView.Unknown();
        var place = (await work.Look()).Place;
        if (place == Place.NoReader) return new SignView.Waiting(challenge, site, Refusal.Of("reader_missing"));
        if (place == Place.Empty) return new SignView.Waiting(challenge, site, Refusal.Of("card_missing"));
        var card = await work.Do<CardState>(c => c.ReadCertificate().Then<CardState>(certificate =>
            JpkiCard.CanSign(certificate) ? new CardState(certificate, c.TriesLeft()) : Refusal.Of("card_other")));
        if (card.Refused is { } no) return Ended(challenge, site, no);
        if (card.Value.TriesLeft == 0) return Ended(challenge, site, Refusal.Of("pin_locked"));
        return Ask(new Dialog(challenge, site, card.Value.Certificate, card.Value.TriesLeft, ""));
    }

    /// <summary>The person confirmed that the last try may be used.</summary>
    public SignView ConfirmLastTry(string? token) =>
        dialogs.Take(token) is { } dialog ? Ask(dialog with { LastTryConfirmed = true }) : new SignView.Stale();

    /// <summary>The person typed a PIN: the only way to a VERIFY.</summary>
    public async Task<SignView> Try(string? token, string? typed, CancellationToken stop)
    {
        if (dialogs.Take(token) is not { } dialog) return new SignView.Stale();
        if (dialog is { TriesLeft: 1, LastTryConfirmed: false }) return Ask(dialog);
        if (PinDigits(typed) is not { } pin) return Ask(dialog, Refusal.Of("pin_format"));
        var signature = await work.Do(card => Sign(card, dialog, pin));
        if (signature.Refused is { Code: "pin_wrong" } wrong)
            return Ask(dialog with { TriesLeft = (int)wrong.Fact<long>("left"), LastTryConfirmed = false }, wrong);
        if (signature.Refused is { } no) return Ended(dialog.Challenge, dialog.Site, no);
        // The tries went down behind this page's back: what is now the last one was never confirmed.
        if (signature.Value.Length == 0) return Ask(dialog with { TriesLeft = 1 });
        var answer = new
        {
            challengeId = dialog.Challenge.Id, certificate = Base64Url.EncodeToString(dialog.Certificate),
            signature = Base64Url.EncodeToString(signature.Value), agentVersion = Sites.AgentVersion,
        };
        var (code, refused) = await sites.Post(dialog.Site, "/card/answers", answer, stop);
        return code is not null ? new SignView.Done(dialog.Site.Back(code)) : new SignView.Ended(dialog.Challenge, dialog.Site, refused!, Again: false);
    }

    /// <returns>The signature; empty when this would be a last try that nobody confirmed.</returns>
    private static Result<byte[]> Sign(JpkiCard card, Dialog dialog, byte[] pin) => card.ReadCertificate().Then<byte[]>(certificate =>
    {
        if (!certificate.AsSpan().SequenceEqual(dialog.Certificate)) return Refusal.Of("card_changed");
        var left = card.TriesLeft();
        if (left == 0) return Refusal.Of("pin_locked");
        if (left == 1 && !dialog.LastTryConfirmed) return Array.Empty<byte>();
        if (card.Verify(pin) is { } no) return no;
        return card.Sign(ChallengeBytes.Of(dialog.Challenge));
    });

    private SignView Ask(Dialog dialog, Refusal? wrong = null)
    {
        var open = dialogs.Open(dialog);
        return open is { TriesLeft: 1, LastTryConfirmed: false } ? new SignView.ConfirmLastTry(open) : new SignView.AskPin(open, wrong);
    }

    private static SignView.Ended Ended(CardChallenge challenge, KnownSite site, Refusal no) =>
        new(challenge, site, Sentences.Of(no), Again: no.Code is "card_unreadable" or "card_other" or "card_changed");

    /// <summary>Four digits, half or full width, as the card wants them; null for anything else.</summary>
    private static byte[]? PinDigits(string? typed)
    {
        if (typed is not { Length: 4 }) return null;
        var digits = new byte[4];
        for (var i = 0; i < 4; i++)
        {
            var digit = typed[i] is >= '０' and <= '９' ? typed[i] - '０' : typed[i] - '0';
            if (digit is < 0 or > 9) return null;
            digits[i] = (byte)('0' + digit);
        }
        return digits;
    }
}
