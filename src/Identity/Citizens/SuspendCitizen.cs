using Dapper;
using MyKey.Identity.Mail;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Citizens;

/// <summary>What ends together with an ID that is stopped, in the same transaction.</summary>
public sealed record WithSuspension(Func<Transaction, CitizenId, Task> Run);

/// <summary>利用停止 after a leak or misuse, and its end (S0-1022a, S0-1022b). Both carry operator, reason and time in the log; points stay as they are.</summary>
public sealed class SuspendCitizen(Database database, OpenSessions sessions, WriteNotice notices, OperationLog log, IEnumerable<WithSuspension> others)
{
    private const string StateSql = "update idn_citizen set state = @To where id = @Id and state in (1, 2) and state <> @To";

    /// <summary>From its commit on, no login, no terminal and no running session of this ID works.</summary>
    /// <returns><c>role_forbidden</c>, <c>field_required</c> without a reason, <c>not_found</c>, <c>id_revoked</c>. Suspending twice is no error.</returns>
    public Task<Result<Citizen>> Suspend(StaffMember by, MyKeyId id, string? reason, CancellationToken stop = default) =>
        Change(by, id, reason, CitizenState.Suspended, "citizen.suspended", EndOthers, stop);

    /// <summary>The same by the citizen, who need not say why.</summary>
    internal Task<Result<CitizenState>> Own(Transaction tx, Citizen citizen) => SetState(tx, citizen, CitizenState.Suspended,
        new Operation("citizen.suspended", Actor.Of(citizen.Id), Citizen: citizen.Id), EndOthers);

    /// <summary>
    /// All functions come back; the old password does not, a new one is set with the card, and every browser is a stranger again. The next login by
    /// card offers another ID.
    /// </summary>
    /// <returns>As <see cref="Suspend"/>.</returns>
    public Task<Result<Citizen>> Resume(StaffMember by, MyKeyId id, string? reason, CancellationToken stop = default) =>
        Change(by, id, reason, CitizenState.Active, "citizen.resumed", async (tx, citizen) =>
        {
            await tx.Connection.ExecuteAsync("update idn_password set valid = 0 where citizen = @Id", new { citizen.Id }, tx.Handle);
            await tx.Connection.ExecuteAsync("delete from idn_one_time_code where citizen = @Id", new { citizen.Id }, tx.Handle);
            await tx.Connection.ExecuteAsync("delete from idn_citizen_token where citizen = @Id and transfer is null", new { citizen.Id }, tx.Handle);
            await tx.Connection.ExecuteAsync("delete from idn_known_browser where citizen = @Id", new { citizen.Id }, tx.Handle);
            await tx.Connection.ExecuteAsync("update idn_citizen set offer_id = 1 where id = @Id", new { citizen.Id }, tx.Handle);
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
            var done = await SetState(tx, citizen, to, new Operation(action, Actor.Of(by.Id), Citizen: citizen.Id, Reason: why.Value), besides);
            return done.Then<Citizen>(state => citizen with { State = state });
        }, stop);
    }

    private async Task<Result<CitizenState>> SetState(Transaction tx, Citizen citizen, CitizenState to, Operation operation, Func<Transaction, Citizen, Task> besides)
    {
        if (citizen.State == CitizenState.Revoked) return Refusal.Of("id_revoked");
        if (await tx.Connection.ExecuteAsync(StateSql, new { citizen.Id, To = to }, tx.Handle) == 0) return to;
        await besides(tx, citizen);
        await log.Write(tx, operation with { Before = citizen.State.ToString(), After = to.ToString() });
        await notices.Write(tx, citizen.Id, to == CitizenState.Suspended ? Notice.Suspended : Notice.Resumed);
        return to;
    }

    private async Task EndOthers(Transaction tx, Citizen citizen)
    {
        // Codes and tokens stay, so that a terminal hears id_suspended; each is judged by the citizen's state when it is used.
        await sessions.EndAll(tx, citizen.Id);
        // Whoever stops the ID objects to a new card that asks for it.
        await tx.Connection.ExecuteAsync("update idn_join_request set state = 3 where citizen = @Id and state = 1", new { citizen.Id }, tx.Handle);
        foreach (var other in others) await other.Run(tx, citizen.Id);
    }
}
