using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>Totals of closed months by municipality, held in memory: a closed month never changes, so only a newer one is ever read.</summary>
public sealed class MonthTotals(Database database, TimeProvider clock) : IDisposable
{
    private const int Given = 1, Spent = 2, Lapsed = 3, Void = 4;

    private const string Months = "select month from stl_month where month > @after order by month";

    private const string Flows = """
        select l.month, l.issuer as municipality, case l.account_kind when @Budget then 1 when @Partner then 1 when @Expired then 3 when @Void then 4 else 2 end as flow,
          cast(sum(case when l.amount > 0 then l.count else 0 end) as bigint) as made, cast(sum(case when l.amount < 0 then l.count else 0 end) as bigint) as undone, cast(sum(l.amount) as bigint) as amount,
          cast(count(distinct case when l.account_kind = @Acceptor and l.amount > 0 then l.owner end) as int) as acceptors
        from stl_line l join stl_month m on m.month = l.month where l.month > @After and l.month <= @Last and l.issuer <> @Pool and l.issuer <> @State group by l.month, l.issuer, flow
        """;

    private readonly Cached<TotalsView> view = new(clock, old => Load(database, old));

    public ValueTask<TotalsView> View() => view.Get();

    public void Dispose() => view.Dispose();

    private static async Task<TotalsView> Load(Database database, TotalsView? old)
    {
        await using var connection = await database.Open();
        var after = old is { Months.Count: > 0 } ? old.Months[^1].Number : 0;
        var months = (await connection.QueryAsync<int>(Months, new { after })).Select(m => new SettlementMonth(m)).ToList();
        if (months.Count == 0) return old ?? new TotalsView([], []);
        var rows = (await connection.QueryAsync<Row>(Flows, new
        {
            Budget = (int)AccountKind.Budget, Partner = (int)AccountKind.Partner, Expired = (int)AccountKind.Expired, Void = (int)AccountKind.Void, Acceptor = (int)AccountKind.Acceptor,
            After = after, Last = months[^1].Number, Pool = MunicipalityCode.Pool.Value, State = MunicipalityCode.State.Value,
        })).ToLookup(r => r.Month);
        var all = new List<MonthTotal>(old?.All ?? []);
        var last = all.Where(t => t.Month.Number == after).ToDictionary(t => t.Municipality.Value, t => t.Circulation, StringComparer.Ordinal);
        foreach (var month in months)
        {
            var its = rows[month.Number].ToLookup(r => r.Municipality, StringComparer.Ordinal);
            foreach (var code in last.Keys.Union(its.Select(g => g.Key), StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList())
            {
                var total = Of(month, code, its[code], last.GetValueOrDefault(code));
                last[code] = total.Circulation;
                all.Add(total);
            }
        }
        return new TotalsView([.. old?.Months ?? [], .. months], all);
    }

    private static MonthTotal Of(SettlementMonth month, string code, IEnumerable<Row> rows, long before)
    {
        var flows = rows.ToDictionary(r => r.Flow);
        var (given, spent, lapsed, ended) = (At(Given), At(Spent), At(Lapsed), At(Void));
        return new MonthTotal(month, MunicipalityCode.Trusted(code), given, spent, lapsed, ended, before + given.Amount - spent.Amount - lapsed.Amount - ended.Amount, flows.GetValueOrDefault(Spent)?.Acceptors ?? 0);

        Flow At(int flow) => flows.TryGetValue(flow, out var row) ? new Flow(row.Made, row.Undone, row.Amount) : default;
    }

    private sealed class Row
    {
        public int Month { get; init; }
        public string Municipality { get; init; } = "";
        public int Flow { get; init; }
        public long Made { get; init; }
        public long Undone { get; init; }
        public long Amount { get; init; }
        public int Acceptors { get; init; }
    }
}
