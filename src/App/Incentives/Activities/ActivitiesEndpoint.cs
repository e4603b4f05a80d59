using MyKey.App.Grants;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;

namespace MyKey.App.Activities;

/// <param name="Offer">The programme that gives for it.</param>
/// <param name="State"><c>open</c> or <c>called_off</c>.</param>
/// <param name="From">Time of the day in Japan.</param>
/// <param name="Registration"><c>before</c> or <c>with_report</c>.</param>
/// <param name="ReportUntil">The last day of a late report.</param>
public sealed record ActivityReply(Guid Id, Guid Offer, string OfferTitle, string Municipality, string State, string Title, DateOnly Day, string From, string Until, string Place, long Points, int? Places,
    int Registered, string Registration, DateOnly ReportUntil)
{
    public static ActivityReply Of(ActivityShown shown) => Of(shown.Activity, shown.Offer, shown.Registered);

    public static ActivityReply Of(Activity a, string offer, int registered) => new(a.Id.Value, a.Programme.Value, offer, a.Municipality.Value, Words<ActivityState>.Of(a.State), a.Title, a.Hours.Day,
        SaveActivity.Clock(a.Hours.FromMinute), SaveActivity.Clock(a.Hours.UntilMinute), a.Place, a.Terms.Points.Value, a.Terms.Places, registered, Words<RegistrationRule>.Of(a.Terms.Registration), a.Terms.ReportUntil);
}

/// <param name="More">There is a next page.</param>
public sealed record ActivitiesReply(IReadOnlyList<ActivityReply> Activities, bool More);

/// <param name="Number">What the ticket shows.</param>
public sealed record RegistrationReply(Guid Activity, string Number, long MadeMs)
{
    public static RegistrationReply Of(Registration r) => new(r.Activity.Value, r.Number, r.MadeMs);
}

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="Code">What the QR code says, or what was typed.</param>
public sealed record ReportRequest(Guid Id, string Code);

/// <param name="State"><c>waiting</c>, <c>approving</c>, <c>accepted</c>, <c>granted</c>, <c>struck</c>.</param>
/// <param name="Way"><c>code</c>, <c>slip</c>, <c>ticket</c>, <c>roster</c>.</param>
/// <param name="Why">The code for which it could not be granted yet.</param>
/// <param name="Points">What was granted; before that what it would be.</param>
/// <param name="Reason">Why it was struck.</param>
public sealed record ReportReply(Guid Id, Guid Activity, string State, string Way, string? Why, long Points, long MadeMs, string? Reason)
{
    public static ReportReply Of(Report r) => new(r.Id.Value, r.Activity.Value, Words<ReportState>.Of(r.State), Words<ReportWay>.Of(r.Way), r.Why, (r.Credited ?? r.Amount).Value, r.MadeMs, r.Reason);
}

/// <summary><c>/api/v1/activities</c>: what everybody may read; <c>/api/v1/my</c>: registered for and reported (S1-34, S1-34b).</summary>
public static class ActivitiesEndpoint
{
    public static void AddActivities(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<FindActivities>().AddSingleton<SaveActivity>().AddSingleton<ActivityCodes>().AddSingleton<FindRegistrations>().AddSingleton<RegisterForActivity>().AddSingleton<FindReports>()
            .AddSingleton<WatchReports>().AddSingleton<ReadCode>().AddSingleton<ReportPosting>().AddSingleton<MakeReport>().AddSingleton<ReportAttendance>().AddSingleton<DecideReports>().AddSingleton<EnterReports>()
            .AddSingleton<Venues>().AddSingleton<ScanTickets>().AddSingleton<MakeSlips>().AddSingleton<PostLeftReports>().AddSingleton<IJob>(s => s.GetRequiredService<PostLeftReports>())
            .AddSingleton<AuditReports>().AddSingleton(services => new RowAuditPart("reports", Nightly: false, stop => services.GetRequiredService<AuditReports>().Run(stop)));
        builder.Services.AddSingleton<WaitingElsewhere>(s => new(async (work, stop) =>
        {
            var things = new List<WaitingThing>();
            foreach (var (id, count) in await s.GetRequiredService<FindReports>().Approving(work.Office.Code, stop))
                if (await s.GetRequiredService<FindActivities>().One(id, stop) is { } activity) things.Add(new WaitingThing($"{activity.Title}の参加の報告", $"{count}件", $"{activity.OfficePath}/reports?state=approving"));
            return things;
        }));
    }

