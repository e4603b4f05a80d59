using System.Net.Mime;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <param name="Undone">Transfers that give back: cancels, refunds, recalls.</param>
/// <param name="Points">What is left after those.</param>
public sealed record FlowReply(long Made, long Undone, long Points)
{
    public static FlowReply Of(Flow f) => new(f.Made, f.Undone, f.Amount);
}

/// <param name="Circulation">At the end of the month.</param>
public sealed record ReportMonthReply(string Month, FlowReply Given, FlowReply Spent, FlowReply Lapsed, FlowReply Void, long Circulation);

/// <param name="As"><c>grant</c>, <c>exchange</c>, <c>move</c> (out of the pool) or <c>premium</c>.</param>
/// <param name="Id">Of the programme or partner.</param>
public sealed record GivenReply(string As, Guid Id, string Name, FlowReply Flow);

/// <param name="As"><c>shop</c>, <c>ticket</c>, <c>online</c>, <c>voucher_desk</c>, <c>card_centre</c>, <c>payment_service</c> or <c>donation</c>.</param>
/// <param name="Kind">Of shops: their kind, as they are registered now.</param>
public sealed record SpentReply(string As, string Kind, string Name, FlowReply Flow);

/// <param name="Way"><c>paper</c>, <c>terminal</c>, <c>online</c> or <c>unknown</c>.</param>
/// <param name="Percent">Of all uses; null where there are none.</param>
public sealed record WayReply(string Way, FlowReply Flow, int? Percent);

/// <param name="By"><c>partner</c>, <c>budget</c>, <c>premium</c> or <c>state</c>.</param>
public sealed record FundReply(string By, long Yen);

public sealed record OfficeReportReply(string From, string Until, IReadOnlyList<ReportMonthReply> Months, IReadOnlyList<GivenReply> Given, IReadOnlyList<SpentReply> Spent, IReadOnlyList<WayReply> Ways, IReadOnlyList<FundReply> Funds)
{
    public static OfficeReportReply Of(OfficeReport r) => new(r.From.ToString(), r.Until.ToString(),
        [.. r.Months.Select(m => new ReportMonthReply(m.Month.ToString(), FlowReply.Of(m.Given), FlowReply.Of(m.Spent), FlowReply.Of(m.Lapsed), FlowReply.Of(m.Void), m.Circulation))],
        [.. r.Given.Select(g => new GivenReply(Words<GivenAs>.Of(g.As), g.Id, g.Name, FlowReply.Of(g.Flow)))], [.. r.Spent.Select(s => new SpentReply(Words<SpentAs>.Of(s.As), s.Kind, s.Name, FlowReply.Of(s.Flow)))],
        [.. r.Ways.Select(w => new WayReply(Words<SpentWay>.Of(w.Way), FlowReply.Of(w.Flow), r.ShareOf(w.Way)))], [.. r.Funds.Select(f => new FundReply(Words<FundedBy>.Of(f.By), f.Amount))]);
}

/// <param name="FiscalYear">Begins in April.</param>
/// <param name="PerGiven">Yen for one point; null where there is none.</param>
/// <param name="Months">Closed ones of that year.</param>
/// <param name="IsOver">All of it is closed.</param>
public sealed record CostOfYearReply(Guid Id, int FiscalYear, long Amount, string Note, long Given, long Spent, decimal? PerGiven, decimal? PerSpent, int Months, bool IsOver)
{
    public static CostOfYearReply Of(CostOfYear y) => new(y.Cost.Id, y.Cost.FiscalYear, y.Cost.Amount, y.Cost.Note, y.Given, y.Spent, y.PerGiven, y.PerSpent, y.Months, y.IsOver);
}

/// <summary>null: not told, because it rests on fewer than ten transfers or would give such a number away.</summary>
public sealed record OpenMonthReply(string Month, string Municipality, long? Given, long? Spent, long? Lapsed, long? Circulation, int? Acceptors)
{
    public static OpenMonthReply Of(OpenMonth m) => new(m.Month.ToString(), m.Municipality.Value, m.Given, m.Spent, m.Lapsed, m.Circulation, m.Acceptors);
}

public sealed record OpenMonthsReply(string Licence, string Source, int Least, IReadOnlyList<OpenMonthReply> Months);

/// <summary>Sums of closed months: for an office its own, for everybody those without persons.</summary>
public static class ReportsEndpoint
{
    public static void MapReports(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office/reports");
        group.MapGet("", Report);
        group.MapGet("/costs", Costs);
        group.MapPost("/costs", Cost);
        app.MapGet("/api/v1/open-data/months", Open).RequireRateLimiting(RateLimits.Anonymous);
        app.MapGet("/api/v1/open-data/months.csv", OpenFile).RequireRateLimiting(RateLimits.Anonymous).Produces<string>(contentType: MediaTypeNames.Text.Csv);
    }

    /// <param name="from">yyyy-MM; without it twelve months back.</param>
    /// <param name="until">yyyy-MM; without it the last closed month.</param>
    private static async Task<Answer<OfficeReportReply>> Report(string? from, string? until, HttpContext context, ReadReport read, CancellationToken stop) =>
        (await OfficeSettlementEndpoint.Seen(context, work => read.Of(work.Office, from, until, stop))).Then<OfficeReportReply>(r => OfficeReportReply.Of(r));

    private static async Task<Answer<CostOfYearReply[]>> Costs(HttpContext context, SaveCost costs, CancellationToken stop) =>
        await OfficeSettlementEndpoint.Seen<CostOfYearReply[]>(context, async work => await All(costs, work, stop));

    /// <summary>Answers with all years.</summary>
    private static async Task<Answer<CostOfYearReply[]>> Cost(WantedCost request, HttpContext context, SaveCost costs, CancellationToken stop) =>
        await context.InOffice<CostOfYearReply[]>(async work => (await costs.Run(work, request, stop)).Refused is { } no ? no : await All(costs, work, stop));

    private static async Task<CostOfYearReply[]> All(SaveCost costs, StaffAtWork work, CancellationToken stop) => [.. (await costs.Years(work.Office.Code, stop)).Select(CostOfYearReply.Of)];

    /// <param name="month">yyyy-MM; without it the last closed month.</param>
    private static async Task<Answer<OpenMonthsReply>> Open(string? month, OpenData data, MonthTotals totals)
    {
        var closed = (await totals.View()).Months;
        if (!string.IsNullOrEmpty(month) && SettlementMonth.Read(month) is null) return Refusal.Of("number_format", ("field", "month"));
        if (SettlementMonth.Read(month) is { } asked && !closed.Contains(asked)) return Refusal.Of("month_not_closed", ("month", asked.Word));
        var wanted = SettlementMonth.Read(month) ?? (closed.Count == 0 ? default : closed[^1]);
        return new OpenMonthsReply(OpenData.Licence, OpenData.Source, OpenData.Least, [.. (await data.Months()).Of(wanted).Select(OpenMonthReply.Of)]);
    }

    /// <summary>All closed months.</summary>
    private static async Task<IResult> OpenFile(OpenData data) => Results.File((await data.Months()).File, ReportFiles.ContentType, "months.csv");
}
