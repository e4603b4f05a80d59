using Dapper;
using Microsoft.AspNetCore.Identity;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Passkeys;

/// <summary>Who comes in with a passkey: which shell, which browser, from where.</summary>
/// <param name="Cookie">Text of the pre-login cookie that the question is bound to.</param>
public sealed record PasskeyVisitor(SessionKind Shell, string? Cookie, ClientNetwork Network);

/// <summary>
/// Staff log in with a passkey instead of password and one-time password, and confirm with it: it is both factors, something held and the fingerprint, face or PIN that
/// the authenticator itself asked for (V-D3).
/// </summary>
public sealed class LoginByPasskey(Database database, TimeProvider clock, PasskeyQuestions questions, PasskeyRules rules, Tries tries, OpenSessions sessions, OperationLog log)
{
    private const string Count = """
        update idn_passkey set sign_count = @Count, backed_up = @BackedUp, used_ms = @Now
        where credential = @Credential and staff = @Staff and (sign_count < @Count or sign_count = 0 and @Count = 0)
        returning id
        """;

    /// <param name="origin">Of the page that asks, as a browser writes it.</param>
    public async Task<AskedPasskey> AskLogin(SessionKind shell, string cookie, string origin, CancellationToken stop = default)
    {
        Must.Hold(shell is SessionKind.Office or SessionKind.Operator, "staff enter the shells of office and operator");
        var (options, asked) = await rules.Request(null, origin);
        return new AskedPasskey(await questions.Keep(new PasskeyQuestion(PasskeyPurpose.LogIn, shell, null, Token.HashOf(cookie), origin, asked), stop), options);
    }

    /// <summary>One step instead of two; the session counts as just confirmed.</summary>
    /// <param name="replaced">Session cookie that came along; it ends.</param>
    /// <returns>The session token; <c>passkey_failed</c> whatever was wrong, <c>login_throttled</c>.</returns>
    public async Task<Result<string>> Login(PasskeyVisitor visitor, PasskeyAnswer answer, string? replaced = null, CancellationToken stop = default)
    {
        var question = await questions.Take(answer.Question, PasskeyPurpose.LogIn, visitor.Shell, Token.HashOf(visitor.Cookie), stop);
        if (question.Refused is { } no) return no;
        var key = TryKey.Of("staff.passkey", PasskeyRules.Claimed(answer.Credential), visitor.Network.Prefix);
        var waitMs = await database.Write(tx => tries.Reserve(tx, key, CheckPassword.Rule), stop);
        if (waitMs > 0) return Refusal.Of("login_throttled", ("wait", Tries.Seconds(waitMs)));
        var judged = await rules.Answered(question.Value, answer.Credential);
        if (judged.Refused is { } failed) return failed;
        var staff = judged.Value.Staff;
        return await database.WriteOrRefuse<string>(async tx =>
        {
            if (!await Enters(tx, staff, visitor.Shell)) return PasskeyRules.No("member");
            if (await Use(tx, staff, judged.Value.Passkey) is not { } passkey) return PasskeyRules.No("count");
            await tries.Clear(tx, key);
            await log.Write(tx, new Operation("staff.logged_in", Actor.Of(staff), staff.Value, After: visitor.Shell == SessionKind.Operator ? "operator by passkey" : "office by passkey"));
            return await sessions.Open(tx, new NewSession(visitor.Shell, Assurance.A2) { Staff = staff, Confirmed = true, Passkey = passkey }, replaced);
        }, stop);
    }

    /// <returns><c>login_required</c> outside a session of staff.</returns>
    public async Task<Result<AskedPasskey>> AskConfirm(Session session, string origin, CancellationToken stop = default)
    {
        if (session.Staff is not { } staff) return Refusal.Of("login_required");
        var (options, asked) = await rules.Request(staff, origin);
        return new AskedPasskey(await questions.Keep(new PasskeyQuestion(PasskeyPurpose.Confirm, session.Kind, staff, session.Hash, origin, asked), stop), options);
    }

    /// <summary>In place of the one-time password, before approvals, exports and log search.</summary>
    /// <returns><c>passkey_failed</c>, also for a passkey of somebody else; <c>login_required</c>.</returns>
    public async Task<Result<bool>> Confirm(Session session, PasskeyAnswer answer, CancellationToken stop = default)
    {
        if (session.Staff is not { } staff) return Refusal.Of("login_required");
        var question = await questions.Take(answer.Question, PasskeyPurpose.Confirm, session.Kind, session.Hash, stop);
        if (question.Refused is { } no) return no;
        var judged = await rules.Answered(question.Value, answer.Credential);
        if (judged.Refused is { } failed) return failed;
        if (judged.Value.Staff != staff) return PasskeyRules.No("member");
        return await database.WriteOrRefuse<bool>(async tx =>
        {
            if (!await Enters(tx, staff, session.Kind)) return Refusal.Of("login_required");
            if (await Use(tx, staff, judged.Value.Passkey) is null) return PasskeyRules.No("count");
            await log.Write(tx, new Operation("staff.confirmed", Actor.Of(staff), staff.Value, After: "passkey"));
            return await sessions.Confirm(tx, session) == 1;
        }, stop);
    }

    /// <summary>Active, with a role in this shell; locked, so that an end of the account comes wholly before or after.</summary>
    private static async Task<bool> Enters(Transaction tx, StaffId staff, SessionKind shell) => await tx.Connection.ExecuteAsync("""
        update idn_staff set state = state where id = @Staff and state = 2
          and exists (select 1 from idn_staff_role r where r.staff = idn_staff.id and (r.role = 'operator') = (@Operator = 1))
        """, new { Staff = staff, Operator = shell == SessionKind.Operator ? 1 : 0 }, tx.Handle) == 1;

    /// <summary>The count of the authenticator, where it counts, only grows: of two answers with the same one, the second is refused.</summary>
    internal Task<PasskeyId?> Use(Transaction tx, StaffId staff, UserPasskeyInfo passkey) => tx.Connection.QuerySingleOrDefaultAsync<PasskeyId?>(Count,
        new { Count = (long)passkey.SignCount, BackedUp = passkey.IsBackedUp ? 1 : 0, Now = clock.NowMs(), Credential = passkey.CredentialId, Staff = staff }, tx.Handle);
}
