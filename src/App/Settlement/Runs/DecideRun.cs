using System.Globalization;
using Dapper;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Settlement;

/// <summary>Another officer lets a file go to the bank; then what the bank did with it is kept, read from its own file or as an officer read it there.</summary>
public sealed class DecideRun(Database database, FindRuns find, FindAccounts accounts, OperationLog log, TimeProvider clock)
{
    private const char DoneByBank = '0';

    // Another person in this very statement, too; and nobody's account may have changed since the file was written.
    private const string Let = """
        update stl_run set state = 'approved', decided_by = @By, decided_ms = @Now where id = @Id and state = 'waiting' and maker <> @By
          and not exists (select 1 from stl_run_transfer t join stl_account a on a.id = t.account where t.run = @Id and a.state <> 'active')
        """;

    private const string Drop = "update stl_run set state = 'withdrawn', decided_by = @By, decided_ms = @Now where id = @Id and state = @Before";

    private const string Pay = """
        update stl_claim set state = 'paid', decided_ms = @Now where state = 'approved' and id in (select c.claim from stl_run_claim c join stl_run_transfer t on t.run = c.run and t.number = c.number where c.run = @Id and t.state = 'paid')
        """;

    private const string Free = """
        delete from stl_run_claim where run = @Id and number in (select number from stl_run_transfer where run = @Id and state = 'returned')
        """;

