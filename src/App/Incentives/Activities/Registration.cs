using Dapper;
using MyKey.App.Applications;
using MyKey.App.Eligible;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Activities;

/// <summary>イベント登録: somebody means to come (S1-34b).</summary>
/// <param name="ShownId">The MyKeyId as screens show it.</param>
/// <param name="Number">On the ticket that is shown at the door.</param>
public sealed record Registration(ActivityId Activity, CitizenId Citizen, PersonKey Person, string ShownId, string Number, long MadeMs)
{
    public static string PathOf(ActivityId activity) => $"/my/activities/{activity.Value}";
}

/// <summary>Who takes part, with the key by which he does so once.</summary>
public sealed record Participant(CitizenId Citizen, PersonKey Person, string ShownId);

/// <summary>A citizen registers with one press, and gives it back until the activity begins. Nothing but the login is asked for: a ticket alone gives no points.</summary>
public sealed class RegisterForActivity(Database database, FindActivities find, FindRegistrations registrations, ApplicationRules rules, FindEligible eligible, FindCitizen citizens, OperationLog log, TimeProvider clock)
{
    private const int Tries = 5;

    private const string Insert = """
        insert into inc_registration(activity, person, citizen, shown_id, number, made_ms) values (@Activity, @Person, @Citizen, @ShownId, @Number, @MadeMs) on conflict do nothing
        """;

    /// <returns>
    /// The registration, also when there was one before; <c>not_found</c>, <c>activity_called_off</c>, <c>activity_over</c>, <c>not_eligible</c>, <c>activity_full</c>, <c>mykey_unknown</c>.
    /// </returns>
    public async Task<Result<Registration>> Run(Citizen citizen, ActivityId id, CancellationToken stop = default)
    {
        var found = await find.Public(id, stop);
        if (found.Refused is { } none) return none;
        var activity = found.Value.Activity;
        if (await citizens.PersonKeyOf(citizen.Id, stop) is not { } person) return Refusal.Of("mykey_unknown");
        if (await registrations.One(id, person, stop) is { } before) return before.Citizen == citizen.Id ? before : Refusal.Of("already_registered");
        if (activity.State == ActivityState.CalledOff) return Refusal.Of("activity_called_off");
        if (clock.NowMs() > activity.Hours.UntilMs) return Refusal.Of("activity_over");
        var offered = await rules.Offered(activity.Programme, stop);
        if (offered.Refused is { } gone) return gone;
        if (await eligible.Check(offered.Value.Programme, person, proven: true, stop) is { } notHim) return notHim;
        return await database.WriteOrRefuse(tx => Make(tx, activity, new Participant(citizen.Id, person, citizen.MyKeyId.Masked), Actor.Of(citizen.Id)), stop);
    }

    /// <summary>Until it begins, and as long as nobody has been reported by it.</summary>
    /// <returns>Whether there was one; <c>not_found</c>, <c>registration_fixed</c>.</returns>
    public async Task<Result<bool>> GiveBack(Citizen citizen, ActivityId id, CancellationToken stop = default)
    {
        var found = await find.Public(id, stop);
        if (found.Refused is { } none) return none;
        if (await citizens.PersonKeyOf(citizen.Id, stop) is not { } person) return Refusal.Of("mykey_unknown");
        if (clock.NowMs() >= found.Value.Activity.Hours.FromMs && await registrations.One(id, person, stop) is not null) return Refusal.Of("registration_fixed");
        return await database.Write(async tx =>
        {
            await Hold(tx, id);
            var gone = await tx.Connection.ExecuteAsync("delete from inc_registration where activity = @id and person = @person", new { id, person }, tx.Handle) == 1;
            if (gone) await log.Write(tx, new Operation("registration.given_back", Actor.Of(citizen.Id), id.Value, citizen.Id));
            return gone;
        }, stop);
    }

    /// <summary>Where a report registers as well (S1-34b).</summary>
    /// <returns>The registration; <c>activity_full</c>, <c>busy</c>.</returns>
    internal async Task<Result<Registration>> Make(Transaction tx, Activity activity, Participant who, Actor by)
    {
        // The touch takes the row: the last place has one taker.
        await Hold(tx, activity.Id);
        if (activity.Terms.Places is { } most
            && await tx.Connection.ExecuteScalarAsync<long>("select count(*) from inc_registration where activity = @Id and person <> @Person", new { activity.Id, who.Person }, tx.Handle) >= most) return Refusal.Of("activity_full");
        for (var tried = 0; tried < Tries; tried++)
        {
            var made = new Registration(activity.Id, who.Citizen, who.Person, who.ShownId, CheckedNumber.New(CheckedNumber.TicketDigits), clock.NowMs());
            if (await tx.Connection.ExecuteAsync(Insert, made, tx.Handle) == 1)
            {
                await log.Write(tx, new Operation("registration.made", by, activity.Id.Value, who.Citizen, After: $"{activity.Municipality} {activity.Programme.Value}"));
                return made;
            }
            if (await FindRegistrations.One(tx, activity.Id, who.Person) is { } other) return other;
        }
        return Refusal.Of("busy");
    }

    internal static Task Hold(Transaction tx, ActivityId id) => tx.Connection.ExecuteAsync("update inc_activity set state = state where id = @id", new { id }, tx.Handle);
}

/// <summary>Reading registrations.</summary>
public sealed class FindRegistrations(Database database)
{
    private const string All = "select activity, citizen, person, shown_id, number, made_ms from inc_registration";

    private const string ByPerson = $"{All} where activity = @activity and person = @person";

    public async Task<Registration?> One(ActivityId activity, PersonKey person, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<Row>(ByPerson, new { activity, person }))?.Read();
    }

    internal static async Task<Registration?> One(Transaction tx, ActivityId activity, PersonKey person) =>
        (await tx.Connection.QuerySingleOrDefaultAsync<Row>(ByPerson, new { activity, person }, tx.Handle))?.Read();

    /// <summary>Of an activity by the number of a ticket.</summary>
    public async Task<Registration?> ByNumber(ActivityId activity, string number, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<Row>($"{All} where activity = @activity and number = @number", new { activity, number }))?.Read();
    }

    /// <summary>All of a citizen, the newest first.</summary>
    public async Task<IReadOnlyList<Registration>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{All} where citizen = @citizen order by made_ms desc, activity", new { citizen })).Select(r => r.Read())];
    }

    /// <summary>All of an activity, in the order of their coming.</summary>
    public async Task<IReadOnlyList<Registration>> Of(ActivityId activity, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{All} where activity = @activity order by made_ms, number", new { activity })).Select(r => r.Read())];
    }

    private sealed class Row
    {
        public ActivityId Activity { get; init; }
        public CitizenId Citizen { get; init; }
        public PersonKey Person { get; init; }
        public string ShownId { get; init; } = "";
        public string Number { get; init; } = "";
        public long MadeMs { get; init; }

        public Registration Read() => new(Activity, Citizen, Person, ShownId, Number, MadeMs);
    }
}
