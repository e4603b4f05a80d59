using Dapper;
using MyKey.App.Applications;
using MyKey.App.Grants;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Activities;

/// <summary>How it was shown that somebody was there: the code of the screen, a slip of paper, his own ticket at the door, the office's list.</summary>
public enum ReportWay { Code, Slip, Ticket, Roster }

/// <summary>Waiting: for an officer. Approving: for another one. Accepted: being posted. Granted. Struck: it gives nothing, and why is read by the citizen.</summary>
public enum ReportState { Waiting, Approving, Accepted, Granted, Struck }

/// <summary>参加の報告: somebody was at an activity, once (S1-34).</summary>
/// <param name="Id">Made by the caller; it becomes the transfer's: the same again answers again.</param>
/// <param name="By">Who reported: the citizen, the device that read his ticket, an officer.</param>
public sealed record Report(TransferId Id, ActivityId Activity, ProgrammeId Programme, MunicipalityCode Municipality, Participant Who, Points Amount, ReportWay Way, Actor By, ReportState State, long MadeMs)
{
    /// <summary>Of the code of the screen.</summary>
    public long? Step { get; init; }

    /// <summary>The code for which it could not be granted; it waits, and nothing is lost.</summary>
    public string? Why { get; init; }

    /// <summary>An officer entered it (S1-33).</summary>
    public LateEntry? Entered { get; init; }

    public Decision? Decision { get; init; }

    /// <summary>Why it was struck.</summary>
    public string? Reason { get; init; }

    /// <summary>What was posted: less where the person's year left no more (S4-03).</summary>
    public Points? Credited { get; init; }

    /// <summary>What it counts to of the day of who decided; null where nobody did.</summary>
    public GrantCount? Count => Decision is { By: { } by } decided ? new GrantCount(Actor.Of(by), Municipality, Programme, decided.Day) : null;
}

internal sealed record ReportRow
{
    public const string All = """
        select id, activity, programme, municipality, citizen, person, shown_id, points, way, step, by_kind, by_id, state, why, made_ms, entered_by, entered_reason, reason, decided_by, decided_day, decided_ms,
          expires_on, alone, credited from inc_report
        """;

    public TransferId Id { get; init; }
    public ActivityId Activity { get; init; }
    public ProgrammeId Programme { get; init; }
    public MunicipalityCode Municipality { get; init; }
    public CitizenId Citizen { get; init; }
    public PersonKey Person { get; init; }
    public string ShownId { get; init; } = "";
    public long Points { get; init; }
    public string Way { get; init; } = "";
    public long? Step { get; init; }
    public int ByKind { get; init; }
    public Guid ById { get; init; }
    public string State { get; init; } = "";
    public string? Why { get; init; }
    public long MadeMs { get; init; }
    public StaffId? EnteredBy { get; init; }
    public string? EnteredReason { get; init; }
    public string? Reason { get; init; }
    public StaffId? DecidedBy { get; init; }
    public DateOnly? DecidedDay { get; init; }
    public long? DecidedMs { get; init; }
    public DateOnly? ExpiresOn { get; init; }
    public int Alone { get; init; }
    public long? Credited { get; init; }

    public Report Read() => new(Id, Activity, Programme, Municipality, new Participant(Citizen, Person, ShownId), new Kernel.Points(Points), Words<ReportWay>.Stored(Way), new Actor((ActorKind)ByKind, ById),
        Words<ReportState>.Stored(State), MadeMs)
    {
        Step = Step, Why = Why, Entered = EnteredBy is { } by ? new LateEntry(by, EnteredReason ?? "") : null, Reason = Reason,
        Decision = DecidedDay is { } day && DecidedMs is { } at && ExpiresOn is { } last ? new Decision(DecidedBy, day, at, last, Alone == 1) : null,
        Credited = Credited is { } credited ? new Kernel.Points(credited) : null,
    };
}

/// <param name="After">The last one of the page before; null: from the first.</param>
public sealed record ReportQuery(ActivityId Activity, ReportState? State = null, TransferId? After = null);

/// <summary>Reading reports.</summary>
public sealed class FindReports(Database database)
{
    public const int PerPage = 50;

