using System.Globalization;
using System.Security.Cryptography;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Challenges;

/// <summary>What the computer keeps while it waits for a telephone.</summary>
/// <param name="Challenge">In the form of a challenge id.</param>
/// <param name="Link">128 bits; the QR code carries it to one telephone.</param>
public sealed record PhoneLink(string Challenge, string Link);

/// <summary>What a telephone that opened a link is told, before the number was typed: who asks and what for, and nothing to sign yet.</summary>
/// <param name="Phone">128 bits; only with it goes the number.</param>
public sealed record PhoneQuestion(string Phone, string Origin, Purpose Purpose, long ExpiresMs);

/// <summary>Where the computer's page stands.</summary>
public enum PhoneStep { Shown = 1, Opened, Signing, Answered, Ended }

/// <param name="Number">Two digits, from the moment that a telephone has opened the link.</param>
/// <param name="Why">Code of the refusal at <see cref="PhoneStep.Ended"/>.</param>
public sealed record PhoneProgress(PhoneStep Step, string? Number = null, string? Why = null);

/// <summary>
/// A login on a computer whose challenge a telephone signs (docs/card-protocol.md, section 6). The challenge is an ordinary one, bound to the computer's
/// cookie; the link decides which telephone gets to see it, and only after its holder has read a number on the computer's screen.
/// </summary>
public sealed class PhoneLinks(Database database, TimeProvider clock, AskCard ask)
{
    private const int LeastNumber = 10, PastNumber = 100;

    private const string Dead = "update idn_challenge set state = 2 where id = @Id and state = 1";

    /// <param name="origin">Of the computer's page.</param>
    /// <param name="cookie">Text of its pre-login cookie.</param>
    public async Task<PhoneLink> Ask(string origin, string cookie, CancellationToken stop = default)
    {
        var challenge = await ask.Sign(new CardQuestion(Purpose.Login, origin, cookie, []), stop);
        var link = Token.New(bits: 128);
        var number = RandomNumberGenerator.GetInt32(LeastNumber, PastNumber).ToString(CultureInfo.InvariantCulture);
        await database.Write(tx => tx.Connection.ExecuteAsync("insert into idn_phone_link(challenge, link_hash, number, state, expires_ms) values (@Id, @Hash, @number, 1, @ExpiresMs)",
            new { Id = IdOf(challenge.Id), link.Hash, number, challenge.ExpiresMs }, tx.Handle), stop);
        return new PhoneLink(challenge.Id, link.Text);
    }

    /// <summary>One telephone opens the link, once.</summary>
    /// <returns><c>phone_link_unknown</c>: no such link, opened already, or too late.</returns>
    public async Task<Result<PhoneQuestion>> Open(string? link, CancellationToken stop = default)
    {
        var phone = Token.New(bits: 128);
        return await database.WriteOrRefuse<PhoneQuestion>(async tx =>
        {
            var id = await tx.Connection.QuerySingleOrDefaultAsync<ChallengeId?>(
                "update idn_phone_link set state = 2, phone_hash = @Phone where link_hash = @Link and state = 1 and expires_ms > @Now returning challenge",
                new { Phone = phone.Hash, Link = Token.HashOf(link), Now = clock.NowMs() }, tx.Handle);
            if (id is null) return Refusal.Of("phone_link_unknown");
            var asked = await Read(tx, id.Value);
            return new PhoneQuestion(phone.Text, asked.Origin, asked.Purpose, asked.ExpiresMs);
        }, stop);
    }

    /// <summary>The number that its holder read on the computer. One wrong number ends the link and its challenge.</summary>
    /// <returns>What the card signs; <c>phone_number_wrong</c>, <c>phone_link_unknown</c>.</returns>
    public async Task<Result<CardChallenge>> Choose(string? link, string? phone, string? number, CancellationToken stop = default) =>
        await database.Write<Result<CardChallenge>>(async tx =>
        {
            var row = await tx.Connection.QuerySingleOrDefaultAsync<(ChallengeId Id, int State)?>("""
                update idn_phone_link set state = case when number = @Number then 3 else 4 end
                where link_hash = @Link and phone_hash = @Phone and state = 2 and expires_ms > @Now
                returning challenge, state
                """, new { Number = Typed.HalfWidth(number), Link = Token.HashOf(link), Phone = Token.HashOf(phone), Now = clock.NowMs() }, tx.Handle);
            if (row is not { } found) return Refusal.Of("phone_link_unknown");
            if (found.State == 3) return await Read(tx, found.Id);
            await tx.Connection.ExecuteAsync(Dead, new { found.Id }, tx.Handle);
            return Refusal.Of("phone_number_wrong");
        }, stop);

    /// <summary>What the computer shows. A browser without the cookie that asked is told that it is over.</summary>
    public async Task<PhoneProgress> Progress(string? challenge, string? cookie, CancellationToken stop = default)
    {
        var row = await Find(challenge, stop);
        if (row is null || !row.CookieHash.AsSpan().SequenceEqual(Token.HashOf(cookie))) return new PhoneProgress(PhoneStep.Ended, Why: "session_expired");
        if (row.State == 3) return new PhoneProgress(PhoneStep.Answered);
        if (row.LinkState == 4) return new PhoneProgress(PhoneStep.Ended, Why: "phone_number_wrong");
        if (row.State != 1) return new PhoneProgress(PhoneStep.Ended, Why: "auth_failed");
        if (row.ExpiresMs <= clock.NowMs()) return new PhoneProgress(PhoneStep.Ended, Why: "challenge_expired");
        return row.LinkState switch { 1 => new PhoneProgress(PhoneStep.Shown), 2 => new PhoneProgress(PhoneStep.Opened, row.Number), _ => new PhoneProgress(PhoneStep.Signing, row.Number) };
    }

    private async Task<Row?> Find(string? challenge, CancellationToken stop)
    {
        if (!Guid.TryParseExact(challenge, "N", out var id)) return null;
        await using var connection = await database.Open(stop);
        return await connection.QuerySingleOrDefaultAsync<Row>("""
            select c.cookie_hash, c.state, l.state as link_state, l.number, c.expires_ms from idn_phone_link l join idn_challenge c on c.id = l.challenge where l.challenge = @Id
            """, new { Id = new ChallengeId(id) });
    }

    private static ChallengeId IdOf(string text) => new(Guid.ParseExact(text, "N"));

    private static async Task<CardChallenge> Read(Transaction tx, ChallengeId id)
    {
        var (origin, code, random, expiresMs) = await tx.Connection.QuerySingleAsync<(string Origin, string Purpose, byte[] Random, long ExpiresMs)>(
            "select origin, purpose, random, expires_ms from idn_challenge where id = @Id", new { Id = id }, tx.Handle);
        return new CardChallenge(id.Value.ToString("N"), origin, Must.Have(Purpose.Find(code), "a stored purpose is on the list"), random, expiresMs, []);
    }

    private sealed class Row
    {
        public byte[] CookieHash { get; init; } = [];

        public int State { get; init; }

        public int LinkState { get; init; }

        public string Number { get; init; } = "";

        public long ExpiresMs { get; init; }
    }
}
