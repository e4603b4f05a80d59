using Dapper;
using MyKey.Identity.Certificates;
using MyKey.Identity.Certificates.Crl;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Sessions;

/// <summary>
/// The sessions now open. They lie in the database and are looked up at every use, so an end holds in all processes at once.
/// Citizen 15 min idle, 2 h absolute, at a support desk 3 min and 1 h; staff 15 min, 8 h; terminal 8 h (decision 9).
/// </summary>
public sealed class OpenSessions(Database database, TimeProvider clock, OperationLog log)
{
    private const long MinuteMs = 60_000;
    private const long HourMs = 60 * MinuteMs;

    /// <summary>To this the last use is known; an idle session ends so much earlier at most.</summary>
    private const long UsedToMs = 10_000;

    /// <summary>At a support desk somebody else stands there next.</summary>
    public const long SittingIdleMs = 3 * MinuteMs;

    private const string Insert = """
        insert into idn_session(token_hash, kind, assurance, citizen, staff, terminal, authority, serial, not_before_ms, not_after_ms,
          created_ms, used_ms, confirmed_ms, idle_ms, ends_ms, passkey)
        values (@Hash, @Kind, @Assurance, @Citizen, @Staff, @Terminal, @Authority, @Serial, @NotBeforeMs, @NotAfterMs,
          @Now, @Now, @ConfirmedMs, @IdleMs, @EndsMs, @Passkey)
        """;

    private const string Select = """
        select s.token_hash, s.kind, s.assurance, s.citizen, s.staff, s.terminal, s.authority, s.serial, s.not_before_ms, s.not_after_ms, s.created_ms, s.used_ms, s.confirmed_ms, s.ends_ms, s.passkey,
          c.state, c.base_municipality, c.tap_off, m.my_key_id
        from idn_session s left join idn_citizen c on c.id = s.citizen left join idn_mykey_id m on m.citizen = s.citizen and m.state = 1
        where s.token_hash = @Hash and s.kind = @Kind and s.ended_ms is null and s.ends_ms > @Now and s.used_ms + s.idle_ms > @Now
        """;

    /// <summary>The session of a cookie, used now; or <c>login_required</c> when there is none, it lay idle too long, or it has ended.</summary>
    public async Task<Result<Session>> Find(string? token, SessionKind kind, CancellationToken stop = default)
    {
        var found = await FindAny(token, kind, stop);
        return found.Ok && IsHalf(found.Value.Kind, found.Value.Assurance) ? Refusal.Of("login_required") : found;
    }

    /// <summary>A staff session between password and one-time password: good for the second screen alone.</summary>
    internal async Task<Result<Session>> FindHalf(string? token, SessionKind kind, CancellationToken stop)
    {
        var found = await FindAny(token, kind, stop);
        return found.Ok && !IsHalf(found.Value.Kind, found.Value.Assurance) ? Refusal.Of("login_required") : found;
    }

    private async Task<Result<Session>> FindAny(string? token, SessionKind kind, CancellationToken stop)
    {
        if (string.IsNullOrEmpty(token)) return Refusal.Of("login_required");
        var now = clock.NowMs();
        var row = await database.ReadTogether<Row>(Select, new { Hash = Token.HashOf(token), Kind = kind, Now = now }, stop);
        if (row is null) return Refusal.Of("login_required");
        if (now - row.UsedMs >= UsedToMs)
            await database.WriteTogether<long?>(
                "update idn_session set used_ms = @Now where token_hash = @TokenHash and used_ms < @Now and ended_ms is null returning used_ms", new { row.TokenHash, Now = now }, stop);
        return row.ToSession();
    }

