using Dapper;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Kernel.Settings;

namespace MyKey.App.Settlement;

/// <param name="Id">Made by the caller: the same again answers again.</param>
public sealed record WantedApproval(Guid Id, IReadOnlyList<Guid> Claims);

/// <param name="Waits">For another officer.</param>
public sealed record ApprovalMade(Guid Id, int Claims, long Amount, bool Waits);

/// <summary>
/// A municipality approves claims, many at once (S2-P8b). Where the sum that one officer approves in a day is above a dated setting, another one has to see it. Approved claims are what a payment list takes.
/// </summary>
public sealed class ApproveClaims(Database database, FindClaims find, Settings settings, OperationLog log, TimeProvider clock)
{
    public const int Most = 1_000;

    private const string Put = """
        insert into stl_approval(id, issuer, claims, amount, state, maker, made_ms, made_day) values (@Id, @Issuer, @Claims, @Amount, @State, @Maker, @Now, @Day) on conflict do nothing
        """;

    private const string Take = """
        update stl_claim set state = @State, approval = @Approval, decided_ms = @Now where id = @Id and issuer = @Issuer and state = 'claimed' and exists (select 1 from stl_month m where m.month = stl_claim.month)
        """;

    private const string Today = "select cast(coalesce(sum(amount), 0) as bigint) from stl_approval where maker = @Maker and made_day = @Day and state = 'approved' and decided_by is null and issuer = @Issuer";

    // Another person in this very statement, too.
    private const string Decide = "update stl_approval set state = 'approved', decided_by = @By, decided_ms = @Now where id = @id and issuer = @Issuer and state = 'waiting' and maker <> @By";

    private const string Drop = "update stl_approval set state = 'withdrawn', decided_by = @By, decided_ms = @Now where id = @id and issuer = @Issuer and state = 'waiting'";

    private const string Reply = "update stl_claim set state = 'claimed', answer = @Answer where id = @Id and state = 'objected'";

