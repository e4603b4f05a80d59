using Dapper;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Staffing;

/// <summary>What a member of staff types to change his password.</summary>
/// <param name="Old">The one that counts now.</param>
/// <param name="Code">Of his authenticator.</param>
public sealed record NewStaffPassword(string? Old, string? Password, string? Code, ClientNetwork Network);

/// <summary>A member of staff changes his own password: the old one, a one-time password, and every other session of his ends.</summary>
public sealed class ChangeStaffPassword(Database database, OpenSessions sessions, PasswordHash hash, Tries tries, ProveTotp prove, OperationLog log)
{
    private const string Store = "update idn_staff set salt = @Salt, hash = @Hash, iterations = @Iterations where id = @staff and hash = @Was and state = 2";

    /// <returns>
    /// <c>password_weak</c>, also for the one that counts now; <c>password_wrong</c>, <c>login_throttled</c> (fact <c>wait</c>, s) for the old one, whose tries count with those of the
    /// login; <c>totp_wrong</c>, <c>rate_limited</c>, <c>login_required</c>, <c>busy</c>.
    /// </returns>
    public async Task<Result<StaffId>> Run(Session session, NewStaffPassword typed, CancellationToken stop = default)
    {
        if (session.Staff is not { } staff || await Find(staff, stop) is not { } row) return Refusal.Of("login_required");
        if (PasswordRules.Check(typed.Password, row.Number) is { } weak) return weak;
        if (await CheckOld(row, typed, stop) is { } wrong) return wrong;
        if (typed.Password == typed.Old) return Refusal.Of("password_weak");
        var made = await hash.Make(typed.Password!, stop);
        if (made.Refused is { } busy) return busy;
        var done = await prove.Prove(staff, typed.Code, async tx =>
        {
            // Somebody invited anew, or changed elsewhere at this instant, has another one by now.
            if (await tx.Connection.ExecuteAsync(Store, new { made.Value.Salt, made.Value.Hash, made.Value.Iterations, staff, Was = row.Stored.Hash }, tx.Handle) == 0) return false;
            await sessions.EndAll(tx, staff, keep: session);
            await log.Write(tx, new Operation("staff.password_set", Actor.Of(staff), staff.Value));
            return true;
        }, stop);
        return done.Refused is { } no ? no : done.Value ? staff : Refusal.Of("password_wrong");
    }

    private async Task<Refusal?> CheckOld(Row row, NewStaffPassword typed, CancellationToken stop)
    {
        var key = TryKey.Of("staff.password", row.Number, typed.Network.Prefix);
        var waitMs = await database.Write(tx => tries.Reserve(tx, key, CheckPassword.Rule), stop);
        if (waitMs > 0) return Refusal.Of("login_throttled", ("wait", Tries.Seconds(waitMs)));
        var right = await hash.Matches(typed.Old is { Length: <= PasswordRules.Longest } text ? text : "", row.Stored, stop);
        if (right.Refused is { } no)
        {
            await database.Write(tx => tries.GiveBack(tx, key), stop);
            return no;
        }
        if (!right.Value) return Refusal.Of("password_wrong");
        await database.Write(tx => tries.Clear(tx, key), stop);
        return null;
    }

    private async Task<Row?> Find(StaffId staff, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var row = await connection.QuerySingleOrDefaultAsync<(string Number, byte[] Salt, byte[] Hash, int Iterations)?>(
            "select number, salt, hash, iterations from idn_staff where id = @staff and state = 2", new { staff });
        return row is { } found ? new Row(found.Number, new StoredPassword(found.Salt, found.Hash, found.Iterations)) : null;
    }

    private sealed record Row(string Number, StoredPassword Stored);
}
