using Dapper;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Keys;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Settlement;

/// <param name="Id">Made by the caller: the same again answers again.</param>
/// <param name="PayDay">On which the bank is to pay; a day on which it is open.</param>
public sealed record WantedRun(Guid Id, DateOnly PayDay);

/// <summary>Puts every approved claim that has an account into one file for the bank, one payment to each account. The file waits until ledger, claims and file were compared.</summary>
public sealed class MakeRun(Database database, FindAccounts accounts, FindRuns runs, Kek kek, OperationLog log, TimeProvider clock)
{
    public const int MostClaims = 10_000, FurthestDay = 60;

    private const string Ready = ClaimRow.All + """
         where c.issuer = @issuer and c.state = 'approved' and not exists (select 1 from stl_run_claim r where r.claim = c.id) order by c.month, c.creditor_kind, c.creditor limit @MostClaims
        """;

    private const string Put = """
        insert into stl_run(id, issuer, pay_day, transfers, amount, file, state, maker, made_ms) values (@Id, @Issuer, @PayDay, @Transfers, @Amount, @File, 'checking', @Maker, @MadeMs) on conflict do nothing
        """;

    private const string PutTransfer = """
        insert into stl_run_transfer(run, number, creditor_kind, creditor, account, amount, state) values (@Run, @Number, @Kind, @Creditor, @Account, @Amount, 'ordered')
        """;

    private const string PutClaim = "insert into stl_run_claim(claim, run, number) values (@Claim, @Run, @Number) on conflict do nothing";

    private sealed record Payment(long Number, KeptAccount Account, BankAccount To, IReadOnlyList<MonthClaim> Claims, bool First)
    {
        public long Amount => Claims.Sum(c => c.Amount);
    }

    /// <returns>
    /// It, being compared; <c>role_forbidden</c>, <c>confirm_required</c>, <c>bank_account_missing</c> where the municipality has none of its own, <c>bank_day</c>, <c>nothing_to_pay</c>, <c>bank_format</c> for the whole
    /// file, <c>settlement_decided</c> when a claim went into another file meanwhile, <c>id_reused</c>.
    /// </returns>
    public async Task<Result<PaymentRun>> Run(StaffAtWork work, WantedRun wanted, CancellationToken stop = default)
    {
        if ((work.Require(Role.Officer).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        if (await runs.Find(work.Office.Code, wanted.Id, stop) is { } before) return before.Maker == work.Member.Id && before.PayDay == wanted.PayDay ? before : Refusal.Of("id_reused");
        if (await accounts.Find(work.Office.Code, AccountHolder.Own, stop) is not { } own) return Refusal.Of("bank_account_missing");
        var today = clock.Today();
        if (wanted.PayDay <= today || wanted.PayDay > today.AddDays(FurthestDay)) return Refusal.Of("bank_day");
        var payments = await Payments(work.Office.Code, stop);
        if (payments.Count == 0) return Refusal.Of("nothing_to_pay");
        var file = ZenginFile.Write((await accounts.Open(own, stop)).Paying(), wanted.PayDay, [.. payments.Select(p => new ZenginTransfer(p.To, p.Amount, p.Number, p.First))]);
        if (file.Refused is { } no) return no;
        var (_, wrapped) = await kek.Wrap(file.Value, PaymentRun.OwnerOf(wanted.Id), stop);
        var run = new PaymentRun(wanted.Id, work.Office.Code, wanted.PayDay, payments.Count, payments.Sum(p => p.Amount), RunState.Checking, work.Member.Id, clock.NowMs());
        return await database.WriteOrRefuse<PaymentRun>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Put, new { run.Id, run.Issuer, run.PayDay, run.Transfers, run.Amount, File = wrapped, run.Maker, run.MadeMs }, tx.Handle) == 0) return Refusal.Of("id_reused");
            await tx.Connection.ExecuteAsync(PutTransfer, payments.Select(p => new { Run = run.Id, p.Number, p.Account.Holder.Kind, p.Account.Holder.Creditor, Account = p.Account.Id, p.Amount }).ToList(), tx.Handle);
            var claims = payments.SelectMany(p => p.Claims.Select(c => new { Claim = c.Id, Run = run.Id, p.Number })).ToList();
            if (await tx.Connection.ExecuteAsync(PutClaim, claims, tx.Handle) != claims.Count) return Refusal.Of("settlement_decided");
            await log.Write(tx, new Operation("settlement.run_made", work.Actor, run.Id, After: $"{run.Transfers} payments {run.Amount} on {run.PayDay:yyyy-MM-dd}"));
            return run;
        }, stop);
    }

    /// <summary>How much is ready to be paid, and how much of it has no account in force.</summary>
    public async Task<((int Claims, long Amount) Ready, (int Claims, long Amount) Without)> Ahead(MunicipalityCode issuer, CancellationToken stop = default)
    {
        var known = await accounts.ByHolder(issuer, stop);
        var claims = (await Claims(issuer, stop)).ToLookup(of => known.ContainsKey(of.Key), of => (of.Count(), of.Sum(c => c.Amount)));
        return (Sum(claims[true]), Sum(claims[false]));

        static (int, long) Sum(IEnumerable<(int Claims, long Amount)> all) => all.Aggregate((0, 0L), (sum, one) => (sum.Item1 + one.Claims, sum.Item2 + one.Amount));
    }

    private async Task<IReadOnlyList<IGrouping<AccountHolder, MonthClaim>>> Claims(MunicipalityCode issuer, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<ClaimRow>(Ready, new { issuer, MostClaims })).Select(r => r.Read()).GroupBy(AccountHolder.Of)];
    }

    private async Task<List<Payment>> Payments(MunicipalityCode issuer, CancellationToken stop)
    {
        var (known, paid, payments) = (await accounts.ByHolder(issuer, stop), await accounts.Paid(issuer, stop), new List<Payment>());
        foreach (var of in await Claims(issuer, stop))
        {
            if (!known.TryGetValue(of.Key, out var account)) continue;
            payments.Add(new Payment(payments.Count + 1, account, (await accounts.Open(account, stop)).Account, [.. of], !paid.Contains(account.Id)));
        }
        return payments;
    }
}