    /// <returns>
    /// What was approved, or waits; <c>role_forbidden</c>, <c>confirm_required</c>, <c>field_required</c> (field) for none, <c>too_large</c>, <c>not_found</c> for a claim of another municipality,
    /// <c>settlement_decided</c> for one that is not claimed, <c>id_reused</c>.
    /// </returns>
    public async Task<Result<ApprovalMade>> Run(StaffAtWork work, WantedApproval wanted, CancellationToken stop = default)
    {
        if ((work.Require(Role.Officer).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        var ids = wanted.Claims.Distinct().Order().ToList();
        if (ids.Count == 0) return Refusal.Of("field_required", ("field", "claims"));
        if (ids.Count > Most) return Refusal.Of("too_large");
        var claims = await find.Find(ids, stop);
        if (claims.Count != ids.Count || claims.Any(c => c.Issuer != work.Office.Code)) return Refusal.Of("not_found");
        var amount = claims.Sum(c => c.Amount);
        var most = (await settings.View()).Number("settlement.four_eyes_above", new SettingScope(Issuer: work.Office.Code), clock.NowMs());
        var row = new { wanted.Id, Issuer = work.Office.Code, Claims = ids.Count, Amount = amount, Maker = work.Member.Id, Now = clock.NowMs(), Day = clock.Today() };
        return await database.WriteOrRefuse<ApprovalMade>(async tx =>
        {
            // One after the other, so that two sums of one officer at the same instant are both counted.
            await Books.Open(tx, clock.Today());
            var waits = amount + await tx.Connection.ExecuteScalarAsync<long>(Today, row, tx.Handle) > most;
            if (await tx.Connection.ExecuteAsync(Put, new { row.Id, row.Issuer, row.Claims, row.Amount, State = waits ? "waiting" : "approved", row.Maker, row.Now, row.Day }, tx.Handle) == 0) return await Again(tx, wanted.Id, row.Amount, work);
            var taken = await tx.Connection.ExecuteAsync(Take, ids.Select(id => new { Id = id, row.Issuer, State = waits ? "proposed" : "approved", Approval = wanted.Id, row.Now }).ToList(), tx.Handle);
            if (taken != ids.Count) return Refusal.Of("settlement_decided");
            await log.Write(tx, new Operation(waits ? "settlement.approval_asked" : "settlement.approved", work.Actor, wanted.Id, After: $"{ids.Count} claims {amount}"));
            return new ApprovalMade(wanted.Id, ids.Count, amount, waits);
        }, stop);
    }

    /// <returns><c>role_forbidden</c>, <c>confirm_required</c>, <c>four_eyes</c> for its maker, <c>not_found</c> when it no longer waits.</returns>
    public async Task<Result<bool>> Approve(StaffAtWork work, Guid id, CancellationToken stop = default)
    {
        if ((work.Require(Role.Approver).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        if ((await find.Waiting(work.Office.Code, stop)).FirstOrDefault(a => a.Id == id) is not { } waiting) return Refusal.Of("not_found");
        if (waiting.Maker == work.Member.Id.Value) return Refusal.Of("four_eyes");
        return await Ended(work, id, (Decide, "approved", "settlement.approved"), stop);
    }

    /// <summary>Its claims are as they were.</summary>
    /// <returns><c>role_forbidden</c>, <c>not_found</c> when it no longer waits.</returns>
    public async Task<Result<bool>> Withdraw(StaffAtWork work, Guid id, CancellationToken stop = default)
    {
        if (!work.Require(Role.Officer).Ok && work.Require(Role.Approver).Refused is { } forbidden) return forbidden;
        return await Ended(work, id, (Drop, "claimed", "settlement.approval_withdrawn"), stop);
    }

    /// <summary>Answers an objection: the claim may be approved again. A sum that is wrong is put right by a cancel, in the month that is open.</summary>
    /// <returns><c>role_forbidden</c>, <c>not_found</c> for what nobody objects to, and what free text is refused for.</returns>
    public async Task<Result<MonthClaim>> Answer(StaffAtWork work, Guid id, string? text, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        if (await find.Find(id, stop) is not { State: ClaimState.Objected } claim || claim.Issuer != work.Office.Code) return Refusal.Of("not_found");
        var answer = NameText.Read("answer", text, ClaimMonth.LongestReason);
        if (answer.Refused is { } no) return no;
        return await database.WriteOrRefuse<MonthClaim>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Reply, new { claim.Id, Answer = answer.Value }, tx.Handle) == 0) return Refusal.Of("not_found");
            await log.Write(tx, new Operation("settlement.objection_answered", work.Actor, claim.Id, Reason: answer.Value));
            return claim with { State = ClaimState.Claimed, Answer = answer.Value };
        }, stop);
    }

    private Task<Result<bool>> Ended(StaffAtWork work, Guid id, (string Sql, string State, string Action) how, CancellationToken stop) => database.WriteOrRefuse<bool>(async tx =>
    {
        var row = new { id, Issuer = work.Office.Code, By = work.Member.Id, Now = clock.NowMs(), how.State };
        if (await tx.Connection.ExecuteAsync(how.Sql, row, tx.Handle) == 0) return Refusal.Of("not_found");
        var claims = await tx.Connection.ExecuteAsync("update stl_claim set state = @State, decided_ms = @Now where approval = @id and issuer = @Issuer and state = 'proposed'", row, tx.Handle);
        await log.Write(tx, new Operation(how.Action, work.Actor, id, Before: "waiting", After: $"{claims} claims"));
        return true;
    }, stop);

    private static async Task<Result<ApprovalMade>> Again(Transaction tx, Guid id, long amount, StaffAtWork work)
    {
        var (claims, sum, state, maker) = await tx.Connection.QuerySingleAsync<(int, long, string, StaffId)>("select claims, amount, state, maker from stl_approval where id = @id", new { id }, tx.Handle);
        return maker == work.Member.Id && sum == amount ? new ApprovalMade(id, claims, sum, state == "waiting") : Refusal.Of("id_reused");
    }
}
