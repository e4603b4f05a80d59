using Dapper;
using MyKey.App.Partners;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>Reports of an office over closed months: every figure is a sum of lines and comes out the same whenever it is asked for.</summary>
public sealed class ReadReport(Database database, MonthTotals totals, RegistryCache registry, PartnerCache partners, ProgrammeList programmes)
{
    private const int UsualMonths = 12;

    private const string Sums = """
        select account_kind, kind, source, owner, cast(sum(case when amount > 0 then count else 0 end) as bigint) as made, cast(sum(case when amount < 0 then count else 0 end) as bigint) as undone,
          cast(sum(amount) as bigint) as amount
        from stl_line where issuer = @Municipality and month >= @From and month <= @Until group by account_kind, kind, source, owner
        """;

    /// <param name="from"><c>yyyy-MM</c>; empty: twelve months back.</param>
    /// <param name="until"><c>yyyy-MM</c>; empty: the last closed one.</param>
    /// <returns>The report; <c>number_format</c> (field), <c>month_not_closed</c> (month), <c>period_format</c>.</returns>
    public async Task<Result<OfficeReport>> Of(Municipality municipality, string? from, string? until, CancellationToken stop = default)
    {
        var view = await totals.View();
        if (view.Months.Count == 0) return Refusal.Of("month_not_closed", ("month", "はじめの月"));
        var last = Read(view, "until", until, view.Months.Count - 1);
        if (last.Refused is { } no) return no;
        var first = Read(view, "from", from, Math.Max(0, last.Value - UsualMonths + 1));
        if (first.Refused is { } other) return other;
        if (first.Value > last.Value) return Refusal.Of("period_format");
        var span = view.Months.Skip(first.Value).Take(last.Value - first.Value + 1).ToList();
        var known = view.Of(municipality.Code).ToDictionary(t => t.Month);
        var months = span.Select(m => known.GetValueOrDefault(m) ?? new MonthTotal(m, municipality.Code, default, default, default, default, 0, 0)).ToList();
        await using var connection = await database.Open(stop);
        var rows = (await connection.QueryAsync<Row>(Sums, new { Municipality = municipality.Code, From = span[0].Number, Until = span[^1].Number })).AsList();
        return new OfficeReport(months, await Given(municipality, rows, stop), await Spent(rows), Funds(rows));
    }

    private static Result<int> Read(TotalsView view, string field, string? typed, int usual)
    {
        if (string.IsNullOrWhiteSpace(typed)) return usual;
        if (SettlementMonth.Read(Typed.HalfWidth(typed)) is not { } month) return Refusal.Of("number_format", ("field", field));
        return view.Months.ToList().IndexOf(month) is >= 0 and var place ? place : Refusal.Of("month_not_closed", ("month", month.Word));
    }

    private async Task<IReadOnlyList<GivenSum>> Given(Municipality municipality, List<Row> rows, CancellationToken stop)
    {
        var companies = await partners.View();
        var names = (await programmes.Of(municipality.Code, stop)).ToDictionary(p => p.Id.Value, p => p.Name);
        return [.. from row in rows
                   where (AccountKind)row.AccountKind is AccountKind.Budget or AccountKind.Partner
                   group row by (As: AsGiven(row), row.Owner) into its
                   let name = its.Key.As is GivenAs.Exchange or GivenAs.Move ? companies.Find(new PartnerId(its.Key.Owner))?.Name ?? "協力会社" : names.GetValueOrDefault(its.Key.Owner, "施策")
                   orderby its.Key.As, name, its.Key.Owner
                   select new GivenSum(its.Key.As, its.Key.Owner, name, All(its))];
    }

    private async Task<IReadOnlyList<SpentSum>> Spent(List<Row> rows)
    {
        var view = await registry.View();
        return [.. from row in rows
                   where AsSpent(row) is not null
                   let spent = AsSpent(row)!.Value
                   let kind = spent == SpentAs.Shop ? view.Find(new AcceptorId(row.Owner))?.Kind : null
                   group row by (As: spent, Kind: kind?.Code ?? "", Name: kind?.Name ?? ReportWords.Of(spent)) into its
                   orderby its.Key.As, its.Key.Kind
                   select new SpentSum(its.Key.As, its.Key.Kind, its.Key.Name, All(its))];
    }

    private static IReadOnlyList<(FundedBy, long)> Funds(List<Row> rows) =>
        [.. rows.Where(r => AsSpent(r) is not null).GroupBy(r => (FundedBy)r.Source).OrderBy(g => g.Key).Select(g => (g.Key, g.Sum(r => r.Amount)))];

    private static Flow All(IEnumerable<Row> rows) => rows.Aggregate(default(Flow), (sum, r) => sum + new Flow(r.Made, r.Undone, r.Amount));

    private static GivenAs AsGiven(Row row) => (AccountKind)row.AccountKind == AccountKind.Partner
        ? (TransferKind)row.Kind == TransferKind.Move ? GivenAs.Move : GivenAs.Exchange
        : (FundedBy)row.Source == FundedBy.Premium ? GivenAs.Premium : GivenAs.Grant;

    private static SpentAs? AsSpent(Row row) => (AccountKind)row.AccountKind switch
    {
        AccountKind.Acceptor => (TransferKind)row.Kind switch { TransferKind.TicketUse => SpentAs.Ticket, TransferKind.Capture => SpentAs.Online, _ => SpentAs.Shop },
        AccountKind.VoucherDesk => SpentAs.VoucherDesk,
        AccountKind.CardCentre => SpentAs.CardCentre,
        AccountKind.PaymentService => SpentAs.PaymentService,
        AccountKind.Donation => SpentAs.Donation,
        _ => null,
    };

    private sealed class Row
    {
        public int AccountKind { get; init; }
        public int Kind { get; init; }
        public int Source { get; init; }
        public Guid Owner { get; init; }
        public long Made { get; init; }
        public long Undone { get; init; }
        public long Amount { get; init; }
    }
}
