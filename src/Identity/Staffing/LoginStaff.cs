using Dapper;
using MyKey.Identity.Keys;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Staffing;

/// <summary>Number and password as typed, and the shell that is to be entered.</summary>
public sealed record StaffPassword(SessionKind Shell, string? Number, string? Password, ClientNetwork Network);

/// <summary>Staff sign in with number and password, then with the one-time password of their own app (V-D3); two screens (decision 16).</summary>
public sealed class LoginStaff(Database database, OpenSessions sessions, PasswordHash hash, Tries tries, ProveTotp prove, OperationLog log)
{
    /// <summary>First screen. The answer is the same whether or not the number exists, or has no role in this shell.</summary>
    /// <returns>A token for the second screen, 5 minutes; <c>login_failed</c>, <c>login_throttled</c>, <c>busy</c>.</returns>
    public async Task<Result<string>> Password(StaffPassword typed, string? replaced = null, CancellationToken stop = default)
    {
        Must.Hold(typed.Shell is SessionKind.Office or SessionKind.Operator, "staff enter the shells of office and operator");
        var read = StaffNumber.Read(typed.Number);
        var row = read.Ok ? await Find(read.Value, typed.Shell, stop) : null;
        var key = TryKey.Of("staff.password", read.Ok ? read.Value : typed.Number ?? "", typed.Network.Prefix);
        var waitMs = await database.Write(tx => tries.Reserve(tx, key, CheckPassword.Rule), stop);
        if (waitMs > 0) return Refusal.Of("login_throttled", ("wait", Tries.Seconds(waitMs)));
        var right = await hash.Matches(typed.Password is { Length: <= PasswordRules.Longest } text ? text : "", row?.Stored, stop);
        if (right.Refused is { } no)
        {
            await database.Write(tx => tries.GiveBack(tx, key), stop);
            return no;
        }
        if (!right.Value) return Refusal.Of("login_failed");
        return await database.Write<Result<string>>(async tx =>
        {
            await tries.Clear(tx, key);
            return await sessions.Open(tx, new NewSession(typed.Shell, Assurance.A1) { Staff = row!.Id }, replaced);
        }, stop);
    }

    /// <summary>Second screen: the one-time password turns the half session into a whole one, under a new token.</summary>
    /// <returns>The session token; <c>totp_wrong</c>, <c>rate_limited</c>, <c>login_required</c>.</returns>
    public async Task<Result<string>> OneTimePassword(string? halfToken, SessionKind shell, string? code, CancellationToken stop = default)
    {
        var half = await sessions.FindHalf(halfToken, shell, stop);
        if (half.Refused is { } no) return no;
        var staff = half.Value.Staff!.Value;
        return await prove.Prove(staff, code, async tx =>
        {
            await log.Write(tx, new Operation("staff.logged_in", Actor.Of(staff), staff.Value, After: shell == SessionKind.Operator ? "operator" : "office"));
            return await sessions.Open(tx, new NewSession(shell, Assurance.A2) { Staff = staff, Confirmed = true }, halfToken);
        }, stop);
    }

    private async Task<Row?> Find(string number, SessionKind shell, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var row = await connection.QuerySingleOrDefaultAsync<(StaffId Id, byte[] Salt, byte[] Hash, int Iterations)?>("""
            select s.id, s.salt, s.hash, s.iterations from idn_staff s
            where s.number = @Number and s.state = 2 and exists (select 1 from idn_staff_role r where r.staff = s.id and (r.role = 'operator') = (@Operator = 1))
            """, new { Number = number, Operator = shell == SessionKind.Operator ? 1 : 0 });
        return row is { } found ? new Row(found.Id, new StoredPassword(found.Salt, found.Hash, found.Iterations)) : null;
    }

    private sealed record Row(StaffId Id, StoredPassword Stored);
}
