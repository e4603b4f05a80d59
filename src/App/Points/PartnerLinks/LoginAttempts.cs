using System.Security.Cryptography;
using System.Text;
using Dapper;
using MyKey.Identity;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.PartnerLinks;

/// <summary>Whose browser it is.</summary>
/// <param name="Token">Of the session; the way back counts in no other one.</param>
public sealed record LinkSession(CitizenId Citizen, string Token);

/// <summary>What the browser brings back from an outside login.</summary>
public sealed record LinkReturn(string? Code, string? State);

/// <summary>Somebody with a login of his own: a partner, an online site.</summary>
/// <param name="Id">Of the partner or site.</param>
/// <param name="ClientId">What we are called there.</param>
/// <param name="Scope">What leave is asked for.</param>
public sealed record OutsideLogin(Guid Id, Uri Authorize, string ClientId, string Scope);

/// <summary>
/// The first half of OAuth 2.0 authorization code with PKCE (RFC 6749, 7636, 9700). State and verifier are made here, stay here, serve once, in one
/// session, for ten minutes; each outside party has a way back of its own.
/// </summary>
public sealed class LoginAttempts(Database database, Kek kek, Buckets buckets, TimeProvider clock)
{
    public const int LivesMs = 600_000;

    private const string Put = """
        insert into pts_link_attempt(bucket, citizen, partner, state_hash, session_hash, verifier, until_ms) values (@Bucket, @Citizen, @Id, @State, @Session, @Verifier, @UntilMs)
        on conflict (bucket, citizen, partner) do update set state_hash = @State, session_hash = @Session, verifier = @Verifier, until_ms = @UntilMs
        """;

    private const string Delete = """
        delete from pts_link_attempt where bucket = @Bucket and citizen = @Citizen and partner = @party and state_hash = @State
        returning session_hash, verifier, until_ms
        """;

    /// <param name="back">Where the outside party sends the browser afterwards.</param>
    /// <returns>The address of its login.</returns>
    public async Task<Uri> Begin(LinkSession session, OutsideLogin login, Uri back, CancellationToken stop)
    {
        var (state, verifier) = (Token.New(), Token.New().Text);
        var row = new
        {
            Bucket = buckets.Of(session.Citizen.Value), session.Citizen, login.Id, State = state.Hash, Session = Token.HashOf(session.Token),
            Verifier = (await kek.Wrap(Encoding.ASCII.GetBytes(verifier), Owner(session.Citizen, login.Id), stop)).Wrapped, UntilMs = clock.NowMs() + LivesMs,
        };
        await database.Write(tx => tx.Connection.ExecuteAsync(Put, row, tx.Handle), stop);
        return new Uri($"{login.Authorize.OriginalString}?response_type=code&client_id={Uri.EscapeDataString(login.ClientId)}&redirect_uri={Uri.EscapeDataString(back.OriginalString)}"
            + $"&scope={Uri.EscapeDataString(login.Scope)}&state={state.Text}&code_challenge={Challenge(verifier)}&code_challenge_method=S256");
    }

    /// <summary>The way back. Whatever comes of it, its state serves no second time.</summary>
    /// <returns>The verifier; null for a state that is not of this session and party, over or used.</returns>
    public async Task<string?> Take(LinkSession session, Guid party, string? state, CancellationToken stop)
    {
        var taken = await database.Write(tx => tx.Connection.QuerySingleOrDefaultAsync<AttemptRow>(Delete,
            new { Bucket = buckets.Of(session.Citizen.Value), session.Citizen, party, State = Token.HashOf(state) }, tx.Handle), stop);
        if (taken is null || taken.UntilMs <= clock.NowMs() || !CryptographicOperations.FixedTimeEquals(taken.SessionHash, Token.HashOf(session.Token))) return null;
        return Encoding.ASCII.GetString(await kek.Unwrap(taken.Verifier, Owner(session.Citizen, party), stop));
    }

    /// <summary>Forgets ways to a login that were not walked to the end.</summary>
    internal Task<int> Forget(CancellationToken stop) =>
        database.Write(tx => tx.Connection.ExecuteAsync("delete from pts_link_attempt where until_ms < @now", new { now = clock.NowMs() }, tx.Handle), stop);

    /// <summary>What is sent along instead of the verifier (RFC 7636 4.2).</summary>
    public static string Challenge(string verifier) => System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    internal static string Owner(CitizenId citizen, Guid party) => $"link-verifier:{citizen.Value:N}:{party:N}";

    private sealed record AttemptRow
    {
        public byte[] SessionHash { get; init; } = [];
        public byte[] Verifier { get; init; } = [];
        public long UntilMs { get; init; }
    }
}
