using System.Security.Cryptography;
using System.Text;
using Dapper;
using MyKey.App.Partners;
using MyKey.Identity;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.PartnerLinks;

/// <summary>Whose browser it is.</summary>
/// <param name="Token">Of the session; the way back counts in no other one.</param>
public sealed record LinkSession(CitizenId Citizen, string Token);

/// <summary>What the browser brings back from a partner's login.</summary>
public sealed record LinkReturn(string? Code, string? State);

/// <summary>
/// OAuth 2.0 authorization code with PKCE (RFC 6749, 7636, 9700) against a partner's own login (S2-P17g): no password of the partner is ever typed
/// here. State and verifier are made here, stay here, serve once, in one session, for ten minutes; each partner has a way back of its own.
/// </summary>
public sealed class MakeLink(Database database, PartnerCache partners, PartnerCalls calls, KeepLinks links, AttemptKeys keys, TimeProvider clock)
{
    public const int LivesMs = 600_000;

    private const string Begin = """
        insert into pts_link_attempt(bucket, citizen, partner, state_hash, session_hash, verifier, until_ms) values (@Bucket, @Citizen, @Partner, @State, @Session, @Verifier, @UntilMs)
        on conflict (bucket, citizen, partner) do update set state_hash = @State, session_hash = @Session, verifier = @Verifier, until_ms = @UntilMs
        """;

    private const string Take = """
        delete from pts_link_attempt where bucket = @Bucket and citizen = @Citizen and partner = @Partner and state_hash = @State
        returning session_hash, verifier, until_ms
        """;

    /// <param name="back">Where the partner sends the browser afterwards.</param>
    /// <returns>The address of the partner's login; <c>not_found</c>, and those of <see cref="Partner.TakesLinks"/>.</returns>
    public async Task<Result<Uri>> Start(LinkSession session, string key, Uri back, CancellationToken stop = default)
    {
        if ((await partners.View()).Find(key) is not { } partner) return Refusal.Of("not_found");
        if (partner.TakesLinks(clock.NowMs()).Refused is { } closed) return closed;
        var site = partner.SiteOn(clock.Today())!;
        var (state, verifier) = (Token.New(), Token.New().Text);
        var row = new
        {
            Bucket = keys.Bucket(session.Citizen), session.Citizen, Partner = partner.Id, State = state.Hash, Session = Token.HashOf(session.Token),
            Verifier = await keys.Wrap(session.Citizen, partner.Id, verifier, stop), UntilMs = clock.NowMs() + LivesMs,
        };
        await database.Write(tx => tx.Connection.ExecuteAsync(Begin, row, tx.Handle), stop);
        return new Uri($"{site.Authorize.OriginalString}?response_type=code&client_id={Uri.EscapeDataString(site.ClientId)}&redirect_uri={Uri.EscapeDataString(back.OriginalString)}"
            + $"&scope=points&state={state.Text}&code_challenge={Challenge(verifier)}&code_challenge_method=S256");
    }

    /// <summary>The way back. Whatever comes of it, its state serves no second time.</summary>
    /// <returns>The partner; <c>not_found</c>, <c>partner_auth_failed</c> (partner) for a state that is not of this session, over, used or without a code, and for a code that the partner does not take; <c>partner_silent</c> (partner).</returns>
    public async Task<Result<Partner>> Finish(LinkSession session, string key, LinkReturn returned, Uri back, CancellationToken stop = default)
    {
        if ((await partners.View()).Find(key) is not { } partner || partner.SiteOn(clock.Today()) is not { } site) return Refusal.Of("not_found");
        var failed = Refusal.Of("partner_auth_failed", ("partner", partner.Name));
        var taken = await database.Write(tx => tx.Connection.QuerySingleOrDefaultAsync<AttemptRow>(Take,
            new { Bucket = keys.Bucket(session.Citizen), session.Citizen, Partner = partner.Id, State = Token.HashOf(returned.State) }, tx.Handle), stop);
        if (taken is null || taken.UntilMs <= clock.NowMs() || !CryptographicOperations.FixedTimeEquals(taken.SessionHash, Token.HashOf(session.Token))) return failed;
        if (string.IsNullOrEmpty(returned.Code)) return failed;
        var verifier = await keys.Unwrap(session.Citizen, partner.Id, taken.Verifier, stop);
        var (verdict, tokens) = await calls.Redeem(partner, site, (returned.Code, verifier, back), stop);
        if (tokens is null) return verdict == PartnerVerdict.No ? failed : UseLink.Silent(partner);
        await links.Store(session.Citizen, partner.Id, tokens, stop);
        return partner;
    }

    /// <summary>Forgets ways to a login that were not walked to the end.</summary>
    internal Task<int> Forget(CancellationToken stop) =>
        database.Write(tx => tx.Connection.ExecuteAsync("delete from pts_link_attempt where until_ms < @now", new { now = clock.NowMs() }, tx.Handle), stop);

    /// <summary>What is sent along instead of the verifier (RFC 7636 4.2).</summary>
    public static string Challenge(string verifier) => System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    private sealed record AttemptRow
    {
        public byte[] SessionHash { get; init; } = [];
        public byte[] Verifier { get; init; } = [];
        public long UntilMs { get; init; }
    }
}

/// <summary>Keeps the verifier of a way to a partner's login: wrapped, for this citizen and partner only.</summary>
public sealed class AttemptKeys(Kek kek, Buckets buckets)
{
    internal int Bucket(CitizenId citizen) => buckets.Of(citizen.Value);

    internal async Task<byte[]> Wrap(CitizenId citizen, PartnerId partner, string verifier, CancellationToken stop) =>
        (await kek.Wrap(Encoding.ASCII.GetBytes(verifier), Owner(citizen, partner), stop)).Wrapped;

    internal async Task<string> Unwrap(CitizenId citizen, PartnerId partner, byte[] wrapped, CancellationToken stop) =>
        Encoding.ASCII.GetString(await kek.Unwrap(wrapped, Owner(citizen, partner), stop));

    private static string Owner(CitizenId citizen, PartnerId partner) => $"link-verifier:{citizen.Value:N}:{partner.Value:N}";
}
