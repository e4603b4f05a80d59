using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>
/// The three-way check (S2-Q3) before anybody may approve a file: what the chains of the ledger say, added up anew between the cuts of each month; what the claims say; and what stands in the bytes for the bank, read by
/// a reader of its own. A single yen of difference blocks the file, and the list says where.
/// </summary>
public sealed class CheckRuns(Database database, FindMonths months, FindRuns runs, FindAccounts accounts, SettlementReading reading, Buckets buckets, OperationLog log) : IJob
{
    private const int EntriesAtOnce = 10_000;

    private const string Claims = """
        select r.number, c.month, c.creditor_kind, c.creditor, c.used + c.undone as moved, c.amount from stl_run_claim r join stl_claim c on c.id = r.claim where r.run = @Id order by c.month, c.creditor_kind, c.creditor
        """;

    private const string PutDifference = """
        insert into stl_run_difference(run, number, found_in, month, creditor_kind, creditor, claimed, found) values (@Run, @Number, @FoundIn, @Month, @Kind, @Creditor, @Claimed, @Found) on conflict do nothing
        """;

    public string Name => "settle-check-runs";

    public TimeSpan Every => TimeSpan.FromSeconds(2);

    public TimeSpan Lasts => TimeSpan.FromMinutes(10);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop) => await Step(run.Actor, stop) is { } done ? new JobResult(done, More: true) : new JobResult("nothing to check");

    /// <summary>Compares the oldest that waits for it.</summary>
    /// <returns>What came of it; null when none waits.</returns>
    public async Task<string?> Step(Actor by, CancellationToken stop = default)
    {
        if (await Oldest(stop) is not { } open) return null;
        var differences = await Compare(open, stop);
        await database.Write(async tx =>
        {
            var state = differences.Count == 0 ? RunState.Waiting : RunState.Blocked;
            if (await tx.Connection.ExecuteAsync("update stl_run set state = @State where id = @Id and state = 'checking'", new { open.Id, State = Words<RunState>.Of(state) }, tx.Handle) == 0) return;
            await tx.Connection.ExecuteAsync(PutDifference, differences.Select((d, i) => new { Run = open.Id, Number = i + 1, d.FoundIn, Month = d.Month.Number, d.To.Kind, d.To.Creditor, d.Claimed, d.Found }).ToList(), tx.Handle);
            await log.Write(tx, new Operation(differences.Count == 0 ? "settlement.run_agreed" : "settlement.run_blocked", by, open.Id, After: $"{differences.Count} differences"));
        }, stop);
        return $"compared {open.Transfers} payments: {differences.Count} differences";
    }

    private async Task<PaymentRun?> Oldest(CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryFirstOrDefaultAsync<RunRow>($"{RunRow.All} where state = 'checking' order by made_ms limit 1"))?.Read();
    }

    private async Task<List<RunDifference>> Compare(PaymentRun run, CancellationToken stop)
    {
        List<ClaimedRow> claims;
        await using (var connection = await database.Open(stop)) claims = (await connection.QueryAsync<ClaimedRow>(Claims, new { run.Id })).AsList();
        var differences = new List<RunDifference>();
        foreach (var month in claims.GroupBy(c => c.Month))
        {
            var ledger = await Ledger(run.Issuer, new SettlementMonth(month.Key), stop);
            foreach (var of in month.GroupBy(c => new AccountHolder(c.CreditorKind, c.Creditor)))
            {
                var (claimed, moved) = (of.Sum(c => c.Moved), ledger.GetValueOrDefault(of.Key));
                if (claimed != moved) differences.Add(new RunDifference("ledger", new SettlementMonth(month.Key), of.Key, claimed, moved));
            }
        }
        differences.AddRange(await InFile(run, claims, stop));
        return differences;
    }

    /// <summary>What the chains say that a municipality owes each for a month.</summary>
    private async Task<Dictionary<AccountHolder, long>> Ledger(MunicipalityCode issuer, SettlementMonth month, CancellationToken stop)
    {
        var (before, upTo, sums) = (await months.CutsBefore(month, stop), await months.CutsBefore(month.Next, stop), new SettledSums());
        for (var bucket = 0; bucket < buckets.Count; bucket++) await reading.SumAll(before.To(upTo, bucket), sums, EntriesAtOnce, stop);
        return sums.All.Where(s => s.Key.Account.Issuer == issuer).GroupBy(s => new AccountHolder((int)s.Key.Account.Kind, s.Key.Account.Owner)).ToDictionary(g => g.Key, g => g.Sum(s => s.Value.Amount));
    }

    private async Task<List<RunDifference>> InFile(PaymentRun run, List<ClaimedRow> claims, CancellationToken stop)
    {
        var read = ZenginReading.Read(await runs.File(run, stop));
        if (read.Refused is not null) return [new RunDifference("file", default, AccountHolder.Own, run.Amount, 0)];
        var (file, found) = (read.Value.Transfers.ToLookup(t => t.OurNumber), new List<RunDifference>());
        var (known, claimedAs) = (await accounts.ByHolder(run.Issuer, stop), claims.ToLookup(c => c.Number, c => c.Amount));
        var own = Must.Have(known.GetValueOrDefault(AccountHolder.Own), "who pays has an account");
        var (payer, there) = ((await accounts.Open(own, stop)).Paying(), read.Value);
        if ((there.PayerCode, there.Bank, there.Branch, there.Account) != (payer.Code, payer.Account.Bank, payer.Account.Branch, payer.Account.Number)) found.Add(new RunDifference("file", default, AccountHolder.Own, run.Amount, there.Total));
        foreach (var transfer in await runs.Transfers(run, stop))
        {
            var claimed = claimedAs[transfer.Number].Sum();
            var account = known.TryGetValue(transfer.To, out var kept) ? (await accounts.Open(kept, stop)).Account : null;
            var same = file[transfer.Number].Where(t => account is not null && (t.Bank, t.Branch, t.Number, t.Kind - '0', t.Holder) == (account.Bank, account.Branch, account.Number, (int)account.Kind, account.Holder)).Sum(t => t.Amount);
            if (claimed != same) found.Add(new RunDifference("file", default, transfer.To, claimed, same));
        }
        if (there.Transfers.Count != run.Transfers || there.Total != claims.Sum(c => c.Amount)) found.Add(new RunDifference("file", default, AccountHolder.Own, claims.Sum(c => c.Amount), there.Total));
        return found;
    }

    private sealed class ClaimedRow
    {
        public long Number { get; init; }
        public int Month { get; init; }
        public int CreditorKind { get; init; }
        public Guid Creditor { get; init; }
        public long Moved { get; init; }
        public long Amount { get; init; }
    }
}
