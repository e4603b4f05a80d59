using System.Globalization;
using Dapper;
using MyKey.App.Offers;
using MyKey.App.Organisers;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Activities;

/// <summary>An activity as an office types it.</summary>
/// <param name="From">As <c>13:30</c>; <c>24:00</c> is the end of the day.</param>
/// <param name="Points">Null: as the offer gives.</param>
/// <param name="ReportUntil">Null: the day itself.</param>
public sealed record ActivityEntry(ActivityId Id, ProgrammeId Programme, string? Title, DateOnly Day, string? From, string? Until, string? Place)
{
    public long? Points { get; init; }
    public int? Places { get; init; }
    public string? Registration { get; init; }
    public DateOnly? ReportUntil { get; init; }
    public Guid? Organiser { get; init; }
}

/// <summary>An office says that an offer gives for taking part, and opens, changes and calls off its activities.</summary>
public sealed class SaveActivity(Database database, FindOffers offers, FindActivities find, FindOrganisers organisers, OperationLog log, TimeProvider clock)
{
    public const int LongestTitle = 40, LongestPlace = 60, MostPlaces = 100_000;

    private const string Insert = """
        insert into inc_activity(id, programme, municipality, state, title, day, from_minute, until_minute, place, organiser, points, places, registration, report_until, changed_ms)
        values (@Id, @Programme, @Municipality, 'open', @Title, @Day, @FromMinute, @UntilMinute, @Place, @Organiser, @Points, @Places, @Registration, @ReportUntil, @Now)
        on conflict do nothing
        """;

    private const string Update = """
        update inc_activity set title = @Title, day = @Day, from_minute = @FromMinute, until_minute = @UntilMinute, place = @Place, organiser = @Organiser, points = @Points, places = @Places,
          registration = @Registration, report_until = @ReportUntil, changed_ms = @Now
        where id = @Id and state = 'open' and not exists (select 1 from inc_activity o where o.programme = @Programme and o.day = @Day and o.title = @Title and o.id <> @Id)
        """;

    /// <summary>While nobody has read it.</summary>
    /// <returns>Whether it gives for taking part now; <c>role_forbidden</c>, <c>not_found</c>, <c>offer_fixed</c> once it is published, or when it has activities already.</returns>
    public async Task<Result<bool>> Give(StaffAtWork work, ProgrammeId programme, bool takingPart, CancellationToken stop = default)
    {
        var offer = await Offer(work, programme, stop);
        if (offer.Refused is { } no) return no;
        return await database.WriteOrRefuse<bool>(async tx =>
        {
            await tx.Connection.ExecuteAsync("update inc_offer set state = state where programme = @programme", new { programme }, tx.Handle);
            var before = await tx.Connection.ExecuteScalarAsync<long>("select count(*) from inc_taking_part where programme = @programme", new { programme }, tx.Handle) > 0;
            if (before == takingPart) return takingPart;
            var fixedNow = await tx.Connection.ExecuteScalarAsync<long>("""
                select (select count(*) from inc_offer where programme = @programme and state <> 'draft') + (select count(*) from inc_activity where programme = @programme)
                """, new { programme }, tx.Handle) > 0;
            if (fixedNow) return Refusal.Of("offer_fixed");
            if (takingPart) await tx.Connection.ExecuteAsync("insert into inc_taking_part(programme, set_ms) values (@programme, @Now)", new { programme, Now = clock.NowMs() }, tx.Handle);
            else await tx.Connection.ExecuteAsync("delete from inc_taking_part where programme = @programme", new { programme }, tx.Handle);
            await log.Write(tx, new Operation("offer.given_by_set", work.Actor, programme.Value, Before: Word(before), After: Word(takingPart)));
            return takingPart;
        }, stop);
    }

