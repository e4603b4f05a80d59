using System.Data.Common;
using Dapper;

namespace MyKey.Ledger;

/// <summary>
/// What is taken of a limit is what the grants of its programme moved less what was recalled of them, with the premiums of vouchers that stand, and what leases hold for those
/// still on their way, and never more than its total. The transfers were compared with their records before.
/// </summary>
internal sealed class LimitAudit(DbConnection connection, Buckets buckets)
{
    /// <summary>Vouchers with a premium, and those taken back.</summary>
    private const string Premiums = "select programme, legs from ledger_transfer where kind in (@Voucher, @Cancel) and programme is not null";

    /// <summary>Premiums of the State; what is taken back of them is among the cancels.</summary>
    private const string OfState = "select programme, cast(sum(amount) as bigint) from ledger_transfer where kind = @Premium and programme is not null group by programme";

    private const string Leases = """
        select e.bucket, e.limit_id, e.transfer, e.amount, t.amount as moved, t.legs, t.kind, t.programme from ledger_lease e
        left join ledger_transfer t on t.bucket = e.transfer_bucket and t.id = e.transfer order by e.bucket, e.limit_id, e.transfer
        """;

    public async Task<long> Run()
    {
        var taken = (await GrantReading.Net(connection)).ToDictionary(g => g.Programme, g => g.Amount);
        foreach (var (programme, legs) in await connection.QueryAsync<(Guid, string)>(Premiums, new { Voucher = (int)TransferKind.Voucher, Cancel = (int)TransferKind.Cancel }))
            taken[programme] = taken.GetValueOrDefault(programme) + PaidByBudget(legs);
        foreach (var (programme, amount) in await connection.QueryAsync<(Guid, long)>(OfState, new { Premium = (int)TransferKind.Premium })) taken[programme] = taken.GetValueOrDefault(programme) + amount;
        var limits = (await connection.QueryAsync<LimitRow>("select bucket, id, total, taken from ledger_limit order by bucket, id")).AsList();
        var known = limits.Select(l => l.Id).ToHashSet();
        foreach (var lease in await connection.QueryAsync<LeaseRow>(Leases))
        {
            Check(lease, known);
            if (lease.Posted is null) taken[lease.LimitId] = taken.GetValueOrDefault(lease.LimitId) + lease.Amount;
        }
        foreach (var limit in limits) Check(limit, taken.GetValueOrDefault(limit.Id));
        return limits.Count;
    }

    private static long PaidByBudget(string legs) => -LegsText.Read(legs).Where(l => l.Account.Kind == AccountKind.Budget).Sum(l => l.Amount);

    private static void Check(LeaseRow lease, HashSet<Guid> limits)
    {
        var place = $"ledger_lease bucket {lease.Bucket} limit_id {lease.LimitId} transfer {lease.Transfer}";
        Found.Unless(limits.Contains(lease.LimitId), $"{place}: its limit is missing");
        if (lease.Posted is not { } posted) return;
        Found.Unless(lease.Programme == lease.LimitId, $"{place}: its transfer takes from another limit, {lease.Programme}");
        Found.Unless(lease.Amount == posted, $"{place}: amount is {lease.Amount}, its transfer moved {posted}");
    }

    private void Check(LimitRow limit, long taken)
    {
        var place = $"ledger_limit bucket {limit.Bucket} id {limit.Id}";
        Found.Unless(limit.Bucket == buckets.Of(limit.Id), $"{place}: bucket is {limit.Bucket}, its id says {buckets.Of(limit.Id)}");
        Found.Unless(limit.Taken == taken, $"{place}: taken is {limit.Taken}, grants and leases say {taken}");
        Found.Unless(limit.Taken <= limit.Total, $"{place}: taken is {limit.Taken}, total {limit.Total}");
    }

    private sealed class LimitRow
    {
        public int Bucket { get; set; }
        public Guid Id { get; set; }
        public long Total { get; set; }
        public long Taken { get; set; }
    }

    private sealed class LeaseRow
    {
        public int Bucket { get; set; }
        public Guid LimitId { get; set; }
        public Guid Transfer { get; set; }
        public long Amount { get; set; }

        /// <summary>What its transfer moved; null while there is none.</summary>
        public long? Moved { get; set; }

        public string Legs { get; set; } = "";

        public int Kind { get; set; }

        public Guid? Programme { get; set; }

        /// <summary>What its transfer took from the limit; null while there is none.</summary>
        public long? Posted => (TransferKind)Kind == TransferKind.Voucher ? PaidByBudget(Legs) : Moved;
    }
}
