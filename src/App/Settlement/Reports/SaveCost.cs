using Dapper;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Settlement;

/// <summary>An office says what a fiscal year cost it; saying it again leaves what was said before and counts instead of it.</summary>
public sealed class SaveCost(Database database, MonthTotals totals, OperationLog log, TimeProvider clock)
{
    public const int LongestNote = 100, FirstYear = 2016;

    private const string Columns = "select id, municipality, fiscal_year, amount, note, maker, made_ms from stl_cost";

    private const string Put = "insert into stl_cost(id, municipality, fiscal_year, amount, note, maker, made_ms) values (@Id, @Municipality, @FiscalYear, @Amount, @Note, @Maker, @MadeMs) on conflict do nothing";

    private const string Newest = $"{Columns} where municipality = @municipality order by fiscal_year desc, made_ms desc, id desc";

    /// <returns>It; <c>role_forbidden</c>, <c>out_of_period</c> for a year to come, <c>yen_format</c>, <c>id_reused</c>, and what free text is refused for.</returns>
    public async Task<Result<OperatingCost>> Run(StaffAtWork work, WantedCost wanted, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var now = Jst.FiscalYear(clock.Today());
        if (wanted.FiscalYear < FirstYear || wanted.FiscalYear > now) return Refusal.Of("out_of_period", ("from", new DateOnly(FirstYear, 4, 1)), ("until", new DateOnly(now + 1, 3, 31)));
        if (wanted.Amount is <= 0 or > BookPayments.MostYen) return Refusal.Of("yen_format");
        var note = NameText.Read("note", wanted.Note, LongestNote);
        if (note.Refused is { } no) return no;
        var made = new OperatingCost(wanted.Id, work.Office.Code, wanted.FiscalYear, wanted.Amount, note.Value, work.Member.Id, clock.NowMs());
        return await database.WriteOrRefuse<OperatingCost>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Put, new { made.Id, made.Municipality, made.FiscalYear, made.Amount, made.Note, made.Maker, made.MadeMs }, tx.Handle) == 0)
                return (await tx.Connection.QuerySingleAsync<Row>($"{Columns} where id = @Id", new { made.Id }, tx.Handle)).Read() is var there && (there with { MadeMs = made.MadeMs }) == made ? there : Refusal.Of("id_reused");
            await log.Write(tx, new Operation("settlement.cost_set", work.Actor, made.Id, After: $"{made.Municipality} {made.FiscalYear} {made.Amount}", Reason: made.Note));
            return made;
        }, stop);
    }

    /// <summary>Newest year first, and of a year what counts first; what it replaced follows.</summary>
    public async Task<IReadOnlyList<OperatingCost>> All(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>(Newest, new { municipality })).Select(r => r.Read())];
    }

    /// <summary>By year, newest first, with the points of its closed months.</summary>
    public async Task<IReadOnlyList<CostOfYear>> Years(MunicipalityCode municipality, CancellationToken stop = default)
    {
        var view = await totals.View();
        var months = view.Of(municipality).ToLookup(t => Jst.FiscalYear(t.Month.First));
        return [.. from cost in (await All(municipality, stop)).DistinctBy(c => c.FiscalYear)
                   let its = months[cost.FiscalYear]
                   select new CostOfYear(cost, its.Sum(t => t.Given.Amount), its.Sum(t => t.Spent.Amount), view.Months.Count(m => Jst.FiscalYear(m.First) == cost.FiscalYear),
                       view.Months.Any(m => m.Number >= (cost.FiscalYear + 1) * 100 + 3))];
    }

    private sealed class Row
    {
        public Guid Id { get; init; }
        public string Municipality { get; init; } = "";
        public int FiscalYear { get; init; }
        public long Amount { get; init; }
        public string Note { get; init; } = "";
        public StaffId Maker { get; init; }
        public long MadeMs { get; init; }

        public OperatingCost Read() => new(Id, MunicipalityCode.Trusted(Municipality), FiscalYear, Amount, Note, Maker, MadeMs);
    }
}
