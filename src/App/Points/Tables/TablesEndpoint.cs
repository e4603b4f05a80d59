using Microsoft.AspNetCore.Mvc;
using MyKey.App.Budgets;
using MyKey.App.GrantBatches;
using MyKey.App.Grants;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Tables;

/// <param name="Least">Of stamps, hours or steps: from here on a person gets these points.</param>
public sealed record StepLine(long Least, long Points);

/// <param name="Steps">Each asks for more and gives more than the one before; empty: none is set.</param>
public sealed record TableReply(IReadOnlyList<StepLine> Steps);

/// <param name="Month">With the day: from then on in each fiscal year (April to March) what was counted may become points. Both left out: on any day.</param>
public sealed record ExchangeDayRequest(int? Month = null, int? Day = null);

/// <param name="From">The first day in this fiscal year; null: any.</param>
public sealed record ExchangeDayReply(int? Month, int? Day, DateOnly? From);

/// <param name="Steps">1 to 20; each asks for more and gives more than the one before.</param>
public sealed record TableRequest(IReadOnlyList<StepLine> Steps);

/// <summary><c>/api/v1/office/programmes/…/table</c>, and <c>counts</c>: a file of stamps, hours or steps that becomes a file of grants.</summary>
public static class TablesEndpoint
{
    public static void AddTables(this WebApplicationBuilder builder) => builder.Services.AddSingleton<StepTables>().AddSingleton<ExchangeDays>().AddSingleton<GrantByTable>();

    public static void MapTables(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office/programmes/{id:guid}");
        group.MapGet("/table", Get);
        group.MapPut("/table", Put);
        group.MapGet("/exchange-day", GetDay);
        group.MapPut("/exchange-day", PutDay);
        group.MapPost("/counts", Counts).Accepts<byte[]>("text/csv").WithMetadata(new RequestSizeLimitAttribute(BatchesEndpoint.MostBytes)).Produces<BatchReply>(StatusCodes.Status201Created).Produces<BatchReply>();
    }

    private static async Task<Answer<TableReply>> Get(Guid id, HttpContext context, OfficeProgrammes programmes, StepTables tables, CancellationToken stop) =>
        await context.InOffice<TableReply>(async work =>
        {
            if (!work.Require(Role.Officer).Ok && !work.Require(Role.Approver).Ok) return Refusal.Of("role_forbidden");
            if ((await programmes.One(work, new ProgrammeId(id), stop)).Refused is { } no) return no;
            return Reply(await tables.Of(new ProgrammeId(id), stop));
        });

    private static async Task<Answer<TableReply>> Put(Guid id, TableRequest request, HttpContext context, StepTables tables, CancellationToken stop) =>
        await context.InOffice<TableReply>(async work =>
        {
            var table = StepTable.From([.. (request.Steps ?? []).Select(s => (s.Least, s.Points))]);
            if (table.Refused is { } no) return no;
            return (await tables.Set(work, new ProgrammeId(id), table.Value, stop)).Then<TableReply>(t => Reply(t));
        });

    private static async Task<Answer<ExchangeDayReply>> GetDay(Guid id, HttpContext context, OfficeProgrammes programmes, ExchangeDays days, TimeProvider clock, CancellationToken stop) =>
        await context.InOffice<ExchangeDayReply>(async work =>
        {
            if (!work.Require(Role.Officer).Ok && !work.Require(Role.Approver).Ok) return Refusal.Of("role_forbidden");
            return (await programmes.One(work, new ProgrammeId(id), stop)).Refused is { } no ? no : Reply(await days.Of(new ProgrammeId(id), stop), clock);
        });

    private static async Task<Answer<ExchangeDayReply>> PutDay(Guid id, ExchangeDayRequest request, HttpContext context, ExchangeDays days, TimeProvider clock, CancellationToken stop) =>
        await context.InOffice<ExchangeDayReply>(async work =>
        {
            DayOfYear? day = null;
            if (request.Month is not null || request.Day is not null)
            {
                var read = DayOfYear.From(request.Month ?? 0, request.Day ?? 0);
                if (read.Refused is { } bad) return bad;
                day = read.Value;
            }
            var set = await days.Set(work, new ProgrammeId(id), day, stop);
            return set.Refused is { } no ? no : Reply(set.Value, clock);
        });

    /// <param name="occasion">For lines that have none of their own; a yearly programme has its fiscal year.</param>
    /// <param name="proven">Where the programme asks for a proof: the officer has seen it for everybody in the file.</param>
    private static async Task<Answer<BatchReply>> Counts(Guid id, string? occasion, bool? proven, HttpContext context, GrantByTable grant, FindBatches find, CancellationToken stop)
    {
        var stored = await context.InOffice<GrantBatch>(async work =>
        {
            if (Granter.Of(work) is not { Ok: true } granter) return Refusal.Of("role_forbidden");
            return await grant.Run(granter.Value, new CountFile(new ProgrammeId(id), await context.Request.Bytes(stop), "", occasion, proven == true), stop);
        });
        if (stored.Refused is { } no) return no;
        var reply = await BatchesEndpoint.Reply(find, stored.Value, stop);
        return stored.Value.Stage == BatchStage.Stored ? Answer.Created<BatchReply>(reply) : reply;
    }

    private static ExchangeDayReply Reply(DayOfYear? day, TimeProvider clock) => new(day?.Month, day?.Day, day?.In(Jst.FiscalYear(clock.Today())));

    private static TableReply Reply(StepTable? table) => new([.. (table?.Steps ?? []).Select(s => new StepLine(s.Least, s.Points.Value))]);
}
