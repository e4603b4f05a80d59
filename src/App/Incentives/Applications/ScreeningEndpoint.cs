using Microsoft.AspNetCore.Mvc;
using MyKey.App.Grants;
using MyKey.App.Offers;
using MyKey.App.Recalls;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;

namespace MyKey.App.Applications;

/// <param name="MyKeyId">Masked.</param>
/// <param name="LateReason">Where staff entered it.</param>
public sealed record OfficeApplicationReply(Guid Id, string MyKeyId, string State, long Points, bool Declared, long MadeMs, string? LateReason, string? Reason)
{
    public static OfficeApplicationReply Of(Application a) => new(a.Id.Value, a.ShownId, Words<ApplicationState>.Of(a.State), (a.Credited ?? a.Amount).Value, a.Declared, a.MadeMs, a.Late?.Reason, a.Reason);
}

/// <param name="After">Pass the last id as <c>after</c> for the next page; null when there is none.</param>
public sealed record OfficeApplicationsReply(IReadOnlyList<OfficeApplicationReply> Applications, Guid? After);

/// <param name="Ids">Up to 100.</param>
/// <param name="Reason">Why they are rejected; the citizens read it.</param>
public sealed record ScreeningRequest(IReadOnlyList<Guid> Ids, string? Reason = null);

/// <param name="Code">Why this one was refused, or null.</param>
public sealed record ScreenedReply(Guid Id, string? State, string? Code);

/// <param name="Id">UUID made by the caller.</param>
/// <param name="Reason">Why staff enter it.</param>
/// <param name="Proven">Where the programme asks for a proof: it was seen.</param>
public sealed record DeskApplicationRequest(Guid Id, string MyKeyId, string Reason, bool Proven = false);

/// <param name="State"><c>stored</c>: nobody is entered yet; <c>entered</c>.</param>
public sealed record ApplicantFileReply(Guid Id, string State, string Reason, int Open, int Entered, int Refused, IReadOnlyList<ApplicantRowReply> Rows)
{
    public static ApplicantFileReply Of(ApplicantFile f) => new(f.Id, Words<ApplicantFileState>.Of(f.State), f.Reason, f.Count(ApplicantRowState.Open), f.Count(ApplicantRowState.Entered),
        f.Count(ApplicantRowState.Refused), [.. f.Rows.Select(r => new ApplicantRowReply(r.Line, r.ShownId, Words<ApplicantRowState>.Of(r.State), r.Code, r.SameLine))]);
}

/// <param name="MyKeyId">Masked.</param>
/// <param name="State"><c>open</c>, <c>entered</c>, <c>refused</c>.</param>
/// <param name="Code">Why it is refused, or empty.</param>
/// <param name="SameLine">The line of the file with the same person, or 0.</param>
public sealed record ApplicantRowReply(int Line, string MyKeyId, string State, string Code, int SameLine);

/// <summary><c>/api/v1/office/offers/{id}/applications</c>: who has applied, and what becomes of it. Each of many is answered for itself.</summary>
public static class ScreeningEndpoint
{
    public static void AddScreening(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<FindApplicantFiles>().AddSingleton<EnterFile>();
        // What was granted out of an application is taken back as any other grant (K-10).
        builder.Services.AddSingleton<GrantElsewhere>(s => new(async (id, stop) => await s.GetRequiredService<FindApplications>().One(id, stop) is { State: ApplicationState.Granted } a
            ? new WrongGrant(a.Id, a.Municipality, a.Programme, a.Citizen, a.ShownId, a.Credited ?? a.Amount, "") { Page = $"/office/offers/{a.Programme.Value}/applications" } : null));
        builder.Services.AddSingleton<ScreenApplications>().AddSingleton<EnterApplication>().AddSingleton<PostLeftApplications>().AddSingleton<IJob>(s => s.GetRequiredService<PostLeftApplications>());
        builder.Services.AddSingleton<WaitingElsewhere>(s => new(async (work, stop) =>
        {
            var (waiting, offers) = (await s.GetRequiredService<FindApplications>().Approving(work.Office.Code, stop), (await s.GetRequiredService<FindOffers>().Of(work.Office.Code, stop)).ToDictionary(o => o.Programme));
            return [.. waiting.Select(w => new WaitingThing($"{offers[w.Programme].Texts.Title}の申しこみ", $"{w.Count}件", $"/office/offers/{w.Programme.Value}/applications?state=approving"))];
        }));
    }

    public static void MapScreening(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office/offers/{id:guid}/applications");
        group.MapGet("", List);
        group.MapPost("", Enter).Produces<OfficeApplicationReply>(StatusCodes.Status201Created);
        var files = app.MapGroup("/api/v1/office/offers/{id:guid}/applicant-files");
        files.MapPost("", StoreFile).Accepts<byte[]>("text/csv").WithMetadata(new RequestSizeLimitAttribute(EnterFile.MostBytes)).Produces<ApplicantFileReply>(StatusCodes.Status201Created);
        files.MapGet("/{file:guid}", GetFile);
        files.MapPost("/{file:guid}/enter", EnterAll);
        group.MapPost("/accept", Accept);
        group.MapPost("/approve", Approve);
        group.MapPost("/reject", Reject);
    }

