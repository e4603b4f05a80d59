using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Grants;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;

namespace MyKey.App.GrantBatches;

/// <param name="Id">Of what was read; new when the file is sent again before anybody has asked for its points.</param>
/// <param name="Hash">SHA-256 of the file, its name here.</param>
/// <param name="State"><c>stored</c>, <c>waiting</c> for another officer, <c>running</c>, <c>done</c>.</param>
/// <param name="Good">Lines that could be granted when the file was read; <paramref name="Points"/> is their sum.</param>
public sealed record BatchReply(Guid Id, string Hash, string State, Guid Programme, string Occasion, DateOnly ExpiresOn, int Lines, int Good, long Points, int Posted, int Refused);

/// <param name="MyKeyId">Masked.</param>
/// <param name="Points">As typed.</param>
/// <param name="State"><c>open</c>, <c>posted</c>, <c>refused</c>.</param>
/// <param name="Code">Why it is refused, or empty; <c>cap_reached</c> also where it gives only what the person's year leaves.</param>
/// <param name="SameLine">The line of the file with the same person, or 0.</param>
/// <param name="Granted">What it gives, or would; 0 when refused.</param>
/// <param name="Reference">The office's own number of the line.</param>
public sealed record BatchRowReply(int Line, string MyKeyId, string Points, string Occasion, string State, string Code, int SameLine, long Granted, string Reference);

/// <param name="Id">Of the batch that was looked at.</param>
public sealed record BatchRequest(Guid Id);

/// <summary><c>/api/v1/office/grant-batches</c>: the file is the body (<c>text/csv</c>); what it is for stands in the query.</summary>
public static class BatchesEndpoint
{
    public const int MostBytes = 16 * 1024 * 1024;

    private const int RowsAtOnce = 500;

    public static void AddGrantBatches(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<FindBatches>().AddSingleton<JudgeRows>().AddSingleton<RefuseRows>().AddSingleton<StoreBatch>().AddSingleton<CommitBatch>().AddSingleton<BatchCsv>().AddSingleton<BatchFourEyes>();
        builder.Services.AddSingleton<PostBatches>().AddSingleton<IJob>(s => s.GetRequiredService<PostBatches>());
    }

    public static void MapGrantBatches(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office/grant-batches");
        group.MapGet("/", List);
        group.MapPost("/", Store).Accepts<byte[]>("text/csv").WithMetadata(new RequestSizeLimitAttribute(MostBytes)).Produces<BatchReply>(StatusCodes.Status201Created).Produces<BatchReply>();
        group.MapGet("/{hash:length(64)}", Get);
        group.MapGet("/{hash:length(64)}/rows", Rows);
        group.MapGet("/{hash:length(64)}/rows.csv", Csv).Produces<string>(contentType: MediaTypeNames.Text.Csv);
        group.MapPost("/{hash:length(64)}/commit", Commit);
        group.MapPost("/{hash:length(64)}/approve", Approve);
        group.MapPost("/{hash:length(64)}/withdraw", Withdraw);
    }

    private static async Task<Answer<List<BatchReply>>> List(HttpContext context, FindBatches find, CancellationToken stop) =>
        await Granting<List<BatchReply>>(context, async work =>
        {
            var replies = new List<BatchReply>();
            foreach (var batch in await find.Of(work.Office.Code, stop)) replies.Add(await Reply(find, batch, stop));
            return replies;
        });

    /// <param name="proven">Where the programme asks for a proof: everybody in the file has shown it.</param>
    private static async Task<Answer<BatchReply>> Store(Guid programme, DateOnly? expiresOn, string? occasion, bool? proven, HttpContext context, StoreBatch store, FindBatches find, CancellationToken stop)
    {
        var stored = await context.InOffice<GrantBatch>(async work =>
        {
            if (Granter.Of(work) is not { Ok: true } granter) return Refusal.Of("role_forbidden");
            return await store.Run(granter.Value, new GrantFile(new ProgrammeId(programme), await context.Request.Bytes(stop), "", expiresOn, occasion, proven == true), stop);
        });
        if (stored.Refused is { } no) return no;
        var reply = await Reply(find, stored.Value, stop);
        return stored.Value.Stage == BatchStage.Stored ? Answer.Created<BatchReply>(reply) : reply;
    }

