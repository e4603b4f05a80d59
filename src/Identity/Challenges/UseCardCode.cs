using MyKey.Identity.Certificates;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Challenges;

/// <summary>Turns the code of the way back into what the card proved: once, within 60 s, and only with the cookie that asked.</summary>
public sealed class UseCardCode(Database database, TimeProvider clock)
{
    /// <param name="cookie">Text of the pre-login or terminal cookie that came with the request.</param>
    /// <returns>The proof, or <c>auth_failed</c>. A code shown with another cookie is dead afterwards.</returns>
    public async Task<Result<CardProof>> Use(string? code, string? cookie, CancellationToken stop = default)
    {
        if (string.IsNullOrEmpty(code) || string.IsNullOrEmpty(cookie)) return Refusal.Of("auth_failed", ("why", "code"));
        var row = await database.WriteTogether<Row>("""
            update idn_challenge set state = 4 where code_hash = @Hash and state = 3
            returning id, kind, cookie_hash, purpose, details, binding, terminal, code_expires_ms, authority, serial, not_before_ms, not_after_ms
            """, new { Hash = Token.HashOf(code) }, stop);
        return Read(row, cookie);
    }

    /// <summary>The same where a telephone answered: the code stayed there, the browser that asked goes on by its cookie and the question's own id.</summary>
    /// <returns>The proof, or <c>auth_failed</c>. Shown with another cookie it stays as it is: the id is no secret.</returns>
    public async Task<Result<CardProof>> UseByPhone(string? challenge, string? cookie, CancellationToken stop = default)
    {
        if (!Guid.TryParseExact(challenge, "N", out var id) || string.IsNullOrEmpty(cookie)) return Refusal.Of("auth_failed", ("why", "challenge"));
        var row = await database.WriteTogether<Row>("""
            update idn_challenge set state = 4
            where id = @Id and state = 3 and cookie_hash = @Cookie and exists (select 1 from idn_phone_link l where l.challenge = idn_challenge.id and l.state = 3)
            returning id, kind, cookie_hash, purpose, details, binding, terminal, code_expires_ms, authority, serial, not_before_ms, not_after_ms
            """, new { Id = new ChallengeId(id), Cookie = Token.HashOf(cookie) }, stop);
        return Read(row, cookie);
    }

    private Result<CardProof> Read(Row? row, string cookie)
    {
        if (row is null || row.CodeExpiresMs <= clock.NowMs() || !row.CookieHash.AsSpan().SequenceEqual(Token.HashOf(cookie)))
            return Refusal.Of("auth_failed", ("why", "code"));
        var purpose = row.Kind == 2 ? null : Must.Have(Purpose.Find(row.Purpose), "a stored purpose is on the list");
        var certificate = new AuthCertificate(row.Authority, row.Serial, DateTimeOffset.FromUnixTimeMilliseconds(row.NotBeforeMs), DateTimeOffset.FromUnixTimeMilliseconds(row.NotAfterMs));
        return new CardProof(row.Id, certificate, purpose, purpose is null ? [] : DetailText.Read(purpose, row.Details), row.Binding, row.Terminal);
    }

    private sealed class Row
    {
        public ChallengeId Id { get; init; }

        public int Kind { get; init; }

        public byte[] CookieHash { get; init; } = [];

        public string Purpose { get; init; } = "";

        public string Details { get; init; } = "";

        public string? Binding { get; init; }

        public TerminalId? Terminal { get; init; }

        public long CodeExpiresMs { get; init; }

        public string Authority { get; init; } = "";

        public string Serial { get; init; } = "";

        public long NotBeforeMs { get; init; }

        public long NotAfterMs { get; init; }
    }
}
