using Microsoft.AspNetCore.Mvc;
using MyKey.App.Grants;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;

namespace MyKey.App.GrantBatches;

/// <param name="Hash">SHA-256 of the file: its name here, and what is approved.</param>
/// <param name="State"><c>stored</c>, <c>waiting</c> for another officer, <c>running</c>, <c>done</c>.</param>
/// <param name="Points">Of all rows that can be granted.</param>
/// <param name="Faults">The first 100 rows that are not granted.</param>
public sealed record BatchReply(string Hash, string State, Guid Programme, int Lines, int Good, long Points, DateOnly ExpiresOn, int Posted, int Refused, IReadOnlyList<BatchFault> Faults);

/// <param name="SameLine">The line with the same person, or 0.</param>
public sealed record BatchFault(int Line, string Code, int SameLine);

/// <summary><c>/api/v1/office/grant-batches</c>: the file is the body (<c>text/csv</c>), its programme stands in the query.</summary>
public static class BatchesEndpoint
{
    public const int MostBytes = 16 * 1024 * 1024;

    private const int FaultsShown = 100;

    public static void AddGrantBatches(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<FindBatches>().AddSingleton<StoreBatch>().AddSingleton<CommitBatch>().AddSingleton<PostBatches>();
        builder.Services.AddSingleton<IJob>(s => s.GetRequiredService<PostBatches>());
    }

    public static void MapGrantBatches(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office/grant-batches");
        group.MapPost("/", Store).WithMetadata(new RequestSizeLimitAttribute(MostBytes)).Produces<BatchReply>(StatusCodes.Status201Created).Produces<BatchReply>();
        group.MapGet("/{hash:length(64)}", Get);
        group.MapPost("/{hash:length(64)}/commit", Commit);
        group.MapPost("/{hash:length(64)}/approve", Approve);
    }

    private static async Task<Answer<BatchReply>> Store(Guid programme, DateOnly? expiresOn, string? occasion, HttpContext context, StoreBatch store, FindBatches find, CancellationToken stop)
    {
        var granter = (await context.Staff(StaffDoor.Office)).Then(Granter.Of);
        if (granter.Refused is { } no) return no;
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, stop);
        var stored = await store.Run(granter.Value, new StoreBatch.GrantFile(new ProgrammeId(programme), content.ToArray(), "", expiresOn, occasion), stop);
        return stored.Refused is { } refused ? refused : Answer.Created<BatchReply>(await Reply(find, stored.Value, stop));
    }

    private static async Task<Answer<BatchReply>> Get(string hash, HttpContext context, FindBatches find, CancellationToken stop)
    {
        var work = await context.Staff(StaffDoor.Office);
        if (work.Refused is { } no) return no;
        return await find.One(work.Value.Office.Code, hash, stop) is { } batch ? await Reply(find, batch, stop) : Refusal.Of("not_found");
    }

    private static async Task<Answer<BatchReply>> Commit(string hash, HttpContext context, CommitBatch commit, FindBatches find, CancellationToken stop)
    {
        var granter = (await context.Staff(StaffDoor.Office)).Then(Granter.Of);
        if (granter.Refused is { } no) return no;
        var batch = await commit.Commit(granter.Value, hash, stop);
        return batch.Refused is { } refused ? refused : await Reply(find, batch.Value, stop);
    }

    private static async Task<Answer<BatchReply>> Approve(string hash, HttpContext context, CommitBatch commit, FindBatches find, CancellationToken stop)
    {
        var work = await context.Staff(StaffDoor.Office);
        if (work.Refused is { } no) return no;
        var batch = await commit.Approve(work.Value, hash, stop);
        return batch.Refused is { } refused ? refused : await Reply(find, batch.Value, stop);
    }

    private static async Task<BatchReply> Reply(FindBatches find, GrantBatch batch, CancellationToken stop)
    {
        var progress = await find.ProgressOf(batch.Id, stop);
        var faults = await find.Rows(batch.Id, 0, FaultsShown, bad: true, stop);
        return new BatchReply(batch.Sha256, Words<BatchStage>.Of(batch.Stage), batch.Programme.Value, batch.Lines, batch.Good, batch.Points.Value, batch.ExpiresOn,
            progress.Posted, progress.Refused, [.. faults.Select(f => new BatchFault(f.Line, f.Code, f.SameLine))]);
    }
}