    public static void MapActivities(this WebApplication app)
    {
        app.MapGet($"{ReadCode.Path}{{code}}", Scan).RequireRateLimiting(RateLimits.Attempts).ExcludeFromDescription();
        app.MapGet("/api/v1/activities", List).RequireRateLimiting(RateLimits.Anonymous);
        app.MapGet("/api/v1/activities/{id:guid}", Get).RequireRateLimiting(RateLimits.Anonymous);
        var mine = app.MapGroup("/api/v1/my").RequireRateLimiting(RateLimits.Attempts);
        mine.MapGet("/registrations", Mine);
        mine.MapPut("/registrations/{id:guid}", Register);
        mine.MapDelete("/registrations/{id:guid}", GiveBack);
        mine.MapGet("/reports", Reports);
        mine.MapPost("/reports", Report).Produces<ReportReply>(StatusCodes.Status201Created);
        app.MapOfficeActivities();
        app.MapVenue();
    }

    /// <summary>A QR code that a telephone opened: what is good now stays good while its owner logs in.</summary>
    private static async Task Scan(string code, HttpContext context, ReadCode read, ActivityCodes codes, TimeProvider clock)
    {
        var seen = await read.Run(code, context.RequestAborted);
        if (seen.Refused is { } no)
        {
            await context.Refuse(no, new NextStep("イベント参加報告", AttendPage.Path));
            return;
        }
        var kept = seen.Value.Step is { } step ? await codes.Seal(seen.Value.Activity.Id, step, clock.NowMs(), context.RequestAborted) : CheckedNumber.Bare(code);
        ShellCookie.Attend.Set(context, kept);
        context.SeeOther($"{AttendPage.Path}?seen=1");
    }

    private static async Task<Answer<ActivitiesReply>> List(string? municipality, DateOnly? day, Guid? offer, int? page, FindActivities find, TimeProvider clock, CancellationToken stop)
    {
        var query = ReadQuery(municipality, day, offer, page, clock.Today());
        if (query.Refused is { } no) return no;
        var leaf = await find.Find(query.Value, stop);
        return new ActivitiesReply([.. leaf.Activities.Select(ActivityReply.Of)], leaf.More);
    }

    /// <summary>The same on the page and over the API.</summary>
    /// <returns><c>number_format</c>, <c>municipality_unknown</c>, <c>field_unknown</c> (field).</returns>
    public static Result<ActivityQuery> ReadQuery(string? municipality, DateOnly? day, Guid? offer, int? page, DateOnly today)
    {
        MunicipalityCode? town = null;
        if (!string.IsNullOrEmpty(municipality))
        {
            var code = MunicipalityCode.Read(municipality);
            if (code.Refused is { } unknown) return unknown;
            town = code.Value;
        }
        return page is < 1 or > FindActivities.MostPages ? Refusal.Of("field_unknown", ("field", "page"))
            : new ActivityQuery(today, town, offer is { } id ? new ProgrammeId(id) : null, day, page ?? 1);
    }

    private static async Task<Answer<ActivityReply>> Get(Guid id, FindActivities find, CancellationToken stop) => (await find.Public(new ActivityId(id), stop)).Then<ActivityReply>(a => ActivityReply.Of(a));

    private static async Task<Answer<List<RegistrationReply>>> Mine(HttpContext context, FindRegistrations find, CancellationToken stop) =>
        await context.AsCitizen<List<RegistrationReply>>(async citizen => (await find.Of(citizen.Id, stop)).Select(RegistrationReply.Of).ToList());

    private static async Task<Answer<RegistrationReply>> Register(Guid id, HttpContext context, RegisterForActivity register, CancellationToken stop) =>
        await context.AsCitizen<RegistrationReply>(async citizen => (await register.Run(citizen, new ActivityId(id), stop)).Then<RegistrationReply>(r => RegistrationReply.Of(r)));

    /// <summary>true: there was one.</summary>
    private static async Task<Answer<bool>> GiveBack(Guid id, HttpContext context, RegisterForActivity register, CancellationToken stop) =>
        await context.AsCitizen(citizen => register.GiveBack(citizen, new ActivityId(id), stop));

    private static async Task<Answer<List<ReportReply>>> Reports(HttpContext context, FindReports find, CancellationToken stop) =>
        await context.AsCitizen<List<ReportReply>>(async citizen => (await find.Of(citizen.Id, stop)).Select(ReportReply.Of).ToList());

    private static async Task<Answer<ReportReply>> Report(ReportRequest request, HttpContext context, ReportAttendance report, CancellationToken stop) =>
        Answer.Created(await context.AsCitizen<ReportReply>(async citizen => (await report.Run(citizen, new TransferId(request.Id), request.Code, stop: stop)).Then<ReportReply>(r => ReportReply.Of(r))));
}
