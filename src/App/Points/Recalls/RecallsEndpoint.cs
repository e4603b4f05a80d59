using System.Net.Mime;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.App.Shared.Csv;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Recalls;

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="Grant">A grant to one person; or the <paramref name="File"/> (its SHA-256) and its <paramref name="Line"/>.</param>
/// <param name="Reason">Up to 100 characters; the citizen reads it, too.</param>
public sealed record RecallRequest(Guid Id, string Reason, Guid? Grant = null, string? File = null, int? Line = null);

/// <param name="State"><c>posted</c>, <c>waiting</c> for another officer, <c>withdrawn</c>.</param>
/// <param name="Granted">What the grant gave.</param>
/// <param name="Recalled">What went back to the budget; null until it is posted.</param>
/// <param name="Owed">What was spent already: a debt outside the system.</param>
public sealed record RecallReply(Guid Id, string State, Guid Programme, string MyKeyId, long Granted, long? Recalled, long? Owed, string Reason, long MadeMs);

/// <summary><c>/api/v1/office/recalls</c>: wrong grants that go back.</summary>
public static class RecallsEndpoint
{
    public static void AddRecalls(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<GrantReading>().AddSingleton<FindRecalls>().AddSingleton<RecallGrant>().AddSingleton<RecallPosting>().AddSingleton<OwedCsv>().AddSingleton<AuditRecalls>().AddSingleton(services => new RowAuditPart("recalls", Nightly: false, stop => services.GetRequiredService<AuditRecalls>().Run(stop)));

    public static void MapRecalls(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office/recalls");
        group.MapGet("/", List);
        group.MapPost("/", Post).Produces<RecallReply>(StatusCodes.Status201Created);
        group.MapGet("/owed", Owed);
        group.MapGet("/owed.csv", Csv).Produces<string>(contentType: MediaTypeNames.Text.Csv);
        group.MapGet("/{id:guid}", Get);
        group.MapPost("/{id:guid}/approve", Approve);
        group.MapPost("/{id:guid}/withdraw", Withdraw);
    }

    private static async Task<Answer<RecallReply>> Post(RecallRequest request, HttpContext context, RecallGrant recalls, CancellationToken stop) => Answer.Created(
        await context.InOffice(async work =>
            (await recalls.Run(work, new RecallOrder(new TransferId(request.Id), new GrantPlace(request.Grant, request.File, request.Line), request.Reason), stop)).Then<RecallReply>(r => Reply(r))));

    private static async Task<Answer<List<RecallReply>>> List(HttpContext context, FindRecalls find, CancellationToken stop) =>
        await Reading<List<RecallReply>>(context, async work => (await find.Of(work.Office.Code, stop)).Select(Reply).ToList());

    private static async Task<Answer<List<RecallReply>>> Owed(HttpContext context, FindRecalls find, CancellationToken stop) =>
        await Reading<List<RecallReply>>(context, async work => (await find.Owed(work.Office.Code, stop)).Select(Reply).ToList());

    private static async Task<IResult> Csv(HttpContext context, OwedCsv csv, CancellationToken stop)
    {
        var file = await Reading<byte[]>(context, async work => await csv.Of(work.Office.Code, stop));
        return !file.Ok ? (Answer<byte[]>)file : Results.File(file.Value, $"{MediaTypeNames.Text.Csv}; charset=utf-8");
    }

    private static async Task<Answer<RecallReply>> Get(Guid id, HttpContext context, FindRecalls find, CancellationToken stop) =>
        await Reading<RecallReply>(context, async work =>
            await find.One(new TransferId(id), stop) is { } recall && recall.Municipality == work.Office.Code ? Reply(recall) : Refusal.Of("not_found"));

    private static async Task<Answer<RecallReply>> Approve(Guid id, HttpContext context, RecallGrant recalls, CancellationToken stop) =>
        (await context.InOffice(work => recalls.Approve(work, new TransferId(id), stop))).Then<RecallReply>(r => Reply(r));

    private static async Task<Answer<bool>> Withdraw(Guid id, HttpContext context, RecallGrant recalls, CancellationToken stop) =>
        await context.InOffice(work => recalls.Withdraw(work, new TransferId(id), stop));

    private static Task<Result<T>> Reading<T>(HttpContext context, Func<StaffAtWork, Task<Result<T>>> call) =>
        context.InOffice<T>(async work => work.Require(Role.Officer).Ok || work.Require(Role.Approver).Ok ? await call(work) : Refusal.Of("role_forbidden"));

    private static RecallReply Reply(Recall r) =>
        new(r.Id.Value, Words<RecallState>.Of(r.State), r.Programme.Value, r.ShownId, r.Amount.Value, r.Recalled?.Value, r.Owed?.Value, r.Reason, r.MadeMs);
}

/// <summary>What was spent of wrong grants, as a file for those who ask for it back.</summary>
public sealed class OwedCsv(FindRecalls find, ProgrammeList programmes)
{
    public async Task<byte[]> Of(MunicipalityCode municipality, CancellationToken stop)
    {
        var names = (await programmes.Of(municipality, stop)).ToDictionary(p => p.Id, p => p.Name);
        return CsvText.File(string.Concat((await find.Owed(municipality, stop)).Select(r =>
            CsvText.Row($"{Jst.Day(r.MadeMs):yyyy-MM-dd}", names.GetValueOrDefault(r.Programme, ""), r.ShownId, $"{r.Amount}", $"{r.Recalled}", $"{r.Owed}", r.Reason, $"{r.GrantedBy.Value}"))
            .Prepend(CsvText.Row("日付", "施策", "マイキーID", "付与したポイント", "取り戻したポイント", "使われていたポイント", "理由", "付与の番号"))));
    }
}
