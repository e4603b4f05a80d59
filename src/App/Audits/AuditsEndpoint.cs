using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Audits;
using MyKey.Kernel.Jobs;

namespace MyKey.App.Audits;

/// <param name="Part"><c>points:</c> and a bucket, <c>operations</c>, <c>rights</c>, <c>limits</c>, <c>tokens</c>, <c>vouchers</c>, <c>charges</c>, <c>pledges</c> or <c>recalls</c>.</param>
/// <param name="Span">What was looked at.</param>
/// <param name="Broken">Each names a row and what is wrong with it.</param>
public sealed record AuditPartReply(string Part, string Span, long Rows, IReadOnlyList<string> Broken);

/// <param name="Whole">From the first block on; else since the audit before.</param>
/// <param name="EndedMs">null: under way.</param>
public sealed record AuditReply(DateOnly Day, bool Whole, long StartedMs, long? EndedMs, int Findings, IReadOnlyList<AuditPartReply> Parts)
{
    public static AuditReply Of(AuditRun run) =>
        new(run.Day, run.Whole, run.StartedMs, run.EndedMs, run.Broken.Sum(p => p.Broken.Count), [.. run.Parts.Select(p => new AuditPartReply(p.Name, p.Span, p.Rows, p.Broken))]);
}

/// <summary>The audits of the last nights, for those who run the platform.</summary>
public sealed class ShowAudits(KeepAudits keep, TimeProvider clock)
{
    public const int Nights = 30;

    private const long LateMs = 36 * 3_600_000L;

    /// <summary>The newest first; the day from which nights are counted is none.</summary>
    /// <returns><c>role_forbidden</c>.</returns>
    public async Task<Result<IReadOnlyList<AuditRun>>> Run(StaffAtWork work, CancellationToken stop = default) =>
        work.Require(Role.Operator).Refused is { } no ? no : (await keep.Last(Nights, stop)).Where(r => r.EndedMs is null || r.Parts.Count > 0).ToList();

    /// <summary>How much the last audit that ended has found; null where none has ended for a day and a half, though one should have.</summary>
    public async Task<int?> Open(CancellationToken stop = default)
    {
        var runs = await keep.Last(Nights, stop);
        if (runs.FirstOrDefault(r => r.EndedMs is not null) is not { } last) return runs.Count == 0 || clock.NowMs() - runs[^1].StartedMs < LateMs ? 0 : null;
        return clock.NowMs() - last.EndedMs < LateMs ? last.Broken.Sum(p => p.Broken.Count) : null;
    }
}

/// <summary>Audits that run by themselves: the job, the operators' page and <c>GET /api/v1/operator/audits</c>.</summary>
public static class AuditsModule
{
    public static void AddAudits(this WebApplicationBuilder builder) => builder.Services.AddSingleton<AuditParts>().AddSingleton<ShowAudits>().AddSingleton<RunAudits>()
        .AddSingleton<IJob>(services => services.GetRequiredService<RunAudits>()).AddSingleton(new StaffMenu(StaffDoor.Operator, 91, "記録の点検", AuditsPage.Here));

    public static void MapAudits(this WebApplication app) => app.MapGet("/api/v1/operator/audits", Get);

    private static async Task<Answer<AuditReply[]>> Get(HttpContext context, ShowAudits show, CancellationToken stop) =>
        (await context.AtPlatform(work => show.Run(work, stop))).Then<AuditReply[]>(all => all.Select(AuditReply.Of).ToArray());
}
