using MyKey.App.Partners;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>All of settlement for those who run the platform, down to the transfer and its lots.</summary>
public static class OperatorSettlementEndpoint
{
    public static void MapOperatorSettlement(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/operator/settlement");
        group.MapGet("/months", Months);
        group.MapGet("/months/{month}/statements", Statements);
        group.MapGet("/months/{month}/lines", Lines);
        group.MapGet("/months/{month}/lines/{id:guid}/postings", Postings);
        group.MapGet("/lineage/{receipt}", LineageOf);
    }

    private static async Task<Answer<MonthsReply>> Months(HttpContext context, FindMonths find, CancellationToken stop) => await context.AtPlatform<MonthsReply>(async _ =>
    {
        var closing = await find.Closing(stop);
        return new MonthsReply((await find.Next(stop))?.ToString(), closing is null ? null : new ClosingReply(closing.Month.ToString(), closing.Done, closing.Chains, closing.Transfers), [.. (await find.Closed(stop)).Select(MonthReply.Of)]);
    });

    private static async Task<Answer<StatementReply[]>> Statements(string month, HttpContext context, FindMonths months, FindStatements find, PartnerCache partners, CancellationToken stop) =>
        await context.AtPlatform<StatementReply[]>(async _ =>
        {
            var closed = await months.Closed(month, stop);
            return closed.Refused is { } no ? no : OfficeSettlementEndpoint.Replies(await find.All(closed.Value.Month, stop), await partners.View());
        });

    /// <param name="issuer">Code of a municipality; left out: all.</param>
    /// <param name="after">The last id of the leaf before, of which there were 200.</param>
    private static async Task<Answer<SettlementLineReply[]>> Lines(string month, string? issuer, Guid? after, HttpContext context, FindMonths months, FindLines find, CancellationToken stop) =>
        await context.AtPlatform<SettlementLineReply[]>(async _ =>
        {
            var closed = await months.Closed(month, stop);
            if (closed.Refused is { } no) return no;
            var code = issuer is null ? default(Result<MunicipalityCode>?) : MunicipalityCode.Read(issuer);
            if (code?.Refused is { } unreadable) return unreadable;
            return (await find.Of(closed.Value, code?.Value, after ?? Guid.Empty, stop)).Select(SettlementLineReply.Of).ToArray();
        });

    private static async Task<Answer<SettledPostingsReply>> Postings(string month, Guid id, string? after, HttpContext context, FindMonths months, FindLines find, CancellationToken stop) =>
        (await context.AtPlatform<FoundPostings>(async _ =>
        {
            var closed = await months.Closed(month, stop);
            if (closed.Refused is { } no) return no;
            return await find.Find(closed.Value, id, stop) is { } line ? await find.Postings(line, after, stop) : Refusal.Of("not_found");
        })).Then<SettledPostingsReply>(f => SettledPostingsReply.Of(f));

    private static async Task<Answer<LineageReply>> LineageOf(string receipt, HttpContext context, LineageReading reading, CancellationToken stop) => await context.AtPlatform<LineageReply>(async _ =>
    {
        var number = ReceiptNumber.Read(receipt);
        if (number.Refused is { } no) return no;
        return await reading.Of(number.Value, stop) is { } found ? LineageReply.Of(found) : Refusal.Of("transfer_unknown");
    });
}