    private static async Task<Answer<OfficeApplicationsReply>> List(Guid id, string? state, Guid? after, HttpContext context, OfficeOffers offers, FindApplications find, CancellationToken stop) =>
        await context.InOffice<OfficeApplicationsReply>(async work =>
        {
            var wanted = string.IsNullOrEmpty(state) ? null : Words<ApplicationState>.Find(state);
            if (wanted is null && !string.IsNullOrEmpty(state)) return Refusal.Of("field_unknown", ("field", "state"));
            var offer = await offers.One(work, new ProgrammeId(id), stop);
            if (offer.Refused is { } no) return no;
            var (found, more) = await find.Page(new ApplicationQuery(offer.Value.Programme, wanted, after is { } last ? new TransferId(last) : null), stop);
            return new OfficeApplicationsReply([.. found.Select(OfficeApplicationReply.Of)], more ? found[^1].Id.Value : null);
        });

    private static async Task<Answer<OfficeApplicationReply>> Enter(Guid id, DeskApplicationRequest request, HttpContext context, EnterApplication enter, CancellationToken stop) =>
        Answer.Created((await context.InOffice(work => enter.Run(work, new DeskApplication(new TransferId(request.Id), new ProgrammeId(id), request.MyKeyId, request.Reason, request.Proven), stop)))
            .Then<OfficeApplicationReply>(a => OfficeApplicationReply.Of(a)));

    /// <param name="reason">Why staff enter them.</param>
    /// <param name="proven">Where the programme asks for a proof: it was seen of everybody in the file.</param>
    private static async Task<Answer<ApplicantFileReply>> StoreFile(Guid id, string? reason, bool? proven, HttpContext context, EnterFile enter, CancellationToken stop) =>
        Answer.Created((await context.InOffice<ApplicantFile>(async work => await enter.Store(work, new SentApplicants(new ProgrammeId(id), await context.Request.Bytes(stop), reason, proven == true), stop)))
            .Then<ApplicantFileReply>(f => ApplicantFileReply.Of(f)));

    private static async Task<Answer<ApplicantFileReply>> GetFile(Guid id, Guid file, HttpContext context, FindApplicantFiles files, CancellationToken stop) =>
        (await context.InOffice<ApplicantFile>(async work => work.Require(Role.Officer).Refused is { } no ? no
            : await files.One(new ProgrammeId(id), file, stop) is { } found && found.Municipality == work.Office.Code ? found : Refusal.Of("not_found"))).Then<ApplicantFileReply>(f => ApplicantFileReply.Of(f));

    private static async Task<Answer<ApplicantFileReply>> EnterAll(Guid id, Guid file, HttpContext context, EnterFile enter, CancellationToken stop) =>
        (await context.InOffice(work => enter.Enter(work, new ProgrammeId(id), file, stop))).Then<ApplicantFileReply>(f => ApplicantFileReply.Of(f));

    private static Task<Answer<List<ScreenedReply>>> Accept(Guid id, ScreeningRequest request, HttpContext context, ScreenApplications screen, FindApplications find, CancellationToken stop) =>
        Each(context, new ProgrammeId(id), request, find, (work, one) => screen.Accept(work, one, stop));

    private static Task<Answer<List<ScreenedReply>>> Approve(Guid id, ScreeningRequest request, HttpContext context, ScreenApplications screen, FindApplications find, CancellationToken stop) =>
        Each(context, new ProgrammeId(id), request, find, (work, one) => screen.Approve(work, one, stop));

    private static Task<Answer<List<ScreenedReply>>> Reject(Guid id, ScreeningRequest request, HttpContext context, ScreenApplications screen, FindApplications find, CancellationToken stop) =>
        Each(context, new ProgrammeId(id), request, find, (work, one) => screen.Reject(work, one, request.Reason, stop));

    /// <summary>What concerns all of them alike, who asks and how, is refused as a whole.</summary>
    private static async Task<Answer<List<ScreenedReply>>> Each(HttpContext context, ProgrammeId programme, ScreeningRequest request, FindApplications find, Func<StaffAtWork, TransferId, Task<Result<Application>>> decide) =>
        await context.InOffice<List<ScreenedReply>>(async work =>
        {
            if (request.Ids is not { Count: > 0 }) return Refusal.Of("field_required", ("field", "ids"));
            if (request.Ids.Count > ScreenApplications.MostAtOnce) return Refusal.Of("too_large");
            var replies = new List<ScreenedReply>();
            foreach (var id in request.Ids.Distinct())
            {
                var decided = (await find.One(new TransferId(id), context.RequestAborted))?.Programme == programme ? await decide(work, new TransferId(id)) : Refusal.Of("not_found");
                if (decided.Refused is { Code: "role_forbidden" or "confirm_required" or "field_required" or "too_large" or "my_number_refused" or "pan_refused" } no) return no;
                replies.Add(new ScreenedReply(id, decided.Ok ? Words<ApplicationState>.Of(decided.Value.State) : null, decided.Refused?.Code));
            }
            return replies;
        });
}
