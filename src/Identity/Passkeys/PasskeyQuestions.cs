using Dapper;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Passkeys;

/// <summary>What the browser hands to the authenticator.</summary>
/// <param name="Question">Names it in the answer; good once, five minutes.</param>
/// <param name="Options">JSON as the browser's own functions read it (WebAuthn level 3, <c>parseCreationOptionsFromJSON</c>, <c>parseRequestOptionsFromJSON</c>).</param>
public sealed record AskedPasskey(string Question, string Options);

/// <param name="Question">Of <see cref="AskedPasskey"/>.</param>
/// <param name="Credential">JSON of what the authenticator gave, as the browser's <c>toJSON</c> writes it.</param>
public sealed record PasskeyAnswer(string? Question, string? Credential);

internal enum PasskeyPurpose { Register = 1, LogIn = 2, Confirm = 3 }

/// <param name="Bound">SHA-256 of the cookie whose holder alone may answer.</param>
/// <param name="Origin">Of the page that asks, as a browser writes it.</param>
/// <param name="Asked">What was asked, as the framework keeps it.</param>
internal sealed record PasskeyQuestion(PasskeyPurpose Purpose, SessionKind Shell, StaffId? Staff, byte[] Bound, string Origin, string Asked);

/// <summary>Keeps what an authenticator was asked, on the server: each question is taken once, by the browser that asked, and is dead afterwards whatever came of it.</summary>
public sealed class PasskeyQuestions(Database database, TimeProvider clock)
{
    /// <summary>People look for a key in a drawer.</summary>
    public const long LifeMs = 5 * 60_000;

    internal async Task<string> Keep(PasskeyQuestion question, CancellationToken stop)
    {
        var id = Ids.NewRandom<ChallengeId>();
        await database.Write(tx => tx.Connection.ExecuteAsync("""
            insert into idn_passkey_question(id, purpose, shell, staff, bound, origin, asked, expires_ms)
            values (@Id, @Purpose, @Shell, @Staff, @Bound, @Origin, @Asked, @ExpiresMs)
            """, new { Id = id, question.Purpose, question.Shell, question.Staff, question.Bound, question.Origin, question.Asked, ExpiresMs = clock.NowMs() + LifeMs }, tx.Handle), stop);
        return id.Value.ToString("N");
    }

    /// <returns>The question, or <c>passkey_failed</c>: used, too old, of another browser, or asked for something else.</returns>
    internal async Task<Result<PasskeyQuestion>> Take(string? question, PasskeyPurpose purpose, SessionKind shell, byte[] bound, CancellationToken stop)
    {
        if (!Guid.TryParseExact(question, "N", out var id)) return PasskeyRules.No("question");
        var row = await database.Write(tx => tx.Connection.QuerySingleOrDefaultAsync<Row>("""
            update idn_passkey_question set taken = 1 where id = @Id and taken = 0
            returning purpose, shell, staff, bound, origin, asked, expires_ms
            """, new { Id = new ChallengeId(id) }, tx.Handle), stop);
        if (row is null || row.ExpiresMs <= clock.NowMs() || row.Purpose != purpose || row.Shell != shell || !row.Bound.AsSpan().SequenceEqual(bound)) return PasskeyRules.No("question");
        return new PasskeyQuestion(row.Purpose, row.Shell, row.Staff, row.Bound, row.Origin, row.Asked);
    }

    private sealed class Row
    {
        public PasskeyPurpose Purpose { get; init; }

        public SessionKind Shell { get; init; }

        public StaffId? Staff { get; init; }

        public byte[] Bound { get; init; } = [];

        public string Origin { get; init; } = "";

        public string Asked { get; init; } = "";

        public long ExpiresMs { get; init; }
    }
}
