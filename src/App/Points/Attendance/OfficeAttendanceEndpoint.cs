using MyKey.App.GrantBatches;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Attendance;

/// <param name="Organiser">Null: the use of facilities of that day.</param>
/// <param name="State"><c>sent</c>, <c>approved</c>, <c>declined</c>; <c>recording</c> while the day of a facility's list is not over.</param>
/// <param name="File">Of an approved one: the file of grants that it became; empty where it was counted.</param>
public sealed record OfficeOccasionReply(Guid Id, string? Organiser, Guid Programme, string Name, DateOnly HeldOn, string Occasion, string State, int Lines, string? File);

/// <param name="By">How the person was recorded.</param>
/// <param name="State"><c>open</c>, <c>posted</c>, <c>refused</c> as in the file of grants; null before it is one.</param>
/// <param name="Granted">What it gave.</param>
/// <param name="Code">Why it gave nothing, or only a part.</param>
public sealed record OfficeAttendanceReply(int Line, string MyKeyId, string By, bool Leads, long Counted, bool Struck, string? State, long? Granted, string Code);

/// <param name="Struck">Numbers of lines that give nothing.</param>
/// <param name="Points">What each gets; left out: as the programme usually gives.</param>
/// <param name="Proven">Where the programme asks for a proof: the officer has seen it for everybody.</param>
public sealed record ApproveAttendanceRequest(IReadOnlyList<int>? Struck = null, long? Points = null, bool Proven = false);

/// <summary><c>/api/v1/office/attendance</c>: what organisers handed over. Approving is asking for grants: above the threshold another officer approves their file.</summary>
public static class OfficeAttendanceEndpoint
{
    public static void MapOfficeAttendance(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office/attendance");
        group.MapGet("/", List);
        group.MapGet("/{id:guid}", Get);
        group.MapGet("/{id:guid}/lines", Lines);
        group.MapPost("/{id:guid}/approve", Approve);
        group.MapPost("/{id:guid}/decline", Decline);
    }

    /// <param name="waiting">Only those about which somebody has to decide.</param>
    private static async Task<Answer<List<OfficeOccasionReply>>> List(bool? waiting, HttpContext context, FindOccasions find, CancellationToken stop) =>
        await context.InOffice<List<OfficeOccasionReply>>(async work =>
        {
            if (!work.Require(Role.Officer).Ok && !work.Require(Role.Approver).Ok) return Refusal.Of("role_forbidden");
            return (waiting == true ? await find.Waiting(work.Office.Code, stop) : await find.Of(work.Office.Code, stop)).Select(o => Reply(o.Occasion, o.Organiser, o.Lines)).ToList();
        });

    private static async Task<Answer<OfficeOccasionReply>> Get(Guid id, HttpContext context, DecideAttendance decide, FindOccasions find, CancellationToken stop) =>
        await context.InOffice<OfficeOccasionReply>(async work => await Told(await decide.One(work, new OccasionId(id), stop), find, stop));

    private static async Task<Answer<List<OfficeAttendanceReply>>> Lines(Guid id, HttpContext context, DecideAttendance decide, AttendanceFiles files, CancellationToken stop) =>
        await context.InOffice<List<OfficeAttendanceReply>>(async work =>
        {
            var occasion = await decide.One(work, new OccasionId(id), stop);
            if (occasion.Refused is { } no) return no;
            return (await files.Outcomes(occasion.Value, stop)).Select(o => new OfficeAttendanceReply(o.Line.Line, o.Line.ShownId, Words<RecordedBy>.Of(o.Line.By), o.Line.Leads, o.Line.Counted, o.Line.Struck,
                o.State is { } state ? Words<BatchRowState>.Of(state) : null, o.Granted, o.Code)).ToList();
        });

    private static async Task<Answer<OfficeOccasionReply>> Approve(Guid id, ApproveAttendanceRequest request, HttpContext context, DecideAttendance decide, FindOccasions find, CancellationToken stop) =>
        await context.InOffice<OfficeOccasionReply>(async work =>
        {
            Points? points = null;
            if (request.Points is { } each)
            {
                var amount = Points.From(each);
                if (amount.Refused is { } no) return no;
                points = amount.Value;
            }
            return await Told(await decide.Approve(work, new OccasionId(id), new AttendanceDecision(request.Struck ?? [], points, request.Proven), stop), find, stop);
        });

    private static async Task<Answer<OfficeOccasionReply>> Decline(Guid id, HttpContext context, DecideAttendance decide, FindOccasions find, CancellationToken stop) =>
        await context.InOffice<OfficeOccasionReply>(async work => await Told(await decide.Decline(work, new OccasionId(id), stop), find, stop));

    private static async Task<Result<OfficeOccasionReply>> Told(Result<Occasion> occasion, FindOccasions find, CancellationToken stop)
    {
        if (occasion.Refused is { } no) return no;
        var shown = Must.Have(await find.Show(occasion.Value.Id, stop), "an occasion stays");
        return Reply(shown.Occasion, shown.Organiser, shown.Lines);
    }

    private static OfficeOccasionReply Reply(Occasion o, string? organiser, int lines) =>
        new(o.Id.Value, organiser, o.Programme.Value, o.Name, o.HeldOn, o.Text, Words<OccasionState>.Of(o.State), lines, o.Batch);
}
