using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Attendance;

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="Name">Up to 40 characters; with the day what counts once per person.</param>
/// <param name="HeldOn">Today or before.</param>
public sealed record OccasionRequest(Guid Id, Guid Programme, string Name, DateOnly HeldOn);

/// <param name="State"><c>recording</c>, <c>sent</c> to the office, <c>approved</c>, <c>declined</c>.</param>
/// <param name="Lines">How many people are on the list.</param>
/// <param name="Good">Of an approved one: how many count; null before.</param>
public sealed record OccasionReply(Guid Id, Guid Programme, string Name, DateOnly HeldOn, string State, int Lines, int? Good);

/// <param name="Id">UUID of the line, made by the caller: the same again records once.</param>
/// <param name="MyKeyId">8 letters and digits; with <paramref name="Code"/>, the one-time code of My Page, where the person shows it.</param>
/// <param name="CitizenToken">In place of both: of <c>/api/v1/citizen-tokens</c> or of a card at this device.</param>
/// <param name="Leads">Leads the activity.</param>
/// <param name="Counted">Stamps or hours, 1 to 1,000.</param>
public sealed record AttendanceRequest(Guid Id, string? MyKeyId = null, string? Code = null, string? CitizenToken = null, bool Leads = false, long Counted = 1);

/// <param name="MyKeyId">Masked.</param>
/// <param name="By"><c>card</c>, <c>code</c>, <c>id</c>, <c>file</c> or <c>machine</c>.</param>
/// <param name="Counts">Of an approved one: whether the line has its effect; null before. Why not is told to the office only.</param>
public sealed record AttendanceReply(Guid Id, int Line, string MyKeyId, string By, bool Leads, long Counted, bool? Counts);

/// <summary><c>/api/v1/attendance</c>: an organiser's device by its cookie. It records and hands over; it credits nothing and hears of no balance (S2-P3d).</summary>
public static class AttendanceEndpoint
{
    public const int MostBytes = 256 * 1024;

    public static void AddAttendance(this WebApplicationBuilder builder) => builder.Services.AddSingleton<FindOccasions>().AddSingleton<RecordAttendance>().AddSingleton<AddAttendance>()
        .AddSingleton<AttendanceRows>().AddSingleton<Recorders>().AddSingleton<AttendanceFiles>().AddSingleton<DecideAttendance>().AddSingleton<RecordByCard>()
        .AddSingleton(new StaffMenu(StaffDoor.Office, 17, "参加の記録", "/office/attendance", Identity.Staffing.Role.Officer, Identity.Staffing.Role.Approver));

    public static void MapAttendance(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/attendance").RequireRateLimiting(RateLimits.Anonymous);
        group.MapGet("/", List);
        group.MapPost("/", Open).Produces<OccasionReply>(StatusCodes.Status201Created);
        group.MapGet("/{id:guid}", Get);
        group.MapGet("/{id:guid}/lines", Lines);
        group.MapPost("/{id:guid}/lines", Add).RequireRateLimiting(RateLimits.Attempts).Produces<OccasionReply>(StatusCodes.Status201Created);
        group.MapDelete("/{id:guid}/lines/{line:guid}", Remove);
        group.MapPost("/{id:guid}/file", File).Accepts<byte[]>("text/csv").WithMetadata(new RequestSizeLimitAttribute(MostBytes));
        group.MapPost("/{id:guid}/send", Send);
        group.MapPost("/{id:guid}/take-back", TakeBack);
        app.MapOfficeAttendance();
    }

    private static Task<Answer<List<OccasionReply>>> List(HttpContext context, Recorders recorders, FindOccasions find, CancellationToken stop) =>
        As<List<OccasionReply>>(context, recorders, async by => (await find.Of(by.Organiser.Id, stop)).Select(o => Reply(o.Occasion, o.Lines, null)).ToList());

    private static async Task<Answer<OccasionReply>> Open(OccasionRequest request, HttpContext context, Recorders recorders, RecordAttendance record, CancellationToken stop)
    {
        var by = await recorders.Of(context);
        if (by.Refused is { } nobody) return nobody;
        return Answer.Created((await record.Open(by.Value, new NewOccasion(new OccasionId(request.Id), new ProgrammeId(request.Programme), request.Name, request.HeldOn), stop))
            .Then<OccasionReply>(o => Reply(o, 0, null)));
    }

