using Dapper;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Grants;

/// <summary>Another officer looks at a waiting grant: nobody approves what he made himself (V-D3).</summary>
public sealed class DecideGrant(Database database, FindGrants find, FindCitizen citizens, GrantConditions conditions, GrantPosting posting, OperationLog log, TimeProvider clock)
{
    /// <returns>The posted grant; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c>, <c>four_eyes</c>, <c>id_suspended</c>, and what posting refuses: then it goes on waiting.</returns>
    public async Task<Result<Grant>> Approve(StaffAtWork work, TransferId id, CancellationToken stop = default)
    {
        if (work.Require(Role.Approver).Refused is { } forbidden) return forbidden;
        if (ConfirmTotp.Require(work.Session, clock).Refused is { } again) return again;
        if (await find.One(id, stop) is not { } grant || grant.Municipality != work.Office.Code || grant.State == GrantState.Withdrawn) return Refusal.Of("not_found");
        if (grant.Maker == work.Actor) return Refusal.Of("four_eyes");
        if (grant.State == GrantState.Posted) return grant;
        if (await citizens.Get(grant.Citizen, stop) is not { } citizen) return Refusal.Of("mykey_unknown");
        if (citizen.RequireActive().Refused is { } suspended) return suspended;
        if (await citizens.PersonKeyOf(grant.Citizen, stop) is not { } person) return Refusal.Of("mykey_unknown");
        var programme = await conditions.Programme(new Granter(work.Actor, work.Office), grant.Programme, stop);
        if (programme.Refused is { } closed) return closed;
        if (grant.ExpiresOn <= clock.Today()) return Refusal.Of("out_of_period", ("from", clock.Today()), ("until", grant.ExpiresOn));
        await database.Write(tx => Take(tx, work, grant), stop);
        return await posting.Post(grant with { State = GrantState.Made }, person);
    }

    /// <summary>Turns a waiting grant down; its maker may, too.</summary>
    /// <returns>false when it had been already; <c>role_forbidden</c>, <c>not_found</c>.</returns>
    public async Task<Result<bool>> Withdraw(StaffAtWork work, TransferId id, CancellationToken stop = default)
    {
        if (await find.One(id, stop) is not { } grant || grant.Municipality != work.Office.Code) return Refusal.Of("not_found");
        if (grant.Maker != work.Actor && work.Require(Role.Approver).Refused is { } forbidden) return forbidden;
        return await database.Write(async tx =>
        {
            var rows = await tx.Connection.ExecuteAsync("update pts_grant set state = 'withdrawn', decided_by = @By where id = @id and state = 'waiting'", new { By = work.Member.Id, id }, tx.Handle);
            if (rows == 1) await log.Write(tx, new Operation("grant.withdrawn", work.Actor, id.Value, grant.Citizen));
            return rows == 1;
        }, stop);
    }

    private async Task Take(Transaction tx, StaffAtWork work, Grant grant)
    {
        var row = new { By = work.Member.Id, Now = clock.NowMs(), grant.Id };
        if (await tx.Connection.ExecuteAsync("update pts_grant set state = 'made', decided_by = @By, decided_ms = @Now where id = @Id and state = 'waiting'", row, tx.Handle) == 0) return;
        await GrantDay.Add(tx, grant.Count, grant.Amount.Value);
        await log.Write(tx, new Operation("grant.approved", work.Actor, grant.Id.Value, grant.Citizen, Before: "waiting", After: grant.Amount.ToString()));
    }
}
