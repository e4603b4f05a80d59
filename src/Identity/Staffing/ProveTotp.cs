using Dapper;
using MyKey.Identity.Keys;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Staffing;

/// <summary>Judges a one-time password: each step counts once, wrong ones slow down the account's next.</summary>
public sealed class ProveTotp(Database database, TimeProvider clock, Kek kek, Tries tries)
{
    private static readonly TryRule Rule = new(Free: 5, LongestWaitMs: 900_000, ForgetMs: Jst.DayMs);

    /// <summary>Runs <paramref name="then"/> in the transaction that uses up the step.</summary>
    internal async Task<Result<T>> Prove<T>(StaffId staff, string? code, Func<Transaction, Task<T>> then, CancellationToken stop)
    {
        var key = TryKey.Of("staff.totp", staff.Value.ToString("N"));
        if (await database.Write(tx => tries.Reserve(tx, key, Rule), stop) > 0) return Refusal.Of("rate_limited");
        (byte[] Totp, long Step)? row;
        await using (var connection = await database.Open(stop))
            row = await connection.QuerySingleOrDefaultAsync<(byte[], long)?>("select totp, totp_step from idn_staff where id = @Id and state = 2", new { Id = staff });
        if (row is not { } found) return Refusal.Of("login_required");
        var secret = await kek.Unwrap(found.Totp, EnrolStaff.TotpOwner(staff), stop);
        if (Totp.Match(secret, Typed.HalfWidth(code), clock.NowMs(), found.Step) is not { } step) return Refusal.Of("totp_wrong");
        return await database.WriteOrRefuse<T>(async tx =>
        {
            var rows = await tx.Connection.ExecuteAsync("update idn_staff set totp_step = @Step where id = @Id and totp_step < @Step and state = 2", new { Id = staff, Step = step }, tx.Handle);
            if (rows == 0) return Refusal.Of("totp_wrong");
            await tries.Clear(tx, key);
            return await then(tx);
        }, stop);
    }
}

/// <summary>The one-time password again, before approvals, exports and log search.</summary>
public sealed class ConfirmTotp(ProveTotp prove, OpenSessions sessions, OperationLog log)
{
    /// <summary>How long one confirmation lasts.</summary>
    public const long LifeMs = 5 * 60_000;

    /// <returns><c>totp_wrong</c>, <c>rate_limited</c>, <c>login_required</c>.</returns>
    public async Task<Result<bool>> Confirm(Session session, string? code, CancellationToken stop = default) =>
        session.Staff is { } staff
            ? await prove.Prove(staff, code, async tx =>
            {
                await log.Write(tx, new Operation("staff.confirmed", Actor.Of(staff), staff.Value));
                return await sessions.Confirm(tx, session) == 1;
            }, stop)
            : Refusal.Of("login_required");

    /// <summary>true, or <c>confirm_required</c> when the last one-time password is more than five minutes old.</summary>
    public static Result<bool> Require(Session session, TimeProvider clock) =>
        session.ConfirmedMs + LifeMs > clock.NowMs() ? true : Refusal.Of("confirm_required");
}
