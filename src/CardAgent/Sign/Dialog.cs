using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.CardAgent.Sign;

/// <summary>One page that asks a PIN.</summary>
/// <param name="Token">Goes with the form of this page, 128 bits, good once.</param>
/// <param name="Certificate">Of the card that lay there when the page was made: the PIN goes to this card only (S1-15b).</param>
/// <param name="LastTryConfirmed">The person has said that the last try may be used.</param>
public sealed record Dialog(CardChallenge Challenge, KnownSite Site, byte[] Certificate, int TriesLeft, string Token, bool LastTryConfirmed = false);

/// <summary>At most one dialog. A newer one ends the older; nobody types a PIN into two.</summary>
public sealed class Dialogs(TimeProvider clock)
{
    private const long LifeMs = 5 * 60 * 1000;
    private readonly Lock turn = new();
    private Dialog? open;
    private long untilMs;

    public static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    /// <summary>Opens a dialog with a token of its own.</summary>
    public Dialog Open(Dialog dialog)
    {
        lock (turn)
        {
            untilMs = clock.NowMs() + LifeMs;
            return open = dialog with { Token = NewToken() };
        }
    }

    /// <summary>The open dialog, which closes with it; null for any token but its own.</summary>
    public Dialog? Take(string? token)
    {
        lock (turn)
        {
            if (open is null || token is null || clock.NowMs() > untilMs) return null;
            if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(open.Token))) return null;
            var taken = open;
            open = null;
            return taken;
        }
    }
}
