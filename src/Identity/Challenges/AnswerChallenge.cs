using MyKey.Identity.Certificates;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Challenges;

/// <summary>
/// Takes what the card agent posts (docs/card-protocol.md). The question is used up before anything is verified, so each is tried once,
/// and it stays dead after any failure (S0-5003).
/// </summary>
public sealed class AnswerChallenge(Database database, TimeProvider clock, CertificateRules rules)
{
    public const long CodeLifeMs = 60_000;

    /// <summary>A signed challenge, <c>/card/answers</c>.</summary>
    /// <returns>The code for the way back, 128 bits, 60 s, once; <c>auth_failed</c>, <c>challenge_expired</c>, <c>cert_…</c>.</returns>
    public async Task<Result<string>> Signature(string? challengeId, ReadOnlyMemory<byte> certificate, ReadOnlyMemory<byte> signature, CancellationToken stop = default)
    {
        var taken = await TakeUp(challengeId, kind: 1, stop);
        if (taken.Refused is { } no) return no;
        var row = taken.Value;
        var purpose = Must.Have(Purpose.Find(row.Purpose), "a stored purpose is on the list");
        var bytes = ChallengeBytes.Of(new CardChallenge(row.Id.Value.ToString("N"), row.Origin, purpose, row.Random, row.ExpiresMs, DetailText.Read(purpose, row.Details)));
        return await Complete(row.Id, await rules.Verify(certificate, bytes, signature, stop), stop);
    }

    /// <summary>A certificate that was read without PIN, <c>/card/taps</c>: it identifies and proves nothing.</summary>
    public async Task<Result<string>> Tap(string? tapId, ReadOnlyMemory<byte> certificate, CancellationToken stop = default)
    {
        var taken = await TakeUp(tapId, kind: 2, stop);
        return taken.Refused is { } no ? no : await Complete(taken.Value.Id, await rules.Identify(certificate, stop), stop);
    }

    private async Task<Result<Row>> TakeUp(string? id, int kind, CancellationToken stop)
    {
        if (!Guid.TryParseExact(id, "N", out var value)) return Refusal.Of("auth_failed", ("why", "challenge"));
        var row = await database.WriteTogether<Row>("""
            update idn_challenge set state = 2 where id = @Id and kind = @Kind and state = 1
            returning id, origin, purpose, random, details, expires_ms
            """, new { Id = value, Kind = kind }, stop);
        if (row is null) return Refusal.Of("auth_failed", ("why", "challenge"));
        return row.ExpiresMs > clock.NowMs() ? row : Refusal.Of("challenge_expired");
    }

    private async Task<Result<string>> Complete(ChallengeId id, Result<AuthCertificate> judged, CancellationToken stop)
    {
        if (judged.Refused is { } no) return no;
        var (code, card) = (Token.New(bits: 128), judged.Value);
        var done = await database.WriteTogether<string>("""
            update idn_challenge set state = 3, code_hash = @Hash, code_expires_ms = @ExpiresMs, authority = @Authority, serial = @Serial,
              not_before_ms = @NotBeforeMs, not_after_ms = @NotAfterMs
            where id = @Id and state = 2 returning origin
            """, new
        {
            Id = id, code.Hash, ExpiresMs = clock.NowMs() + CodeLifeMs, card.Authority, card.Serial,
            NotBeforeMs = card.NotBefore.ToUnixTimeMilliseconds(), NotAfterMs = card.NotAfter.ToUnixTimeMilliseconds(),
        }, stop);
        Must.Hold(done is not null, "a challenge that was taken up is answered once");
        return code.Text;
    }

    private sealed class Row
    {
        public ChallengeId Id { get; init; }

        public string Origin { get; init; } = "";

        public string Purpose { get; init; } = "";

        public byte[] Random { get; init; } = [];

        public string Details { get; init; } = "";

        public long ExpiresMs { get; init; }
    }
}
