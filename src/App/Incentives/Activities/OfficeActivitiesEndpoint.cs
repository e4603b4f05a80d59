using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Activities;

/// <param name="By"><c>application</c> or <c>activity</c>: each one that is reported.</param>
public sealed record GivenBy(string By);

/// <param name="From">As <c>13:30</c>.</param>
/// <param name="Points">Null: as the offer gives.</param>
/// <param name="Places">The most people; null: as many as come.</param>
/// <param name="Registration"><c>before</c> or <c>with_report</c>.</param>
/// <param name="ReportUntil">Null: the day itself.</param>
/// <param name="Organiser">Whose devices show the code and read tickets.</param>
public sealed record ActivityRequest(Guid Offer, string Title, DateOnly Day, string From, string Until, string Place, long? Points = null, int? Places = null, string Registration = "with_report",
    DateOnly? ReportUntil = null, Guid? Organiser = null);

/// <param name="MyKeyId">Masked.</param>
/// <param name="EnteredReason">Where an officer entered it.</param>
public sealed record OfficeReportReply(Guid Id, string MyKeyId, string State, string Way, string? Why, long Points, long MadeMs, string? EnteredReason, string? Reason)
{
    public static OfficeReportReply Of(Report r) => new(r.Id.Value, r.Who.ShownId, Words<ReportState>.Of(r.State), Words<ReportWay>.Of(r.Way), r.Why, (r.Credited ?? r.Amount).Value, r.MadeMs, r.Entered?.Reason, r.Reason);
}

/// <param name="After">Pass the last id as <c>after</c> for the next page; null when there is none.</param>
public sealed record OfficeReportsReply(IReadOnlyList<OfficeReportReply> Reports, Guid? After);

/// <param name="Id">UUID made by the caller.</param>
/// <param name="Number">Of the registration, in place of the MyKey ID.</param>
public sealed record RosterRequest(Guid Id, string Reason, string? MyKeyId = null, string? Number = null);

/// <param name="Ids">Up to 100.</param>
/// <param name="Reason">Why they are struck; the citizens read it.</param>
public sealed record DecideRequest(IReadOnlyList<Guid> Ids, string? Reason = null);

/// <param name="Code">Why this one was refused, or null.</param>
public sealed record DecidedReply(Guid Id, string? State, string? Code);

/// <param name="MyKeyId">Masked.</param>
public sealed record RosterReply(string MyKeyId, string Number, long MadeMs);

/// <param name="Kind"><c>step</c>, <c>slip</c>, <c>same_time</c>, <c>wrong</c>.</param>
public sealed record ActivityAlarmReply(string Kind, string About, int Times, long LastMs);

/// <summary><c>/api/v1/office/activities</c>: what an office invites to, who was there, and what looks like codes that are handed on.</summary>
public static class OfficeActivitiesEndpoint
{
    public static void MapOfficeActivities(this WebApplication app)
    {
        var offer = app.MapGroup("/api/v1/office/offers/{id:guid}");
        offer.MapPut("/given-by", Give);
        offer.MapGet("/activities", List);
        var group = app.MapGroup("/api/v1/office/activities/{id:guid}");
        group.MapPut("", Save);
        group.MapPost("/call-off", CallOff);
        group.MapGet("/registrations", Roster);
        group.MapGet("/reports", Reports);
        group.MapPost("/reports", Enter).Produces<OfficeReportReply>(StatusCodes.Status201Created);
        group.MapPost("/reports/accept", (Guid id, DecideRequest request, HttpContext context, SaveActivity activities, DecideReports decide, FindReports find, CancellationToken stop) =>
            Each(id, request, context, (activities, find), (work, one) => decide.Accept(work, one, stop), stop));
        group.MapPost("/reports/approve", (Guid id, DecideRequest request, HttpContext context, SaveActivity activities, DecideReports decide, FindReports find, CancellationToken stop) =>
            Each(id, request, context, (activities, find), (work, one) => decide.Approve(work, one, stop), stop));
        group.MapPost("/reports/strike", (Guid id, DecideRequest request, HttpContext context, SaveActivity activities, DecideReports decide, FindReports find, CancellationToken stop) =>
            Each(id, request, context, (activities, find), (work, one) => decide.Strike(work, one, request.Reason, stop), stop));
        group.MapGet("/alarms", Alarms);
        group.MapPost("/alarms/seen", Seen);
    }

    private static async Task<Answer<GivenBy>> Give(Guid id, GivenBy request, HttpContext context, SaveActivity save, CancellationToken stop) => await context.InOffice<GivenBy>(async work =>
    {
        if (request.By is not ("application" or "activity")) return Refusal.Of("field_unknown", ("field", "by"));
        return (await save.Give(work, new ProgrammeId(id), request.By == "activity", stop)).Then<GivenBy>(_ => request);
    });

    private static async Task<Answer<List<ActivityReply>>> List(Guid id, HttpContext context, Offers.OfficeOffers offers, FindActivities find, CancellationToken stop) => await context.InOffice<List<ActivityReply>>(async work =>
    {
        var offer = await offers.One(work, new ProgrammeId(id), stop);
        return offer.Refused is { } no ? no : (await find.Of(offer.Value.Programme, stop)).Select(ActivityReply.Of).ToList();
    });

