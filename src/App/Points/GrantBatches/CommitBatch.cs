using Dapper;
using MyKey.App.Grants;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.GrantBatches;

/// <summary>From a stored file to one whose lines are being posted: alone up to the threshold, above it by another officer (V-D3).</summary>
public sealed class CommitBatch(Database database, FindBatches find, GrantConditions conditions, Limits limits, OperationLog log, TimeProvider clock)
{
    private const string Ask = "update pts_grant_batch set state = 'waiting', asked_by = @By, asked_on = @On where id = @Id and state = 'stored'";

    private const string Run = "update pts_grant_batch set state = 'running', decided_by = @By where id = @Id and state = 'waiting'";

    private const string TakeBack = "update pts_grant_batch set state = 'stored', asked_by = null, asked_on = null where id = @Id and state = 'waiting'";

    /// <summary>Asks for the points of a stored file; asking twice is asking once.</summary>
    /// <param name="id">Of the batch that was looked at.</param>
    /// <returns>The batch, running or waiting; <c>role_forbidden</c>, <c>not_found</c>, <c>form_expired</c>, <c>file_empty</c>, <c>out_of_period</c>, <c>budget_exhausted</c> (rest).</returns>
    public async Task<Result<GrantBatch>> Commit(StaffAtWork work, string sha256, Guid id, CancellationToken stop = default)
    {
        var granter = Granter.Of(work);
        if (granter.Refused is { } forbidden) return forbidden;
        var found = await find.One(work, sha256, id, stop);
        if (found.Refused is { } no) return no;
        if (found.Value.Stage != BatchStage.Stored) return found;
        if (found.Value.Good == 0) return Refusal.Of("file_empty");
        var batch = found.Value with { Stage = BatchStage.Waiting, AskedBy = work.Member.Id, AskedOn = clock.Today() };
        if (await Late(granter.Value, batch, stop) is { } late) return late;
        var most = await conditions.Alone(batch.Municipality, batch.Programme);
        return await database.WriteOrRefuse(async tx =>
        {
            // Another request was first; whatever this one took goes back with its transaction.
            if (await tx.Connection.ExecuteAsync(Ask, new { By = batch.AskedBy, On = batch.AskedOn, batch.Id }, tx.Handle) == 0) return Refusal.Of("busy");
            if (await GrantDay.Take(tx, new GrantCount(work.Actor, batch.Municipality, batch.Programme, batch.AskedOn!.Value), batch.Points.Value, most)) return await Start(tx, batch, work.Actor, null);
            await Log(tx, "grant_batch.proposed", work.Actor, batch);
            return batch;
        }, stop);
    }

    /// <summary>Approves exactly what was read of the file when its points were asked for.</summary>
    /// <returns>The running batch; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c>, <c>form_expired</c>, <c>four_eyes</c>, <c>out_of_period</c>, <c>budget_exhausted</c>.</returns>
    public async Task<Result<GrantBatch>> Approve(StaffAtWork work, string sha256, Guid id, CancellationToken stop = default)
    {
        if (work.Require(Role.Approver).Refused is { } forbidden) return forbidden;
        if (ConfirmTotp.Require(work.Session, clock).Refused is { } again) return again;
        var found = await find.One(work, sha256, id, stop);
        if (found.Refused is { } no) return no;
        var batch = found.Value;
        if (batch.Stage == BatchStage.Stored) return Refusal.Of("not_found");
        if (batch.MadeBy(work.Member.Id)) return Refusal.Of("four_eyes");
        if (batch.Stage != BatchStage.Waiting) return batch;
        if (await Late(new Granter(work.Actor, work.Office), batch, stop) is { } late) return late;
        return await database.WriteOrRefuse(async tx =>
        {
            await GrantDay.Add(tx, new GrantCount(Actor.Of(batch.AskedBy!.Value), batch.Municipality, batch.Programme, batch.AskedOn!.Value), batch.Points.Value);
            return await Start(tx, batch, work.Actor, work.Member.Id);
        }, stop);
    }

    /// <summary>Takes a waiting file back; who asked may, too. It can be asked for again, or read anew.</summary>
    /// <returns>The stored batch; <c>not_found</c>, <c>form_expired</c>, <c>role_forbidden</c>.</returns>
    public async Task<Result<GrantBatch>> Withdraw(StaffAtWork work, string sha256, Guid id, CancellationToken stop = default)
    {
        var found = await find.One(work, sha256, id, stop);
        if (found.Refused is { } no) return no;
        var batch = found.Value;
        if (!batch.MadeBy(work.Member.Id) && work.Require(Role.Approver).Refused is { } forbidden) return forbidden;
        if (batch.Stage != BatchStage.Waiting) return batch;
        return await database.WriteOrRefuse<GrantBatch>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(TakeBack, new { batch.Id }, tx.Handle) == 0) return Refusal.Of("busy");
            await Log(tx, "grant_batch.withdrawn", work.Actor, batch);
            return batch with { Stage = BatchStage.Stored, AskedBy = null, AskedOn = null };
        }, stop);
    }

    private async Task<Refusal?> Late(Granter granter, GrantBatch batch, CancellationToken stop)
    {
        var programme = await conditions.Programme(granter, batch.Programme, stop);
        return programme.Refused ?? conditions.ExpiresOn(programme.Value, granter.Municipality, batch.ExpiresOn).Refused;
    }

    /// <summary>The whole sum is taken from the budget at once; what is refused later goes back at the end.</summary>
    private async Task<Result<GrantBatch>> Start(Transaction tx, GrantBatch batch, Actor by, StaffId? decided)
    {
        if (await tx.Connection.ExecuteAsync(Run, new { By = decided, batch.Id }, tx.Handle) == 0) return Refusal.Of("busy");
        var taken = await limits.Reserve(tx, LimitId.Budget(batch.Programme), new TransferId(batch.Id), batch.Points);
        if (taken.Refused is { } no) return no;
        await Log(tx, decided is null ? "grant_batch.committed" : "grant_batch.approved", by, batch);
        return batch with { Stage = BatchStage.Running, DecidedBy = decided };
    }

    private Task Log(Transaction tx, string action, Actor by, GrantBatch batch) =>
        log.Write(tx, new Operation(action, by, batch.Id, After: $"{batch.Municipality} {batch.Programme.Value} {batch.Points} {batch.Sha256}"));
}
