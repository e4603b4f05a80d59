using Dapper;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Citizens;

/// <summary>What ends together with an ID that is stopped, in the same transaction.</summary>
public sealed record WithSuspension(Func<Transaction, CitizenId, Task> Run);

/// <summary>利用停止 after a leak or misuse, and its end (S0-1022a, S0-1022b). Both carry operator, reason and time in the log; points stay as they are.</summary>
public sealed class SuspendCitizen(Database database, OpenSessions sessions, OperationLog log, IEnumerable<WithSuspension> others)
{
    /// <summary>From its commit on, no login, no terminal and no running session of this ID works.</summary>
    /// <returns><c>role_forbidden</c>, <c>field_required</c> without a reason, <c>not_found</c>, <c>id_revoked</c>. Suspending twice is no error.</returns>
    public Task<Result<Citizen>> Suspend(StaffMember by, MyKeyId id, string? reason, CancellationToken stop = default) =>
        Change(by, id, reason, CitizenState.Suspended, "citizen.suspended", async (tx, citizen) =>
        {
            // Codes and tokens stay, so that a terminal hears id_suspended; each is judged by the citizen's state when it is used.
            await sessions.EndAll(tx, citizen.Id);
            foreach (var other in others) await other.Run(tx, citizen.Id);
        }, stop);

    /// <summary>All functions come back; the old password does not, a new one is set with the card, and every browser is a stranger again.</summary>
    /// <returns>As <see cref="Suspend"/>.</returns>
    public Task<Result<Citizen>> Resume(StaffMember by, MyKeyId id, string? reason, CancellationToken stop = default) =>
        Change(by, id, reason, CitizenState.Active, "citizen.resumed", async (tx, citizen) =>
        {
            await tx.Connection.ExecuteAsync("update idn_password set valid = 0 where citizen = @Id", new { citizen.Id }, tx.Handle);
            await tx.Connection.ExecuteAsync("delete from idn_one_time_code where citizen = @Id", new { citizen.Id }, tx.Handle);
            await tx.Connection.ExecuteAsync("delete from idn_citizen_token where citizen = @Id and transfer is null", new { citizen.Id }, tx.Handle);
            await tx.Connection.ExecuteAsync("delete from idn_known_browser where citizen = @Id", new { citizen.Id }, tx.Handle);
        }, stop);

    private async Task<Result<Citizen>> Change(StaffMember by, MyKeyId id, string? reason, CitizenState to, string action, Func<Transaction, Citizen, Task> besides, CancellationToken stop)
    {
        if (by.Require(Role.Operator).Refused is { } no) return no;
        var why = ReasonText.Read(reason);
        if (why.Refused is { } missing) return missing;
        return await database.WriteOrRefuse<Citizen>(async tx =>
        {
            var citizen = await FindCitizen.ById(tx.Connection, tx.Handle, id);
            if (citizen is null) return Refusal.Of("not_found");
            if (citizen.State == CitizenState.Revoked) return Refusal.Of("id_revoked");
            var rows = await tx.Connection.ExecuteAsync("update idn_citizen set state = @To where id = @Id and state in (1, 2) and state <> @To", new { citizen.Id, To = to }, tx.Handle);
            if (rows == 0) return citizen with { State = to };
            await besides(tx, citizen);
            await log.Write(tx, new Operation(action, Actor.Of(by.Id), Citizen: citizen.Id, Before: citizen.State.ToString(), After: to.ToString(), Reason: why.Value));
            return citizen with { State = to };
        }, stop);
    }
}