    /// <returns>It, which may go to the bank; <c>role_forbidden</c>, <c>confirm_required</c>, <c>four_eyes</c> for its maker, <c>run_blocked</c> where the three differ, <c>not_found</c> when it does not wait, <c>account_changed</c>.</returns>
    public async Task<Result<PaymentRun>> Approve(StaffAtWork work, Guid id, CancellationToken stop = default)
    {
        if ((work.Require(Role.Approver).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        if (await find.Find(work.Office.Code, id, stop) is not { } run) return Refusal.Of("not_found");
        if (run.State == RunState.Blocked) return Refusal.Of("run_blocked");
        if (run.State != RunState.Waiting) return Refusal.Of("not_found");
        if (run.Maker == work.Member.Id) return Refusal.Of("four_eyes");
        return await database.WriteOrRefuse<PaymentRun>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Let, new { run.Id, By = work.Member.Id, Now = clock.NowMs() }, tx.Handle) == 0) return Refusal.Of("account_changed");
            await log.Write(tx, new Operation("settlement.run_approved", work.Actor, id, After: $"{run.Transfers} payments {run.Amount}"));
            return run with { State = RunState.Approved };
        }, stop);
    }

    /// <summary>Its claims can go into another file. Once it was approved only an approver may, who says why: the bank must not have it.</summary>
    /// <returns><c>role_forbidden</c>, <c>not_found</c> when it can't be withdrawn any more, and what free text is refused for.</returns>
    public async Task<Result<bool>> Withdraw(StaffAtWork work, Guid id, string? why, CancellationToken stop = default)
    {
        if (await find.Find(work.Office.Code, id, stop) is not { } run || run.State is RunState.Done or RunState.Withdrawn) return Refusal.Of("not_found");
        var may = run.State != RunState.Approved && work.Require(Role.Officer).Ok ? null : work.Require(Role.Approver).Refused;
        if (may is not null) return may;
        var reason = run.State == RunState.Approved ? NameText.Read("reason", why, ClaimMonth.LongestReason) : "";
        if (reason.Refused is { } bad) return bad;
        return await database.WriteOrRefuse<bool>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Drop, new { run.Id, Before = Words<RunState>.Of(run.State), By = work.Member.Id, Now = clock.NowMs() }, tx.Handle) == 0) return Refusal.Of("not_found");
            await tx.Connection.ExecuteAsync("delete from stl_run_claim where run = @Id", new { run.Id }, tx.Handle);
            await log.Write(tx, new Operation("settlement.run_withdrawn", work.Actor, id, Before: Words<RunState>.Of(run.State), Reason: reason.Value.Length == 0 ? null : reason.Value));
            return true;
        }, stop);
    }

    /// <summary>The bytes for the bank. That they were taken is written down.</summary>
    /// <returns><c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c> before it is approved.</returns>
    public async Task<Result<byte[]>> File(StaffAtWork work, Guid id, CancellationToken stop = default)
    {
        if (!work.Require(Role.Officer).Ok && work.Require(Role.Approver).Refused is { } forbidden) return forbidden;
        if (ConfirmTotp.Require(work.Session, clock).Refused is { } unconfirmed) return unconfirmed;
        if (await find.Find(work.Office.Code, id, stop) is not { State: RunState.Approved or RunState.Done } run) return Refusal.Of("not_found");
        await database.Write(tx => log.Write(tx, new Operation("settlement.run_file_taken", work.Actor, id)), stop);
        return await find.File(run, stop);
    }

    /// <summary>The file that the bank gave back, with what became of each payment.</summary>
    /// <returns>
    /// It, done; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c>, <c>bank_result_unknown</c> where this bank gives no such file, <c>bank_file_bad</c> (record, position) at the first byte that is not as it was sent.
    /// </returns>
    public async Task<Result<PaymentRun>> Read(StaffAtWork work, Guid id, ReadOnlyMemory<byte> file, CancellationToken stop = default)
    {
        if ((work.Require(Role.Officer).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        if (await find.Find(work.Office.Code, id, stop) is not { State: RunState.Approved } run) return Refusal.Of("not_found");
        var own = Must.Have(await accounts.Find(run.Issuer, AccountHolder.Own, stop), "who pays has an account");
        if ((await accounts.Open(own, stop)).Payer?.ResultAt is not { } at) return Refusal.Of("bank_result_unknown");
        var (sent, back) = (ZenginReading.Read(await find.File(run, stop), at).Value, ZenginReading.Read(file, at));
        if (back.Refused is { } bad) return bad;
        if ((back.Value.PayerCode, back.Value.MonthDay, back.Value.Total) != (sent.PayerCode, sent.MonthDay, sent.Total)) return Bad(1, 5);
        if (sent.Transfers.Zip(back.Value.Transfers).FirstOrDefault(p => p.First with { Mark = p.Second.Mark } != p.Second) is { Second: { } other }) return Bad(other.Record, 2);
        if (back.Value.Transfers.FirstOrDefault(t => t.Mark == ' ') is { } silent) return Bad(silent.Record, at);
        return await Close(work, run, [.. back.Value.Transfers.Where(t => t.Mark != DoneByBank).Select(t => t.OurNumber)], stop);
    }

    /// <summary>The same as an officer read it at the bank: all are paid but some.</summary>
    /// <param name="returned">Numbers of payments that came back.</param>
    /// <returns>It, done; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c>, also for a number that it does not have, <c>not_started</c> before the day of payment.</returns>
    public async Task<Result<PaymentRun>> Told(StaffAtWork work, Guid id, IReadOnlyCollection<long> returned, CancellationToken stop = default)
    {
        if ((work.Require(Role.Officer).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        if (await find.Find(work.Office.Code, id, stop) is not { State: RunState.Approved } run) return Refusal.Of("not_found");
        if (clock.Today() < run.PayDay) return Refusal.Of("not_started", ("from", run.PayDay));
        var known = (await find.Transfers(run, stop)).Select(t => t.Number).ToHashSet();
        return returned.All(known.Contains) ? await Close(work, run, [.. returned.Distinct()], stop) : Refusal.Of("not_found");
    }

    private async Task<Result<PaymentRun>> Close(StaffAtWork work, PaymentRun run, IReadOnlyList<long> returned, CancellationToken stop) => await database.WriteOrRefuse<PaymentRun>(async tx =>
    {
        if (await tx.Connection.ExecuteAsync("update stl_run set state = 'done' where id = @Id and state = 'approved'", new { run.Id }, tx.Handle) == 0) return Refusal.Of("not_found");
        await tx.Connection.ExecuteAsync("update stl_run_transfer set state = 'returned' where run = @Id and number = @Number and state = 'ordered'", returned.Select(n => new { run.Id, Number = n }).ToList(), tx.Handle);
        await tx.Connection.ExecuteAsync("update stl_run_transfer set state = 'paid' where run = @Id and state = 'ordered'", new { run.Id }, tx.Handle);
        var paid = await tx.Connection.ExecuteAsync(Pay, new { run.Id, Now = clock.NowMs() }, tx.Handle);
        await tx.Connection.ExecuteAsync(Free, new { run.Id }, tx.Handle);
        await log.Write(tx, new Operation("settlement.run_done", work.Actor, run.Id, Before: "approved", After: string.Create(CultureInfo.InvariantCulture, $"{paid} claims paid, {returned.Count} payments came back")));
        return run with { State = RunState.Done };
    }, stop);

    private static Refusal Bad(int record, int position) => Refusal.Of("bank_file_bad", ("record", record), ("position", position));
}