    /// <returns>
    /// The activity; <c>role_forbidden</c>, <c>not_found</c>, <c>given_by_application</c>, <c>offer_fixed</c> for a closed offer, <c>field_required</c>, <c>field_unknown</c> (field), <c>too_large</c>, what free
    /// text is refused for, <c>amount_format</c>, <c>out_of_period</c> (from, until) for a day outside the offer's, <c>activity_exists</c>, <c>activity_fixed</c>.
    /// </returns>
    public async Task<Result<Activity>> Save(StaffAtWork work, ActivityEntry entry, CancellationToken stop = default)
    {
        var offer = await Offer(work, entry.Programme, stop);
        if (offer.Refused is { } no) return no;
        if (!await find.Gives(entry.Programme, stop)) return Refusal.Of("given_by_application");
        if (offer.Value.State == OfferState.Closed) return Refusal.Of("offer_fixed");
        var read = await Read(offer.Value, entry, stop);
        if (read.Refused is { } wrong) return wrong;
        return await database.WriteOrRefuse<Activity>(async tx =>
        {
            var wanted = read.Value;
            await tx.Connection.ExecuteAsync("update inc_activity set state = state where id = @Id", new { wanted.Id }, tx.Handle);
            var before = (await tx.Connection.QuerySingleOrDefaultAsync<ActivityRow>(ActivityRow.ById, new { id = wanted.Id }, tx.Handle))?.Read();
            if (before == wanted) return wanted;
            if (before is not null && await Fixed(tx, before, wanted) is { } stays) return stays;
            if (await tx.Connection.ExecuteAsync(before is null ? Insert : Update, Row(wanted), tx.Handle) == 0) return Refusal.Of(before?.State == ActivityState.CalledOff ? "activity_called_off" : "activity_exists");
            await log.Write(tx, new Operation("activity.saved", work.Actor, wanted.Id.Value, Before: before is null ? null : Short(before), After: Short(wanted)));
            return wanted;
        }, stop);
    }

    /// <summary>It does not take place: nobody registers or reports any more; what is granted stays.</summary>
    /// <returns>The activity; <c>role_forbidden</c>, <c>not_found</c>.</returns>
    public async Task<Result<Activity>> CallOff(StaffAtWork work, ActivityId id, CancellationToken stop = default)
    {
        var found = await Of(work, id, stop);
        if (found.Refused is { } no) return no;
        return await database.Write(async tx =>
        {
            if (await tx.Connection.ExecuteAsync("update inc_activity set state = 'called_off', changed_ms = @Now where id = @id and state = 'open'", new { id, Now = clock.NowMs() }, tx.Handle) == 1)
                await log.Write(tx, new Operation("activity.called_off", work.Actor, id.Value, Before: Short(found.Value)));
            return found.Value with { State = ActivityState.CalledOff };
        }, stop);
    }

