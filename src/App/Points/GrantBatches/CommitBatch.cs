using Dapper;
using MyKey.App.Grants;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.GrantBatches;

/// <summary>From a stored file to one whose rows are being posted: alone up to the threshold, above it by another officer (V-D3).</summary>
public sealed class CommitBatch(Database database, FindBatches find, GrantConditions conditions, Limits limits, OperationLog log, TimeProvider clock)
{
    private const string Move = """
        update pts_grant_batch set state = @To, asked_by = coalesce(@Asked, asked_by), decided_by = coalesce(@Decided, decided_by) where id = @Id and state = @From
        """;

    /// <summary>Asks for the points of a stored file; asking twice is asking once.</summary>
    /// <returns>The batch, running or waiting; <c>not_found</c>, <c>field_required</c> when no row is good, <c>out_of_period</c>, <c>budget_exhausted</c> (rest).</returns>
    public async Task<Result<GrantBatch>> Commit(Granter granter, string sha256, CancellationToken stop = default)
    {
        if (await find.One(granter.Municipality.Code, sha256, stop) is not { } batch) return Refusal.Of("not_found");
        if (batch.Stage != BatchStage.Stored) return batch;
        if (batch.Good == 0) return Refusal.Of("field_required", ("field", "マイキーID"));
        if (await Current(granter, batch, stop) is { } late) return late;
        var most = await conditions.Alone(batch.Municipality, batch.Programme);
        return await database.WriteOrRefuse(async tx =>
        {
            var by = new StaffId(granter.Actor.Id);
            var alone = await GrantDay.Take(tx, granter.Actor, batch.Programme, clock.Today(), (batch.Points.Value, most));
            return alone
                ? await Start(tx, batch with { AskedBy = by }, granter.Actor, null)
                : await Step(tx, batch with { AskedBy = by }, BatchStage.Waiting, granter.Actor, null);
        }, stop);
    }

    /// <summary>Approves exactly the file with this hash.</summary>
    /// <returns>The running batch; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c>, <c>four_eyes</c> for who brought the file or asked for it, <c>out_of_period</c>, <c>budget_exhausted</c>.</returns>
    public async Task<Result<GrantBatch>> Approve(StaffAtWork work, string sha256, CancellationToken stop = default)
    {
        if (work.Require(Role.Approver).Refused is { } forbidden) return forbidden;
        if (ConfirmTotp.Require(work.Session, clock).Refused is { } again) return again;
        if (await find.One(work.Office.Code, sha256, stop) is not { } batch || batch.Stage == BatchStage.Stored) return Refusal.Of("not_found");
        if (batch.Maker == work.Member.Id || batch.AskedBy == work.Member.Id) return Refusal.Of("four_eyes");
        if (batch.Stage != BatchStage.Waiting) return batch;
        if (await Current(new Granter(work.Actor, work.Office), batch, stop) is { } late) return late;
        return await database.WriteOrRefuse(tx => Start(tx, batch, work.Actor, work.Member.Id), stop);
    }

    private async Task<Refusal?> Current(Granter granter, GrantBatch batch, CancellationToken stop)
    {
        var programme = await conditions.Programme(granter, batch.Programme, stop);
        if (programme.Refused is { } no) return no;
        return conditions.ExpiresOn(programme.Value, granter.Municipality, batch.ExpiresOn).Refused;
    }

    /// <summary>The whole sum is taken from the budget at once; what is refused later goes back at the end.</summary>
    private async Task<Result<GrantBatch>> Start(Transaction tx, GrantBatch batch, Actor by, StaffId? decided)
    {
        var taken = await limits.Reserve(tx, LimitId.Budget(batch.Programme), batch.Points);
        return taken.Refused is { } no ? no : await Step(tx, batch, BatchStage.Running, by, decided);
    }

    private async Task<Result<GrantBatch>> Step(Transaction tx, GrantBatch batch, BatchStage to, Actor by, StaffId? decided)
    {
        var row = new { batch.Id, From = Words<BatchStage>.Of(batch.Stage), To = Words<BatchStage>.Of(to), Asked = batch.AskedBy, Decided = decided };
        // Another request was first: what this one took goes back with its transaction.
        if (await tx.Connection.ExecuteAsync(Move, row, tx.Handle) == 0) return Refusal.Of("busy");
        var action = decided is not null ? "grant_batch.approved" : to == BatchStage.Waiting ? "grant_batch.proposed" : "grant_batch.committed";
        await log.Write(tx, new Operation(action, by, batch.Id, Before: row.From, After: $"{row.To} {batch.Points} {batch.Sha256}"));
        return batch with { Stage = to };
    }
}
