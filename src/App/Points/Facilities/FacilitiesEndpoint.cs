using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Facilities;

/// <param name="Id">UUID made by the caller: the same again records once.</param>
/// <param name="UsedOn">Left out: today.</param>
public sealed record FacilityUseRequest(Guid Id, Guid Programme, string MyKeyId, DateOnly? UsedOn = null);

/// <param name="Recorded">It stands on the list of the day; whether it gives points the municipality decides.</param>
public sealed record FacilityUseReply(bool Recorded);

/// <param name="Machines">UUIDs of the machines that may report use for this programme.</param>
public sealed record FacilitiesRequest(IReadOnlyList<Guid> Machines);

/// <param name="May">It may report use for this programme.</param>
public sealed record FacilityReply(Guid Machine, string Label, bool May);

/// <summary><c>/api/v1/facility-uses</c> for machines with <c>attendance.write</c>; <c>/api/v1/office/programmes/…/facilities</c>: which of them may (K-12).</summary>
public static class FacilitiesEndpoint
{
    public static void AddFacilities(this WebApplicationBuilder builder) => builder.Services.AddSingleton<Facilities>().AddSingleton<ReportUse>();

    public static void MapFacilities(this WebApplication app)
    {
        app.MapPost("/api/v1/facility-uses", Report).Produces<FacilityUseReply>(StatusCodes.Status201Created);
        app.MapGet("/api/v1/office/programmes/{id:guid}/facilities", Get);
        app.MapPut("/api/v1/office/programmes/{id:guid}/facilities", Put);
    }

    private static async Task<Answer<FacilityUseReply>> Report(FacilityUseRequest request, HttpContext context, ReportUse report, CancellationToken stop)
    {
        var machine = await context.Machine();
        if (machine.Refused is { } nobody) return nobody;
        var recorded = await report.Run(machine.Value, new FacilityUse(request.Id, new ProgrammeId(request.Programme), request.MyKeyId, request.UsedOn), stop);
        return Answer.Created(recorded.Then<FacilityUseReply>(r => new FacilityUseReply(r)));
    }

    private static async Task<Answer<List<FacilityReply>>> Get(Guid id, HttpContext context, Facilities facilities, CancellationToken stop) =>
        (await context.InOffice(work => facilities.Of(work, new ProgrammeId(id), stop))).Then(Reply);

    private static async Task<Answer<List<FacilityReply>>> Put(Guid id, FacilitiesRequest request, HttpContext context, Facilities facilities, CancellationToken stop) =>
        (await context.InOffice(work => facilities.Set(work, new ProgrammeId(id), request.Machines ?? [], stop))).Then(Reply);

    private static Result<List<FacilityReply>> Reply(FacilityMachine[] all) => all.Select(m => new FacilityReply(m.Id.Value, m.Label, m.May)).ToList();
}