    /// <summary>Ends the session of a cookie, if it is one. Logging out twice is no error.</summary>
    public Task End(string? token, CancellationToken stop = default) => database.Write(async tx =>
    {
        var ended = await tx.Connection.QuerySingleOrDefaultAsync<(CitizenId? Citizen, StaffId? Staff, TerminalId? Terminal)?>("""
            update idn_session set ended_ms = @Now where token_hash = @Hash and ended_ms is null returning citizen, staff, terminal
            """, new { Hash = Token.HashOf(token), Now = clock.NowMs() }, tx.Handle);
        var actor = ended?.Citizen is { } citizen ? Actor.Of(citizen) : ended?.Staff is { } staff ? Actor.Of(staff) : ended?.Terminal is { } terminal ? Actor.Of(terminal) : default(Actor?);
        if (actor is { } who) await log.Write(tx, new Operation("session.ended", who, Citizen: ended!.Value.Citizen, Terminal: ended.Value.Terminal));
    }, stop);

    /// <summary>The end that goes with another change, whose line in the log tells it.</summary>
    internal Task Replace(Transaction tx, string token) =>
        tx.Connection.ExecuteAsync("update idn_session set ended_ms = @Now where token_hash = @Hash and ended_ms is null",
            new { Hash = Token.HashOf(token), Now = clock.NowMs() }, tx.Handle);

    /// <summary>Ends every session of a citizen, also at terminals and in other processes.</summary>
    /// <param name="keep">A session that stays, e.g. the one that changes the password.</param>
    public Task<int> EndAll(Transaction tx, CitizenId citizen, Session? keep = null) =>
        tx.Connection.ExecuteAsync("update idn_session set ended_ms = @Now where citizen = @Citizen and ended_ms is null and token_hash <> @Keep",
            new { Citizen = citizen, Now = clock.NowMs(), Keep = keep?.Hash ?? [] }, tx.Handle);

    /// <summary>Ends every session of a member of staff.</summary>
    /// <param name="keep">A session that stays, e.g. the one that changes the password.</param>
    public Task<int> EndAll(Transaction tx, StaffId staff, Session? keep = null) =>
        tx.Connection.ExecuteAsync("update idn_session set ended_ms = @Now where staff = @Staff and ended_ms is null and token_hash <> @Keep",
            new { Staff = staff, Now = clock.NowMs(), Keep = keep?.Hash ?? [] }, tx.Handle);

    /// <summary>Ends every session that a passkey opened, but one.</summary>
    internal Task<int> EndAll(Transaction tx, PasskeyId passkey, Session keep) =>
        tx.Connection.ExecuteAsync("update idn_session set ended_ms = @Now where staff = @Staff and passkey = @Passkey and ended_ms is null and token_hash <> @Keep",
            new { keep.Staff, Passkey = passkey, Now = clock.NowMs(), Keep = keep.Hash }, tx.Handle);

    /// <summary>Ends every session that was opened with a certificate which is now revoked.</summary>
    public Task<int> EndAll(Transaction tx, string authority, string serial) =>
        tx.Connection.ExecuteAsync("update idn_session set ended_ms = @Now where authority = @Authority and serial = @Serial and ended_ms is null",
            new { Authority = authority, Serial = serial, Now = clock.NowMs() }, tx.Handle);

    /// <summary>Ends the sessions of all certificates that the lists in force name.</summary>
    public async Task<int> EndRevoked(CancellationToken stop = default)
    {
        var revoked = new List<(string Authority, string Serial)>();
        await using (var connection = await database.Open(stop))
        {
            var open = await connection.QueryAsync<(string Authority, string Serial)>(
                "select distinct authority, serial from idn_session where ended_ms is null and serial is not null and ends_ms > @Now", new { Now = clock.NowMs() });
            foreach (var of in open.GroupBy(o => o.Authority))
                revoked.AddRange((await RevokedRuns.Named(connection, of.Key, [.. of.Select(o => o.Serial)])).Select(serial => (of.Key, serial)));
        }
        if (revoked.Count == 0) return 0;
        return await database.Write(async tx =>
        {
            var ended = 0;
            foreach (var (authority, serial) in revoked.Distinct().Order()) ended += await EndAll(tx, authority, serial);
            return ended;
        }, stop);
    }

