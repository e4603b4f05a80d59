using Dapper;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Terminals;

/// <summary>Stops a terminal for good, everywhere within a second (S4-06a). Its shop sessions and what citizens showed there end with it.</summary>
public sealed class RevokeTerminal(Database database, TimeProvider clock, FindTerminal find, OperationLog log)
{
    /// <returns><c>terminal_unknown</c>, <c>role_forbidden</c>, <c>field_required</c> without a reason. Revoking twice is no error.</returns>
    public async Task<Result<Terminal>> Revoke(StaffMember by, TerminalId id, string? reason, CancellationToken stop = default)
    {
        var why = ReasonText.Read(reason);
        if (why.Refused is { } missing) return missing;
        var done = await database.WriteOrRefuse<Terminal>(async tx =>
        {
            var terminal = await FindTerminal.Get(tx.Connection, tx.Handle, id);
            if (terminal is null) return Refusal.Of("terminal_unknown");
            if (by.Require(Role.TerminalAdmin, terminal.Municipality).Refused is { } no) return no;
            var rows = await tx.Connection.ExecuteAsync("update idn_terminal set state = 3, locator = null, enrol_hash = null where id = @Id and state <> 3", new { Id = id }, tx.Handle);
            if (rows == 1)
            {
                await tx.Connection.ExecuteAsync("delete from idn_citizen_token where terminal = @Id and transfer is null", new { Id = id }, tx.Handle);
                await tx.Connection.ExecuteAsync("update idn_session set ended_ms = @Now where terminal = @Id and ended_ms is null", new { Id = id, Now = clock.NowMs() }, tx.Handle);
                await log.Write(tx, new Operation("terminal.revoked", Actor.Of(by.Id), id.Value, Terminal: id, Before: terminal.State.ToString(), After: "Revoked", Reason: why.Value));
            }
            return terminal with { State = TerminalState.Revoked };
        }, stop);
        find.Forget();
        return done;
    }
}
