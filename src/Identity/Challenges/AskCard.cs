using System.Security.Cryptography;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Challenges;

/// <param name="Cookie">Text of the pre-login cookie, at a terminal of the terminal cookie: only its holder can use the code.</param>
/// <param name="Details">Exactly the labels of the purpose; shown by the agent and signed.</param>
/// <param name="Binding">What the answer is for, e.g. a transfer id; kept here, neither shown nor signed.</param>
public sealed record CardQuestion(Purpose Purpose, string Origin, string Cookie, IReadOnlyList<Detail> Details, string? Binding = null, TerminalId? Terminal = null);

/// <param name="TapId">In the form of a challenge id (docs/card-protocol.md).</param>
public sealed record TapQuestion(string TapId, long ExpiresMs);

/// <summary>Makes the question that a card answers: 32 random bytes, 90 s, bound to cookie, purpose, origin and details.</summary>
public sealed class AskCard(Database database, TimeProvider clock)
{
    public const long LifeMs = 90_000;

    private enum Kind { Signature = 1, Tap = 2 }

    /// <summary>A challenge for the agent's <c>/sign</c>.</summary>
    public async Task<CardChallenge> Sign(CardQuestion question, CancellationToken stop = default)
    {
        var id = Ids.NewRandom<ChallengeId>();
        var challenge = new CardChallenge(id.Value.ToString("N"), question.Origin, question.Purpose, RandomNumberGenerator.GetBytes(CardChallenge.RandomLength), clock.NowMs() + LifeMs, question.Details);
        _ = ChallengeBytes.Of(challenge);
        await Store(id, Kind.Signature, question, challenge.Random.ToArray(), challenge.ExpiresMs, stop);
        return challenge;
    }

    /// <summary>A question for the agent's <c>/tap</c>.</summary>
    public async Task<TapQuestion> Tap(string origin, string cookie, TerminalId? terminal = null, CancellationToken stop = default)
    {
        var id = Ids.NewRandom<ChallengeId>();
        var expiresMs = clock.NowMs() + LifeMs;
        await Store(id, Kind.Tap, new CardQuestion(Purpose.Login, origin, cookie, [], null, terminal), [], expiresMs, stop);
        return new TapQuestion(id.Value.ToString("N"), expiresMs);
    }

    private Task Store(ChallengeId id, Kind kind, CardQuestion question, byte[] random, long expiresMs, CancellationToken stop) =>
        database.WriteTogether<string>("""
            insert into idn_challenge(id, kind, cookie_hash, origin, purpose, random, details, binding, terminal, expires_ms, state)
            values (@Id, @Kind, @CookieHash, @Origin, @Purpose, @Random, @Details, @Binding, @Terminal, @ExpiresMs, 1) returning origin
            """, new
        {
            Id = id, Kind = kind, CookieHash = Token.HashOf(question.Cookie), question.Origin, Purpose = kind == Kind.Tap ? "" : question.Purpose.Code, Random = random,
            Details = DetailText.Write(question.Details), question.Binding, question.Terminal, ExpiresMs = expiresMs,
        }, stop);
}

/// <summary>Details as stored: one <c>label=value</c> per line; a value holds no control characters.</summary>
internal static class DetailText
{
    public static string Write(IReadOnlyList<Detail> details) => string.Join('\n', details.Select(d => $"{d.Label.Code}={d.Value}"));

    public static IReadOnlyList<Detail> Read(Purpose purpose, string text)
    {
        var lines = text.Length == 0 ? [] : text.Split('\n');
        Must.Hold(lines.Length == purpose.Details.Count, "the details stored are those of the purpose");
        return [.. purpose.Details.Select((label, i) => new Detail(label, lines[i][(label.Code.Length + 1)..]))];
    }
}
