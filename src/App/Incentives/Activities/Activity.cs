using MyKey.App.Offers;
using MyKey.App.Registry;
using MyKey.App.Shared.Components;
using MyKey.Kernel;

namespace MyKey.App.Activities;

public enum ActivityState { Open, CalledOff }

/// <summary>Whether somebody has to register before he can report, or is registered with the report (S1-34b).</summary>
public enum RegistrationRule { Before, WithReport }

/// <summary>A day and its hours in Japan, in minutes of that day.</summary>
public sealed record ActivityHours(DateOnly Day, int FromMinute, int UntilMinute)
{
    public const int MinuteMs = 60_000;

    public long FromMs => At(FromMinute);

    public long UntilMs => At(UntilMinute);

    public string InWords => $"{Time(FromMinute)}から{Time(UntilMinute)}まで";

    public string Begins => $"{Words.Day(Day)} {Time(FromMinute)}";

    /// <summary>Both at the same time.</summary>
    public bool Meets(ActivityHours other) => Day == other.Day && FromMinute < other.UntilMinute && other.FromMinute < UntilMinute;

    private long At(int minute) => Jst.EndOf(Day.AddDays(-1)) + (long)minute * MinuteMs;

    private static string Time(int minute) => minute % 60 == 0 ? $"{minute / 60}時" : $"{minute / 60}時{minute % 60}分";
}

/// <param name="Points">What each person gets.</param>
/// <param name="Places">The most people; null: as many as come.</param>
/// <param name="ReportUntil">The last day of a late report (S1-33); the day itself where there is none.</param>
/// <param name="Organiser">Whose devices show the code and read tickets; null: the office alone.</param>
public sealed record ActivityTerms(Points Points, int? Places, RegistrationRule Registration, DateOnly ReportUntil, OrganiserId? Organiser);

/// <summary>イベント: what an offer invites to, and gives for (S1-34).</summary>
public sealed record Activity(ActivityId Id, ProgrammeId Programme, MunicipalityCode Municipality, ActivityState State, string Title, ActivityHours Hours, string Place, ActivityTerms Terms)
{
    public string Path => $"/activities/{Id.Value}";

    public string OfficePath => $"/office/activities/{Id.Value}";

    /// <summary>What counts once per person, as a list of the office with the same words would.</summary>
    public string Occasion => $"{Words.Day(Hours.Day)} {Title}";

    /// <returns>null; <c>activity_called_off</c>, <c>not_started</c> (from), <c>report_closed</c> (from, until).</returns>
    /// <param name="last">The last day on which it may be said that somebody was there.</param>
    public Refusal? TakesReports(long nowMs, DateOnly last)
    {
        if (State == ActivityState.CalledOff) return Refusal.Of("activity_called_off");
        if (nowMs < Hours.FromMs) return Refusal.Of("not_started", ("from", Hours.Begins));
        return Jst.Day(nowMs) > last ? Refusal.Of("report_closed", ("from", Words.Day(Hours.Day)), ("until", Words.Day(last))) : null;
    }
}

/// <summary>An activity with what its offer says.</summary>
public sealed record ActivityShown(Activity Activity, string Offer, OfferState OfferState, int Registered);

internal sealed record ActivityRow
{
    public const string Columns = "a.id, a.programme, a.municipality, a.state, a.title, a.day, a.from_minute, a.until_minute, a.place, a.organiser, a.points, a.places, a.registration, a.report_until";

    public const string ById = $"select {Columns} from inc_activity a where a.id = @id";

    public ActivityId Id { get; init; }
    public ProgrammeId Programme { get; init; }
    public MunicipalityCode Municipality { get; init; }
    public string State { get; init; } = "";
    public string Title { get; init; } = "";
    public DateOnly Day { get; init; }
    public int FromMinute { get; init; }
    public int UntilMinute { get; init; }
    public string Place { get; init; } = "";
    public OrganiserId? Organiser { get; init; }
    public long Points { get; init; }
    public int? Places { get; init; }
    public string Registration { get; init; } = "";
    public DateOnly ReportUntil { get; init; }
    public string Offer { get; init; } = "";
    public string OfferState { get; init; } = "";
    public long Registered { get; init; }

    public Activity Read() => new(Id, Programme, Municipality, Words<ActivityState>.Stored(State), Title, new ActivityHours(Day, FromMinute, UntilMinute), Place,
        new ActivityTerms(new Kernel.Points(Points), Places, Words<RegistrationRule>.Stored(Registration), ReportUntil, Organiser));

    public ActivityShown Show() => new(Read(), Offer, Words<OfferState>.Stored(OfferState), (int)Registered);
}