    private static async Task<Answer<BatchReply>> Get(string hash, HttpContext context, FindBatches find, CancellationToken stop) =>
        await Granting<BatchReply>(context, async work => await find.One(work.Office.Code, hash, stop) is { } batch ? await Reply(find, batch, stop) : Refusal.Of("not_found"));

    /// <param name="refused">Only lines that are not granted.</param>
    /// <param name="after">The last line that was read; up to 500 follow.</param>
    private static async Task<Answer<List<BatchRowReply>>> Rows(string hash, bool? refused, int? after, HttpContext context, FindBatches find, CancellationToken stop) =>
        await Granting<List<BatchRowReply>>(context, async work =>
        {
            if (await find.One(work.Office.Code, hash, stop) is not { } batch) return Refusal.Of("not_found");
            var rows = await find.Rows(batch, refused == true ? RowsShown.Refused : RowsShown.All, after ?? 0, RowsAtOnce, stop);
            return rows.Select(r => new BatchRowReply(r.Line, r.ShownId, r.ShownPoints, r.Occasion, Words<BatchRowState>.Of(r.State), r.Code, r.SameLine, r.Points, r.Reference)).ToList();
        });

    private static async Task<IResult> Csv(string hash, bool? refused, HttpContext context, FindBatches find, BatchCsv csv, CancellationToken stop)
    {
        var file = await Granting<byte[]>(context, async work => await find.One(work.Office.Code, hash, stop) is { } batch
            ? await csv.Of(batch, refused == true ? RowsShown.Refused : RowsShown.All, stop) : Refusal.Of("not_found"));
        return !file.Ok ? (Answer<byte[]>)file : Results.File(file.Value, $"{MediaTypeNames.Text.Csv}; charset=utf-8");
    }

    /// <summary>For those who grant or approve.</summary>
    private static Task<Result<T>> Granting<T>(HttpContext context, Func<StaffAtWork, Task<Result<T>>> call) =>
        context.InOffice<T>(async work => work.Require(Role.Officer).Ok || work.Require(Role.Approver).Ok ? await call(work) : Refusal.Of("role_forbidden"));

    private static Task<Answer<BatchReply>> Commit(string hash, BatchRequest request, HttpContext context, CommitBatch commit, FindBatches find, CancellationToken stop) =>
        Change(context, find, work => commit.Commit(work, hash, request.Id, stop), stop);

    private static Task<Answer<BatchReply>> Approve(string hash, BatchRequest request, HttpContext context, CommitBatch commit, FindBatches find, CancellationToken stop) =>
        Change(context, find, work => commit.Approve(work, hash, request.Id, stop), stop);

    private static Task<Answer<BatchReply>> Withdraw(string hash, BatchRequest request, HttpContext context, CommitBatch commit, FindBatches find, CancellationToken stop) =>
        Change(context, find, work => commit.Withdraw(work, hash, request.Id, stop), stop);

    private static async Task<Answer<BatchReply>> Change(HttpContext context, FindBatches find, Func<StaffAtWork, Task<Result<GrantBatch>>> change, CancellationToken stop)
    {
        var batch = await context.InOffice(change);
        return batch.Refused is { } no ? no : await Reply(find, batch.Value, stop);
    }

    internal static async Task<BatchReply> Reply(FindBatches find, GrantBatch batch, CancellationToken stop)
    {
        var progress = await find.ProgressOf(batch, stop);
        return new BatchReply(batch.Id, batch.Sha256, Words<BatchStage>.Of(batch.Stage), batch.Programme.Value, batch.Occasion, batch.ExpiresOn, batch.Lines, batch.Good, batch.Points.Value,
            progress.Posted, progress.Refused);
    }
}
