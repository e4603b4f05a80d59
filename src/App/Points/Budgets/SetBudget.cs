using Dapper;
using MyKey.App.Grants;
using MyKey.App.Programmes;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.Budgets;

/// <summary>A budget that waits for a second person.</summary>
public sealed record BudgetChange(Guid Id, ProgrammeId Programme, Points Total, StaffId Maker, long MadeMs);

/// <param name="Applied">false while it waits for another officer.</param>
public sealed record BudgetSet(Guid Change, bool Applied, Points Total);

/// <summary>
/// Sets what a programme may grant altogether (S4-01b). Raising it beyond what one officer may grant alone needs another one (identity.md, four eyes), and so do raises
/// that come to more on a day over all programmes of the municipality.
/// </summary>
public sealed class SetBudget(Database database, ProgrammeList programmes, GrantConditions conditions, Limits limits, OperationLog log, TimeProvider clock)
{
    private const string Insert = """
        insert into pts_budget_change(id, municipality, programme, total, state, maker, made_ms) values (@id, @Code, @programme, @total, @state, @Maker, @now)
        on conflict do nothing
        """;

    private const string All = "select id, programme, total, maker, made_ms from pts_budget_change";

    /// <param name="id">Made by the caller: the same again answers again.</param>
    /// <returns><c>role_forbidden</c>, <c>not_found</c>, <c>amount_format</c>, <c>id_reused</c>, <c>budget_exhausted</c> when more is granted already.</returns>
    public async Task<Result<BudgetSet>> Propose(StaffAtWork work, Guid id, ProgrammeId programme, long total, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        if (total is < 0 or > Points.Max) return Refusal.Of("amount_format");
        if (await programmes.Find(programme, stop) is not { } found || found.Municipality != work.Office.Code) return Refusal.Of("not_found");
        var before = (await limits.Read(LimitId.Budget(programme)))?.Total ?? Points.Zero;
        var most = await conditions.Alone(found.Municipality, programme);
        var (raise, of) = (total - before.Value, (work.Actor, found.Municipality, clock.Today()));
        return await database.WriteOrRefuse<BudgetSet>(async tx =>
        {
            if (await tx.Connection.ExecuteScalarAsync<long>("select count(*) from pts_budget_change where id = @id", new { id }, tx.Handle) > 0) return await Again(tx, id, programme, total);
            var alone = raise <= 0 || total <= most.Programme && await MakerDay.Take(tx, MakerDay.Budget, of, (raise, most.Municipality));
            var row = new { id, work.Office.Code, programme, total, state = alone ? "set" : "waiting", Maker = work.Member.Id, now = clock.NowMs() };
            // Another request was first; what this one counted goes back with its transaction.
            if (await tx.Connection.ExecuteAsync(Insert, row, tx.Handle) == 0) return Refusal.Of("busy");
            if (alone) return await Apply(tx, work, new BudgetChange(id, programme, new Points(total), work.Member.Id, row.now));
            await log.Write(tx, new Operation("programme.budget_proposed", work.Actor, programme.Value, Before: before.ToString(), After: $"{total}"));
            return new BudgetSet(id, false, new Points(total));
        }, stop);
    }

    /// <returns><c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c> when it no longer waits, <c>four_eyes</c> for its maker, <c>budget_exhausted</c>.</returns>
    public async Task<Result<BudgetSet>> Approve(StaffAtWork work, Guid id, CancellationToken stop = default)
    {
        if (work.Require(Role.Approver).Refused is { } forbidden) return forbidden;
        if (ConfirmTotp.Require(work.Session, clock).Refused is { } again) return again;
        return await database.WriteOrRefuse(async tx => await Take(tx, work, id, "set") is { } change
            ? change.Maker == work.Member.Id ? Refusal.Of("four_eyes") : await Apply(tx, work, change)
            : Refusal.Of("not_found"), stop);
    }

    /// <summary>Turns a waiting budget down; its maker may, too.</summary>
    public Task<Result<bool>> Withdraw(StaffAtWork work, Guid id, CancellationToken stop = default) => database.WriteOrRefuse<bool>(async tx =>
    {
        if (await Take(tx, work, id, "withdrawn") is not { } change) return Refusal.Of("not_found");
        if (change.Maker != work.Member.Id && work.Require(Role.Approver).Refused is { } forbidden) return forbidden;
        await log.Write(tx, new Operation("programme.budget_withdrawn", work.Actor, change.Programme.Value, Before: change.Total.ToString()));
        return true;
    }, stop);

    public async Task<IReadOnlyList<BudgetChange>> Waiting(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<(Guid, ProgrammeId, long, StaffId, long)>($"{All} where municipality = @municipality and state = 'waiting' order by made_ms", new { municipality });
        return [.. rows.Select(Read)];
    }

    private static async Task<BudgetChange?> Take(Transaction tx, StaffAtWork work, Guid id, string state)
    {
        var key = new { id, work.Office.Code, state, By = work.Member.Id };
        var taken = await tx.Connection.ExecuteAsync("update pts_budget_change set state = @state, decided_by = @By where id = @id and municipality = @Code and state = 'waiting'", key, tx.Handle);
        return taken == 1 ? Read(await tx.Connection.QuerySingleAsync<(Guid, ProgrammeId, long, StaffId, long)>($"{All} where id = @id", key, tx.Handle)) : null;
    }

    private async Task<Result<BudgetSet>> Apply(Transaction tx, StaffAtWork work, BudgetChange change)
    {
        var set = await limits.SetTotal(tx, LimitId.Budget(change.Programme), change.Total);
        if (set.Refused is { } no) return no;
        await log.Write(tx, new Operation("programme.budget_set", work.Actor, change.Programme.Value, After: change.Total.ToString()));
        return new BudgetSet(change.Id, true, change.Total);
    }

    private static async Task<Result<BudgetSet>> Again(Transaction tx, Guid id, ProgrammeId programme, long total)
    {
        var there = await tx.Connection.QuerySingleAsync<(Guid Programme, long Total, string State)>("select programme, total, state from pts_budget_change where id = @id", new { id }, tx.Handle);
        return there.Programme == programme.Value && there.Total == total ? new BudgetSet(id, there.State == "set", new Points(total)) : Refusal.Of("id_reused");
    }

    private static BudgetChange Read((Guid Id, ProgrammeId Programme, long Total, StaffId Maker, long MadeMs) row) =>
        new(row.Id, row.Programme, new Points(row.Total), row.Maker, row.MadeMs);
}
