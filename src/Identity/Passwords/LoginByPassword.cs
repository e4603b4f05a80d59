using Dapper;
using MyKey.Identity.Mail;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Passwords;

/// <param name="SessionToken">For the session cookie.</param>
/// <param name="DeviceToken">For the long-lived device cookie; the one that came, or a new one.</param>
public sealed record LoggedIn(CitizenId Citizen, string SessionToken, string DeviceToken);

/// <summary>Login by MyKeyId and password, without a reader (S0-1004b): assurance A2.</summary>
public sealed class LoginByPassword
{
    private readonly Database database;
    private readonly TimeProvider clock;
    private readonly OpenSessions sessions;
    private readonly WriteNotice notices;
    private readonly OperationLog log;
    private readonly CheckPassword check;

    public LoginByPassword(Database database, TimeProvider clock, OpenSessions sessions, WriteNotice notices, OperationLog log, Tries tries, PasswordHash hash)
    {
        (this.database, this.clock, this.sessions, this.notices, this.log) = (database, clock, sessions, notices, log);
        check = new CheckPassword(database, tries, hash);
    }

    /// <param name="replaced">Session cookie that came along, of whomever: it ends (S1-15b).</param>
    /// <returns><c>login_failed</c> for any wrong pair; <c>login_throttled</c>; <c>busy</c>; with the right pair <c>id_suspended</c>.</returns>
    public async Task<Result<LoggedIn>> Login(TypedPassword typed, string? replaced = null, CancellationToken stop = default)
    {
        var judged = await check.Check(typed, stop);
        if (judged.Refused is { } no) return no;
        var citizen = judged.Value.Citizen.Id;
        return await database.WriteOrRefuse<LoggedIn>(async tx =>
        {
            // Suspended since it was judged: the sessions have just been ended, and none may follow.
            var active = await tx.Connection.ExecuteAsync("update idn_citizen set state = state where id = @Id and state = 1", new { Id = citizen }, tx.Handle);
            if (active == 0) return Refusal.Of("id_suspended");
            await check.Accept(tx, judged.Value);
            var device = await RememberDevice(tx, citizen, typed.DeviceToken);
            var token = await sessions.Open(tx, new NewSession(SessionKind.Citizen, Assurance.A2) { Citizen = citizen }, replaced);
            await log.Write(tx, new Operation("citizen.logged_in", Actor.Of(citizen), Citizen: citizen, After: "A2"));
            if (!judged.Value.KnownDevice) await notices.Write(tx, citizen, Notice.NewDevice);
            return new LoggedIn(citizen, token, device);
        }, stop);
    }

    /// <summary>A token that we gave out is kept; any other is replaced, so that nobody can plant one whose text he knows.</summary>
    private async Task<string> RememberDevice(Transaction tx, CitizenId citizen, string? presented)
    {
        var ours = presented is not null && await tx.Connection.QuerySingleAsync<int>("select count(*) from idn_known_browser where token_hash = @Hash",
            new { Hash = Token.HashOf(presented) }, tx.Handle) > 0;
        var token = ours ? presented! : Token.New().Text;
        await tx.Connection.ExecuteAsync("""
            insert into idn_known_browser(token_hash, citizen, used_ms) values (@Hash, @Citizen, @Now) on conflict(token_hash, citizen) do update set used_ms = excluded.used_ms
            """, new { Hash = Token.HashOf(token), Citizen = citizen, Now = clock.NowMs() }, tx.Handle);
        return token;
    }
}