    /// <returns>One of this office; <c>role_forbidden</c>, <c>not_found</c>.</returns>
    public async Task<Result<Activity>> Of(StaffAtWork work, ActivityId id, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden && work.Require(Role.Approver).Refused is not null) return forbidden;
        return await find.One(id, stop) is { } found && found.Municipality == work.Office.Code ? found : Refusal.Of("not_found");
    }

    private async Task<Result<Offer>> Offer(StaffAtWork work, ProgrammeId programme, CancellationToken stop)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        return await offers.One(programme, stop) is { } offer && offer.Municipality == work.Office.Code ? offer : Refusal.Of("not_found");
    }

    private async Task<Result<Activity>> Read(Offer offer, ActivityEntry entry, CancellationToken stop)
    {
        var (title, place) = (NameText.Read("title", entry.Title, LongestTitle), NameText.Read("place", entry.Place, LongestPlace));
        if ((title.Refused ?? place.Refused) is { } no) return no;
        if (Minute(entry.From) is not { } from || from == 1440) return Unknown("from");
        if (Minute(entry.Until) is not { } until || until <= from) return Unknown("until");
        if (Words<RegistrationRule>.Find(string.IsNullOrEmpty(entry.Registration) ? "with_report" : entry.Registration) is not { } rule) return Unknown("registration");
        if (entry.Places is < 1 or > MostPlaces) return Unknown("places");
        if ((entry.Points ?? offer.Terms.Amount?.Value) is not { } given) return Refusal.Of("field_required", ("field", "points"));
        var points = Points.From(given);
        if (points.Refused is { } noPoints) return noPoints;
        var (days, last) = (offer.Days, entry.ReportUntil ?? entry.Day);
        if (entry.Day < days.ApplyFrom || entry.Day > days.ApplyUntil) return Periods.Outside(days.ApplyFrom, days.ApplyUntil);
        // Nothing is reported when nothing of it could be received any more.
        var most = days.ClaimUntil is { } claim && claim < days.Last ? claim : days.Last;
        if (last < entry.Day || last > most) return Periods.Outside(entry.Day, most);
        OrganiserId? organiser = entry.Organiser is { } id ? new OrganiserId(id) : null;
        if (organiser is { } who && (await organisers.Find(who, stop))?.Municipality != offer.Municipality) return Unknown("organiser");
        return new Activity(entry.Id, offer.Programme, offer.Municipality, ActivityState.Open, Typed.HalfWidth(title.Value), new ActivityHours(entry.Day, from, until), place.Value,
            new ActivityTerms(points.Value, entry.Places, rule, last, organiser));
    }

    /// <summary>What people have come for stays: once one was there, day, name and points; and nobody who is registered loses his place.</summary>
    private static async Task<Refusal?> Fixed(Transaction tx, Activity before, Activity after)
    {
        if (before.Programme != after.Programme) return Refusal.Of("id_reused");
        if (before.State == ActivityState.CalledOff) return Refusal.Of("activity_called_off");
        var (registered, reported) = await tx.Connection.QuerySingleAsync<(long, long)>(
            "select (select count(*) from inc_registration where activity = @Id), (select count(*) from inc_report where activity = @Id)", new { before.Id }, tx.Handle);
        if (after.Terms.Places < registered) return Refusal.Of("activity_fixed");
        return reported > 0 && (before.Hours.Day, before.Title, before.Terms.Points) != (after.Hours.Day, after.Title, after.Terms.Points) ? Refusal.Of("activity_fixed") : null;
    }

    private object Row(Activity a) => new
    {
        a.Id, a.Programme, a.Municipality, a.Title, a.Hours.Day, a.Hours.FromMinute, a.Hours.UntilMinute, a.Place, a.Terms.Organiser, a.Terms.Points, a.Terms.Places,
        Registration = Words<RegistrationRule>.Of(a.Terms.Registration), a.Terms.ReportUntil, Now = clock.NowMs(),
    };

    /// <returns>The minute of the day; null for what is no time.</returns>
    public static int? Minute(string? typed)
    {
        var text = Typed.HalfWidth(typed);
        if (text == "24:00") return 1440;
        return TimeOnly.TryParseExact(text, ["H:mm", "HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time.Hour * 60 + time.Minute : null;
    }

    public static string Clock(int minute) => string.Create(CultureInfo.InvariantCulture, $"{minute / 60:00}:{minute % 60:00}");

    private static string Word(bool takingPart) => takingPart ? "activity" : "application";

    private static string Short(Activity a) => string.Create(CultureInfo.InvariantCulture,
        $"{a.Municipality} {a.Programme.Value} {a.Hours.Day:yyyy-MM-dd} {Clock(a.Hours.FromMinute)}-{Clock(a.Hours.UntilMinute)} {a.Terms.Points.Value} {a.Terms.Places} {Words<RegistrationRule>.Of(a.Terms.Registration)} {a.Terms.ReportUntil:yyyy-MM-dd} {a.Title}");

    private static Refusal Unknown(string field) => Refusal.Of("field_unknown", ("field", field));
}