    /// <summary>Opens a session; the one it replaces (a rise of assurance, another person on the same device: S1-15b) ends in the same transaction.</summary>
    /// <returns>The token for the cookie, 256 bits.</returns>
    internal async Task<string> Open(Transaction tx, NewSession session, string? replaced = null)
    {
        if (!string.IsNullOrEmpty(replaced)) await Replace(tx, replaced);
        var token = Token.New();
        var now = clock.NowMs();
        await tx.Connection.ExecuteAsync(Insert, new
        {
            token.Hash, session.Kind, session.Assurance, session.Citizen, session.Staff, session.Terminal, session.Certificate?.Authority, session.Certificate?.Serial,
            NotBeforeMs = session.Certificate?.NotBefore.ToUnixTimeMilliseconds(), NotAfterMs = session.Certificate?.NotAfter.ToUnixTimeMilliseconds(),
            Now = now, ConfirmedMs = session.Confirmed ? now : 0, IdleMs = IdleMs(session), EndsMs = now + LifeMs(session), session.Passkey,
        }, tx.Handle);
        return token.Text;
    }

    /// <summary>A card session gets to know its citizen when the MyKeyId is issued in it.</summary>
    internal static Task<int> Bind(Transaction tx, Session session, CitizenId citizen) =>
        tx.Connection.ExecuteAsync("update idn_session set citizen = @Citizen where token_hash = @Hash and citizen is null", new { session.Hash, Citizen = citizen }, tx.Handle);

    internal Task<int> Confirm(Transaction tx, Session session) =>
        tx.Connection.ExecuteAsync("update idn_session set confirmed_ms = @Now where token_hash = @Hash and ended_ms is null", new { session.Hash, Now = clock.NowMs() }, tx.Handle);

    private static bool IsHalf(SessionKind kind, Assurance assurance) => kind is SessionKind.Office or SessionKind.Operator && assurance == Assurance.A1;

    private static long IdleMs(NewSession session) =>
        session.IsSitting ? SittingIdleMs : session.Kind == SessionKind.Terminal ? 8 * HourMs : IsHalf(session.Kind, session.Assurance) ? 5 * MinuteMs : 15 * MinuteMs;

    private static long LifeMs(NewSession session) =>
        session.IsSitting ? HourMs : session.Kind == SessionKind.Citizen ? 2 * HourMs : IsHalf(session.Kind, session.Assurance) ? 5 * MinuteMs : 8 * HourMs;

    private sealed class Row
    {
        public byte[] TokenHash { get; init; } = [];

        public SessionKind Kind { get; init; }

        public Assurance Assurance { get; init; }

        public CitizenId? Citizen { get; init; }

        public StaffId? Staff { get; init; }

        public TerminalId? Terminal { get; init; }

        public string? Authority { get; init; }

        public string? Serial { get; init; }

        public long? NotBeforeMs { get; init; }

        public long? NotAfterMs { get; init; }

        public long CreatedMs { get; init; }

        public long UsedMs { get; init; }

        public long ConfirmedMs { get; init; }

        public long EndsMs { get; init; }

        public PasskeyId? Passkey { get; init; }

        public CitizenState? State { get; init; }

        public MunicipalityCode? BaseMunicipality { get; init; }

        public bool TapOff { get; init; }

        public string? MyKeyId { get; init; }

        private Citizen? Holder => Citizen is { } id && State is { } state && MyKeyId is { } shown ? new Citizen(id, state, Citizens.MyKeyId.Stored(shown), BaseMunicipality, TapOff) : null;

        public Session ToSession() => new(Kind, Assurance, Citizen, Staff, Terminal,
            Serial is null ? null : new AuthCertificate(Authority!, Serial, DateTimeOffset.FromUnixTimeMilliseconds(NotBeforeMs!.Value), DateTimeOffset.FromUnixTimeMilliseconds(NotAfterMs!.Value)),
            CreatedMs, ConfirmedMs, EndsMs)
        { Hash = TokenHash, Passkey = Passkey, Holder = Holder };
    }
}