    private static Task<Answer<OccasionReply>> Get(Guid id, HttpContext context, Recorders recorders, RecordAttendance record, AttendanceFiles files, CancellationToken stop) =>
        As<OccasionReply>(context, recorders, async by => await Told(await record.One(by.Organiser, new OccasionId(id), stop), files, stop));

    private static Task<Answer<List<AttendanceReply>>> Lines(Guid id, HttpContext context, Recorders recorders, RecordAttendance record, AttendanceFiles files, CancellationToken stop) =>
        As<List<AttendanceReply>>(context, recorders, async by =>
        {
            var occasion = await record.One(by.Organiser, new OccasionId(id), stop);
            if (occasion.Refused is { } no) return no;
            var decided = occasion.Value.State is OccasionState.Approved or OccasionState.Declined;
            return (await files.Outcomes(occasion.Value, stop)).Select(o => new AttendanceReply(o.Line.Id, o.Line.Line, o.Line.ShownId, Words<RecordedBy>.Of(o.Line.By), o.Line.Leads, o.Line.Counted,
                decided ? occasion.Value.State == OccasionState.Approved && o.Good : null)).ToList();
        });

    private static async Task<Answer<OccasionReply>> Add(Guid id, AttendanceRequest request, HttpContext context, Recorders recorders, RecordAttendance record, AddAttendance add, AttendanceFiles files, CancellationToken stop)
    {
        var by = await recorders.Of(context);
        if (by.Refused is { } nobody) return nobody;
        var added = await add.Run(by.Value, new OccasionId(id), new NewAttendance(request.Id, request.MyKeyId, request.Code, request.CitizenToken, request.Leads, request.Counted), stop);
        return added.Refused is { } no ? no : Answer.Created(await Told(await record.One(by.Value.Organiser, new OccasionId(id), stop), files, stop));
    }

    private static Task<Answer<bool>> Remove(Guid id, Guid line, HttpContext context, Recorders recorders, RecordAttendance record, CancellationToken stop) =>
        As<bool>(context, recorders, by => record.Remove(by, new OccasionId(id), line, stop));

    private static Task<Answer<AttendanceFile>> File(Guid id, HttpContext context, Recorders recorders, AddAttendance add, CancellationToken stop) =>
        As<AttendanceFile>(context, recorders, async by => await add.File(by, new OccasionId(id), await context.Request.Bytes(stop), stop));

    private static Task<Answer<OccasionReply>> Send(Guid id, HttpContext context, Recorders recorders, RecordAttendance record, AttendanceFiles files, CancellationToken stop) =>
        As<OccasionReply>(context, recorders, async by => await Told(await record.Send(by, new OccasionId(id), stop), files, stop));

    private static Task<Answer<OccasionReply>> TakeBack(Guid id, HttpContext context, Recorders recorders, RecordAttendance record, AttendanceFiles files, CancellationToken stop) =>
        As<OccasionReply>(context, recorders, async by => await Told(await record.TakeBack(by, new OccasionId(id), stop), files, stop));

    private static async Task<Answer<T>> As<T>(HttpContext context, Recorders recorders, Func<Recorder, Task<Result<T>>> call)
    {
        var by = await recorders.Of(context);
        return by.Refused is { } nobody ? nobody : await call(by.Value);
    }

    private static async Task<Result<OccasionReply>> Told(Result<Occasion> occasion, AttendanceFiles files, CancellationToken stop)
    {
        if (occasion.Refused is { } no) return no;
        var lines = await files.Outcomes(occasion.Value, stop);
        return Reply(occasion.Value, lines.Count, occasion.Value.State == OccasionState.Approved ? lines.Count(l => l.Good) : null);
    }

    private static OccasionReply Reply(Occasion o, int lines, int? good) => new(o.Id.Value, o.Programme.Value, o.Name, o.HeldOn, Words<OccasionState>.Of(o.State), lines, good);
}
