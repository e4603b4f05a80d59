using Dapper;
using MyKey.App.Applications;
using MyKey.App.Eligible;
using MyKey.App.Offers;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Activities;

/// <summary>A report that is to be made.</summary>
/// <param name="ByOffice">It waits for an officer: somebody else says that this person was there.</param>
public sealed record NewReport(TransferId Id, Presence Presence, Participant Who, Actor By, bool ByOffice = false)
{
    public LateEntry? Entered { get; init; }

    /// <summary>When a device that had no network read the ticket.</summary>
    public long? AtMs { get; init; }
}

/// <summary>What holds for every report, whoever makes it: each person once per activity, registered where that comes first, in its hours and days (S1-34, S1-34b, S1-33).</summary>
public sealed class MakeReport(Database database, ApplicationRules rules, FindReports find, FindRegistrations registrations, RegisterForActivity register, FindEligible eligible, ReportPosting posting,
    WatchReports watch, OperationLog log, TimeProvider clock)
{
    /// <summary>So long a device may keep what it read in the hours of the activity.</summary>
    private const int DaysToSend = 7;

    private const string Insert = """
        insert into inc_report(id, activity, programme, municipality, citizen, person, shown_id, points, way, step, by_kind, by_id, state, why, made_ms, entered_by, entered_reason, decided_day, decided_ms, expires_on)
        values (@Id, @Activity, @Programme, @Municipality, @Citizen, @Person, @ShownId, @Amount, @Way, @Step, @ByKind, @ById, @State, @Why, @MadeMs, @EnteredBy, @EnteredReason, @DecidedDay, @DecidedMs, @ExpiresOn)
        on conflict do nothing
        """;

    private const string TakeSlip = "update inc_slip set report = @Id where code_hash = @Slip and report is null";

    /// <returns>
    /// The report, granted or waiting; <c>already_reported</c>, <c>activity_called_off</c>, <c>not_started</c> (from), <c>report_closed</c> (from, until), <c>not_registered</c>, <c>activity_full</c>,
    /// <c>not_eligible</c>, <c>qr_invalid</c> for a slip that is used, <c>id_reused</c>.
    /// </returns>
    public async Task<Result<Report>> Run(NewReport asked, CancellationToken stop = default)
    {
        var activity = asked.Presence.Activity;
        if (await find.Of(activity.Id, asked.Who.Person, stop) is { } before) return before.Id == asked.Id ? before : await Again(asked, stop);
        var offered = await rules.Offered(activity.Programme, stop);
        if (offered.Refused is not null) return Refusal.Of("qr_invalid");
        // A code of the screen is good in its hours only, and so it says itself when it was seen.
        var last = Later(activity.Terms.ReportUntil, asked.Entered is not null ? offered.Value.Offer.Days.Last : asked.AtMs is not null ? activity.Hours.Day.AddDays(DaysToSend) : activity.Hours.Day);
        if (activity.TakesReports(asked.AtMs ?? clock.NowMs(), last) is { } closed) return closed;
        if (Jst.Day(clock.NowMs()) > last) return activity.TakesReports(clock.NowMs(), last)!;
        if (await eligible.Check(offered.Value.Programme, asked.Who.Person, proven: true, stop) is { } notHim) return notHim;
        if (activity.Terms.Registration == RegistrationRule.Before && asked.Entered is null && await registrations.One(activity.Id, asked.Who.Person, stop) is null) return Refusal.Of("not_registered");
        var report = Begin(asked, offered.Value);
        var written = await database.WriteOrRefuse(tx => Write(tx, report, asked, stop), stop);
        if (written.Refused is { } no) return no.Code == "already_reported" && await find.One(asked.Id, stop) is { } same ? Same(same, asked) : no;
        await watch.Reported(activity, report, stop);
        if (report.State != ReportState.Accepted) return report;
        var posted = await posting.Post(report, asked.By);
        return posted.Ok ? posted : Must.Have(await find.One(report.Id, stop), "a report that was made is there");
    }

    /// <summary>Granted at once where nobody looks at what the offer gives; else it waits for the office.</summary>
    private Report Begin(NewReport asked, Offered offered)
    {
        var (now, activity) = (clock.NowMs(), asked.Presence.Activity);
        var waiting = new Report(asked.Id, activity.Id, activity.Programme, activity.Municipality, asked.Who, activity.Terms.Points, asked.Presence.Way, asked.By, ReportState.Waiting, now)
        {
            Step = asked.Presence.Step, Entered = asked.Entered,
        };
        if (asked.ByOffice || offered.Offer.Terms.Screening == Screening.ByHand) return waiting;
        var today = clock.Today();
        if (offered.Programme.GrantsOn(today) is { } over) return waiting with { Why = over.Code };
        var until = offered.LastDay(today);
        return until.Refused is { } late ? waiting with { Why = late.Code }
            : waiting with { State = ReportState.Accepted, Decision = new Decision(null, today, now, until.Value, Alone: false) };
    }

    private async Task<Result<bool>> Write(Transaction tx, Report report, NewReport asked, CancellationToken stop)
    {
        var activity = asked.Presence.Activity;
        await RegisterForActivity.Hold(tx, activity.Id);
        // An officer who enters somebody says that he was there: no place is counted any more.
        if (asked.Entered is null && await FindRegistrations.One(tx, activity.Id, report.Who.Person) is null)
        {
            // Whoever gave his place back while the code was on its way has none.
            if (activity.Terms.Registration == RegistrationRule.Before) return Refusal.Of("not_registered");
            var place = await register.Make(tx, activity, report.Who, asked.By);
            if (place.Refused is { } full) return full;
        }
        if (await tx.Connection.ExecuteAsync(Insert, Row(report), tx.Handle) == 0) return Refusal.Of("already_reported");
        if (asked.Presence.Slip is { } slip && await tx.Connection.ExecuteAsync(TakeSlip, new { report.Id, Slip = slip }, tx.Handle) == 0) return Refusal.Of("qr_invalid");
        await log.Write(tx, new Operation("report.made", asked.By, report.Id.Value, report.Who.Citizen, asked.By.Kind == ActorKind.Terminal ? new TerminalId(asked.By.Id) : null,
            After: $"{activity.Municipality} {activity.Id.Value} {Words<ReportWay>.Of(report.Way)} {report.Amount}", Reason: asked.Entered?.Reason));
        return true;
    }

    private async Task<Result<Report>> Again(NewReport asked, CancellationToken stop) =>
        await find.One(asked.Id, stop) is { } other ? Same(other, asked) : Refusal.Of("already_reported");

    private static Result<Report> Same(Report there, NewReport asked) =>
        there.Activity == asked.Presence.Activity.Id && there.Who.Person == asked.Who.Person ? there : Refusal.Of("id_reused");

    private static DateOnly Later(DateOnly one, DateOnly other) => one > other ? one : other;

    private static object Row(Report r) => new
    {
        r.Id, r.Activity, r.Programme, r.Municipality, r.Who.Citizen, r.Who.Person, r.Who.ShownId, r.Amount, Way = Words<ReportWay>.Of(r.Way), r.Step, ByKind = (int)r.By.Kind, ById = r.By.Id,
        State = Words<ReportState>.Of(r.State), r.Why, r.MadeMs, EnteredBy = r.Entered?.By, EnteredReason = r.Entered?.Reason, DecidedDay = r.Decision?.Day, DecidedMs = r.Decision?.AtMs, ExpiresOn = r.Decision?.ExpiresOn,
    };
}