    private const string OfActivity = $"""
        {ReportRow.All} where activity = @Activity and (@State = '' or state = @State)
          and (made_ms > coalesce((select b.made_ms from inc_report b where b.id = @After), 0) or made_ms = (select b.made_ms from inc_report b where b.id = @After) and id > @After)
        order by made_ms, id limit @Count
        """;

    private const string AtTheSameTime = """
        select count(*) from inc_report r join inc_activity a on a.id = r.activity
        where r.person = @person and r.activity <> @activity and r.state <> 'struck' and a.day = @Day and a.from_minute < @UntilMinute and a.until_minute > @FromMinute
        """;

    public async Task<Report?> One(TransferId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<ReportRow>($"{ReportRow.All} where id = @id", new { id }))?.Read();
    }

    public async Task<Report?> Of(ActivityId activity, PersonKey person, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<ReportRow>($"{ReportRow.All} where activity = @activity and person = @person", new { activity, person }))?.Read();
    }

    /// <summary>All of a citizen, the newest first.</summary>
    public async Task<IReadOnlyList<Report>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<ReportRow>($"{ReportRow.All} where citizen = @citizen order by made_ms desc, id", new { citizen })).Select(r => r.Read())];
    }

    /// <summary>Of an activity, the oldest first.</summary>
    public async Task<(IReadOnlyList<Report> Found, bool More)> Page(ReportQuery query, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var found = (await connection.QueryAsync<ReportRow>(OfActivity, new
        {
            query.Activity, State = query.State is { } state ? Words<ReportState>.Of(state) : "", After = query.After ?? new TransferId(Guid.Empty), Count = PerPage + 1,
        })).Select(r => r.Read()).ToList();
        return (found.Count > PerPage ? found[..PerPage] : found, found.Count > PerPage);
    }

    public async Task<IReadOnlyDictionary<ReportState, int>> Counts(ActivityId activity, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryAsync<(string State, long Count)>("select state, count(*) from inc_report where activity = @activity group by state", new { activity }))
            .ToDictionary(r => Words<ReportState>.Stored(r.State), r => (int)r.Count);
    }

    /// <summary>Who of an activity has been reported.</summary>
    public async Task<IReadOnlySet<PersonKey>> People(ActivityId activity, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryAsync<PersonKey>("select person from inc_report where activity = @activity", new { activity })).ToHashSet();
    }

    /// <summary>How many were reported by the code of one half minute.</summary>
    public async Task<int> OfStep(ActivityId activity, long step, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (int)await connection.ExecuteScalarAsync<long>("select count(*) from inc_report where activity = @activity and step = @step", new { activity, step });
    }

    /// <summary>At how many others this person was reported that go on at the same hours.</summary>
    public async Task<int> Elsewhere(Activity activity, PersonKey person, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (int)await connection.ExecuteScalarAsync<long>(AtTheSameTime, new { person, activity = activity.Id, activity.Hours.Day, activity.Hours.FromMinute, activity.Hours.UntilMinute });
    }

    /// <summary>Activities of an office of which reports wait for another officer.</summary>
    public async Task<IReadOnlyList<(ActivityId Activity, int Count)>> Approving(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(ActivityId Activity, long Count)>(
            "select activity, count(*) from inc_report where municipality = @municipality and state = 'approving' group by activity order by activity", new { municipality })).Select(r => (r.Activity, (int)r.Count))];
    }

    /// <summary>Those that somebody began to post before this instant and nobody ended.</summary>
    public async Task<IReadOnlyList<Report>> Left(long beforeMs, int count, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<ReportRow>($"{ReportRow.All} where state = 'accepted' and decided_ms < @beforeMs order by decided_ms limit @count", new { beforeMs, count })).Select(r => r.Read())];
    }

    /// <summary>Granted ones of an audit, by id.</summary>
    public async Task<IReadOnlyList<Report>> Granted(TransferId after, int count, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<ReportRow>($"{ReportRow.All} where state = 'granted' and id > @after order by id limit @count", new { after, count })).Select(r => r.Read())];
    }
}
