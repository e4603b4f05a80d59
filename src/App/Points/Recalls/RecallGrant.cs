using Dapper;
using MyKey.App.Grants;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.Recalls;

/// <param name="Reason">The citizen reads it, too.</param>
public sealed record RecallOrder(TransferId Id, GrantPlace Place, string? Reason);

/// <summary>What a recall would do now.</summary>
public sealed record RecallPreview(WrongGrant Grant, PersonKey Person, PostedGrant Found, bool NeedsApproval);

/// <summary>The municipality takes a wrong grant back, with a reason (Z2): alone up to what one officer may decide on a day, above it with another one (V-D3).</summary>
public sealed class RecallGrant(Database database, FindRecalls find, GrantReading reading, FindCitizen citizens, FindGrants grants, GrantConditions conditions, RecallPosting posting,
    OperationLog log, TimeProvider clock)
{
    public const int LongestReason = 100;

    /// <summary>Looks at everything and changes nothing.</summary>
    /// <returns>What would go back and what is spent; <c>role_forbidden</c>, <c>not_found</c>, <c>recall_nothing</c>.</returns>
    public async Task<Result<RecallPreview>> Look(StaffAtWork work, GrantPlace place, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var grant = await find.Grant(work.Office.Code, place, stop);
        if (grant.Refused is { } no) return no;
        if (await reading.Of(grant.Value.Citizen, grant.Value.Id, clock.Today(), stop) is not { } found || await citizens.PersonKeyOf(grant.Value.Citizen, stop) is not { } person)
            return Refusal.Of("not_found");
        var known = (await find.Of(grant.Value.Id, stop)).LastOrDefault(r => r.State == RecallState.Posted);
        if (found.Unspent == Points.Zero && found.Spent <= (known?.Owed ?? Points.Zero)) return Refusal.Of("recall_nothing");
        var most = await conditions.Alone(grant.Value.Municipality, grant.Value.Programme);
        var alone = await grants.Fits(new GrantCount(work.Actor, grant.Value.Municipality, grant.Value.Programme, clock.Today()), (found.Unspent + found.Spent).Value, most, stop);
        return new RecallPreview(grant.Value, person, found, !alone);
    }

    /// <returns>The recall, posted or waiting; those of <see cref="Look"/>, <c>field_required</c> and what free text is refused for, <c>id_reused</c>, <c>form_expired</c> while another one of the grant waits, <c>busy</c>.</returns>
    public async Task<Result<Recall>> Run(StaffAtWork work, RecallOrder order, CancellationToken stop = default)
    {
        var reason = NameText.Read("reason", order.Reason, LongestReason);
        if (reason.Refused is { } noReason) return noReason;
        if (await find.One(order.Id, stop) is { } before) return await Again(work, order, reason.Value, before, stop);
        var looked = await Look(work, order.Place, stop);
        if (looked.Refused is { } no) return no;
        var grant = looked.Value.Grant;
        var recall = new Recall(order.Id, grant.Municipality, grant.Programme, grant.Id, grant.Citizen, looked.Value.Person, grant.ShownId, grant.Amount, reason.Value, RecallState.Waiting,
            work.Member.Id, clock.Today(), clock.NowMs(), null, null);
        if (!looked.Value.NeedsApproval)
        {
            var alone = await posting.Alone(recall, await conditions.Alone(recall.Municipality, recall.Programme), stop);
            // The same form sent twice at once: the other one was first.
            return alone.Ok ? alone : await find.One(order.Id, stop) is { State: RecallState.Posted } other ? other : alone;
        }
        return await database.WriteOrRefuse<Recall>(async tx =>
        {
            var (sql, values) = posting.Row(recall);
            if (await tx.Connection.ExecuteAsync(sql, values, tx.Handle) == 0) return Refusal.Of("form_expired");
            await log.Write(tx, new Operation("recall.proposed", work.Actor, recall.Id.Value, recall.Citizen, After: $"{recall.Municipality} {recall.Programme.Value} {recall.Amount}", Reason: recall.Reason));
            return recall;
        }, stop);
    }

    /// <returns>The posted recall; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c>, <c>four_eyes</c>, <c>busy</c>.</returns>
    public async Task<Result<Recall>> Approve(StaffAtWork work, TransferId id, CancellationToken stop = default)
    {
        if (work.Require(Role.Approver).Refused is { } forbidden) return forbidden;
        if (ConfirmTotp.Require(work.Session, clock).Refused is { } again) return again;
        if (await find.One(id, stop) is not { } recall || recall.Municipality != work.Office.Code || recall.State == RecallState.Withdrawn) return Refusal.Of("not_found");
        if (recall.Maker == work.Member.Id) return Refusal.Of("four_eyes");
        return recall.State == RecallState.Posted ? recall : await posting.Approved(recall, work.Member.Id, stop);
    }

    /// <summary>Turns a waiting recall down; its maker may, too.</summary>
    /// <returns>false when it had been already; <c>role_forbidden</c>, <c>not_found</c>.</returns>
    public async Task<Result<bool>> Withdraw(StaffAtWork work, TransferId id, CancellationToken stop = default)
    {
        if (await find.One(id, stop) is not { } recall || recall.Municipality != work.Office.Code) return Refusal.Of("not_found");
        if (recall.Maker != work.Member.Id && work.Require(Role.Approver).Refused is { } forbidden) return forbidden;
        return await database.Write(async tx =>
        {
            var rows = await tx.Connection.ExecuteAsync("update pts_recall set state = 'withdrawn', decided_by = @By where id = @id and state = 'waiting'", new { By = work.Member.Id, id }, tx.Handle);
            if (rows == 1) await log.Write(tx, new Operation("recall.withdrawn", work.Actor, id.Value, recall.Citizen));
            return rows == 1;
        }, stop);
    }

    private async Task<Result<Recall>> Again(StaffAtWork work, RecallOrder order, string reason, Recall before, CancellationToken stop)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var grant = await find.Grant(work.Office.Code, order.Place, stop);
        if (grant.Refused is { } no) return no;
        return before.GrantedBy == grant.Value.Id && before.Reason == reason ? before : Refusal.Of("id_reused");
    }
}
