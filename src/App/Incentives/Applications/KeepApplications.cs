using Dapper;
using MyKey.App.Entitlements;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Applications;

/// <summary>Writes applications, each with its line in the log; those of one moment share a transaction, so that an opening day costs few.</summary>
public sealed class KeepApplications
{
    private const string Columns = """
        id, programme, municipality, citizen, person, period, shown_id, points, declared, state, made_ms, entered_by, entered_reason, decided_day, decided_ms, expires_on, destination
        """;

    private const string Insert = $"""
        insert into inc_application({Columns})
        values (@Id, @Programme, @Municipality, @Citizen, @Person, @Period, @ShownId, @Amount, @Declared, @State, @MadeMs, @EnteredBy, @EnteredReason, @DecidedDay, @DecidedMs, @ExpiresOn, @Destination)
        on conflict do nothing
        """;

    // In one order everywhere: two processes that write the same person's wait for one another and never both.
    private const string InsertManyOnPostgres = $"""
        insert into inc_application({Columns})
        select {Columns} from unnest(@Ids, @Programmes, @Municipalities, @Citizens, @Persons, @Periods, @ShownIds, @Amounts, @Declared, @States, @MadeMs, @EnteredBy, @EnteredReasons, @DecidedDays, @DecidedMs, @ExpiresOn, @Destinations)
          k({Columns}) order by programme, person, id
        on conflict do nothing returning id
        """;

    private readonly Database database;
    private readonly OperationLog log;
    private readonly Gathered<Wanted, Application> waiting;

    public KeepApplications(Database database, OperationLog log)
    {
        (this.database, this.log) = (database, log);
        waiting = new Gathered<Wanted, Application>(All);
    }

    /// <returns>false where there is one with its id, or one of this person in the period.</returns>
    internal async Task<bool> Run(Application application, OperationLine line) => await waiting.Find(new Wanted(application, line)) is not null;

    private Task<IReadOnlyList<Application?>> All(IReadOnlyList<Wanted> wanted) => database.Write<IReadOnlyList<Application?>>(async tx =>
    {
        var kept = tx.Engine == Engine.Postgres ? await OnPostgres(tx, [.. wanted.Select(w => w.Application)]) : await OnSqlite(tx, wanted);
        var first = wanted.Select(w => kept.Remove(w.Application.Id)).ToList();
        await log.WriteAll(tx, [.. wanted.Where((_, i) => first[i]).Select(w => w.Line)]);
        return [.. wanted.Select((w, i) => first[i] ? w.Application : null)];
    });

    private static async Task<HashSet<TransferId>> OnPostgres(Transaction tx, IReadOnlyList<Application> all) => [.. await tx.Connection.QueryAsync<TransferId>(InsertManyOnPostgres, new
    {
        Ids = all.Select(a => a.Id.Value).ToArray(), Programmes = all.Select(a => a.Programme.Value).ToArray(), Municipalities = all.Select(a => a.Municipality.Value).ToArray(),
        Citizens = all.Select(a => a.Citizen.Value).ToArray(), Persons = all.Select(a => a.Person.Value).ToArray(), Periods = all.Select(a => a.Period).ToArray(), ShownIds = all.Select(a => a.ShownId).ToArray(),
        Amounts = all.Select(a => a.Amount.Value).ToArray(), Declared = all.Select(a => a.Declared ? 1 : 0).ToArray(), States = all.Select(a => Words<ApplicationState>.Of(a.State)).ToArray(),
        MadeMs = all.Select(a => a.MadeMs).ToArray(), EnteredBy = all.Select(a => a.Late?.By.Value).ToArray(), EnteredReasons = all.Select(a => a.Late?.Reason).ToArray(),
        DecidedDays = all.Select(a => a.Decision?.Day.ToNumber()).ToArray(), DecidedMs = all.Select(a => a.Decision?.AtMs).ToArray(), ExpiresOn = all.Select(a => a.Decision?.ExpiresOn.ToNumber()).ToArray(),
        Destinations = all.Select(a => ChosenDestination.Stored(a.Destination)).ToArray(),
    }, tx.Handle)];

    private static async Task<HashSet<TransferId>> OnSqlite(Transaction tx, IReadOnlyList<Wanted> all)
    {
        var kept = new HashSet<TransferId>(all.Count);
        foreach (var (a, _) in all)
        {
            var rows = await tx.Connection.ExecuteAsync(Insert, new
            {
                a.Id, a.Programme, a.Municipality, a.Citizen, a.Person, a.Period, a.ShownId, a.Amount, Declared = a.Declared ? 1 : 0, State = Words<ApplicationState>.Of(a.State), a.MadeMs,
                EnteredBy = a.Late?.By, EnteredReason = a.Late?.Reason, DecidedDay = a.Decision?.Day, DecidedMs = a.Decision?.AtMs, ExpiresOn = a.Decision?.ExpiresOn, Destination = ChosenDestination.Stored(a.Destination),
            }, tx.Handle);
            if (rows == 1) kept.Add(a.Id);
        }
        return kept;
    }

    private sealed record Wanted(Application Application, OperationLine Line);
}