    private static async Task<Answer<ActivityReply>> Save(Guid id, ActivityRequest r, HttpContext context, SaveActivity save, Offers.FindOffers offers, CancellationToken stop) => await context.InOffice<ActivityReply>(async work =>
    {
        var saved = await save.Save(work, new ActivityEntry(new ActivityId(id), new ProgrammeId(r.Offer), r.Title, r.Day, r.From, r.Until, r.Place)
        {
            Points = r.Points, Places = r.Places, Registration = r.Registration, ReportUntil = r.ReportUntil, Organiser = r.Organiser,
        }, stop);
        return saved.Refused is { } no ? no : ActivityReply.Of(saved.Value, (await offers.One(saved.Value.Programme, stop))!.Texts.Title, 0);
    });

    /// <summary>true: it is called off now.</summary>
    private static async Task<Answer<bool>> CallOff(Guid id, HttpContext context, SaveActivity save, CancellationToken stop) =>
        await context.InOffice<bool>(async work => (await save.CallOff(work, new ActivityId(id), stop)).Then<bool>(a => a.State == ActivityState.CalledOff));

    private static async Task<Answer<List<RosterReply>>> Roster(Guid id, HttpContext context, SaveActivity activities, FindRegistrations find, CancellationToken stop) => await context.InOffice<List<RosterReply>>(async work =>
    {
        var activity = await activities.Of(work, new ActivityId(id), stop);
        return activity.Refused is { } no ? no : (await find.Of(activity.Value.Id, stop)).Select(r => new RosterReply(r.ShownId, r.Number, r.MadeMs)).ToList();
    });

    private static async Task<Answer<OfficeReportsReply>> Reports(Guid id, string? state, Guid? after, HttpContext context, SaveActivity activities, FindReports find, CancellationToken stop) =>
        await context.InOffice<OfficeReportsReply>(async work =>
        {
            var activity = await activities.Of(work, new ActivityId(id), stop);
            if (activity.Refused is { } no) return no;
            var wanted = string.IsNullOrEmpty(state) ? null : Words<ReportState>.Find(state);
            if (wanted is null && !string.IsNullOrEmpty(state)) return Refusal.Of("field_unknown", ("field", "state"));
            var (found, more) = await find.Page(new ReportQuery(activity.Value.Id, wanted, after is { } last ? new TransferId(last) : null), stop);
            return new OfficeReportsReply([.. found.Select(OfficeReportReply.Of)], more ? found[^1].Id.Value : null);
        });

    private static async Task<Answer<OfficeReportReply>> Enter(Guid id, RosterRequest request, HttpContext context, EnterReports enter, CancellationToken stop) => Answer.Created(await context.InOffice<OfficeReportReply>(async work =>
        (await enter.Run(work, new ActivityId(id), new RosterEntry(new TransferId(request.Id), request.MyKeyId, request.Number, request.Reason), stop)).Then<OfficeReportReply>(r => OfficeReportReply.Of(r))));

    private static async Task<Answer<List<DecidedReply>>> Each(Guid id, DecideRequest request, HttpContext context, (SaveActivity Activities, FindReports Reports) find,
        Func<StaffAtWork, TransferId, Task<Result<Report>>> decide, CancellationToken stop) => await context.InOffice<List<DecidedReply>>(async work =>
    {
        var activity = await find.Activities.Of(work, new ActivityId(id), stop);
        if (activity.Refused is { } none) return none;
        if (request.Ids.Count > DecideReports.MostAtOnce) return Refusal.Of("too_large");
        var replies = new List<DecidedReply>();
        foreach (var one in request.Ids.Distinct())
        {
            var report = await find.Reports.One(new TransferId(one), stop);
            var decided = report?.Activity == activity.Value.Id ? await decide(work, report.Id) : Refusal.Of("not_found");
            if (decided.Refused is { Code: "role_forbidden" or "confirm_required" or "field_required" or "too_large" or "my_number_refused" or "pan_refused" } no) return no;
            replies.Add(new DecidedReply(one, decided.Ok ? Words<ReportState>.Of(decided.Value.State) : null, decided.Refused?.Code));
        }
        return replies;
    });

    private static async Task<Answer<List<ActivityAlarmReply>>> Alarms(Guid id, HttpContext context, SaveActivity activities, WatchReports watch, CancellationToken stop) => await context.InOffice<List<ActivityAlarmReply>>(async work =>
    {
        var activity = await activities.Of(work, new ActivityId(id), stop);
        return activity.Refused is { } no ? no : (await watch.Of(activity.Value.Id, stop)).Select(a => new ActivityAlarmReply(a.Kind, a.About, a.Times, a.LastMs)).ToList();
    });

    /// <summary>How many were looked at now.</summary>
    private static async Task<Answer<int>> Seen(Guid id, HttpContext context, SaveActivity activities, WatchReports watch, CancellationToken stop) => await context.InOffice<int>(async work =>
    {
        var activity = await activities.Of(work, new ActivityId(id), stop);
        return activity.Refused is { } no ? no : await watch.MarkSeen(activity.Value.Id, work.Member.Id, stop);
    });
}
