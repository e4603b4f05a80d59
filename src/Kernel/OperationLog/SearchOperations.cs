using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Kernel.OperationLog;

/// <summary>What is looked for; newest first.</summary>
/// <param name="FromMs">From this instant on.</param>
/// <param name="UntilMs">Before this one.</param>
/// <param name="Action">A name of docs/operation-log.md, or null.</param>
/// <param name="About">The id of what was changed, or null.</param>
/// <param name="Ours">When not null: only lines whose actor or terminal is one of these.</param>
public sealed record OperationQuery(long FromMs, long UntilMs, string? Action = null, Guid? Actor = null, Guid? About = null, CitizenId? Citizen = null, IReadOnlyList<Guid>? Ours = null);

/// <summary>The last line of a leaf: the next leaf begins after it.</summary>
public readonly record struct OperationPlace(long TimeMs, Guid Id)
{
    public override string ToString() => $"{TimeMs}-{Id:N}";

    public static OperationPlace? Read(string? text) =>
        text?.Split('-') is [{ Length: <= 15 } time, { Length: 32 } id] && long.TryParse(time, out var ms) && Guid.TryParseExact(id, "N", out var guid) ? new OperationPlace(ms, guid) : null;
}

/// <param name="Subject">Id of the thing changed.</param>
public sealed record FoundOperation(OperationPlace Place, string Action, Actor Actor, Guid? Subject, CitizenId? Citizen, Guid? Terminal, string? Before, string? After, string? Reason);

/// <summary>
/// Searches the operation log (S0-1022c: within 5 s). One text per leading column, because an index is only used where its column is compared
/// without a way out; whatever else is asked for filters what the index gives. What an office did is the newest of each of its people and terminals: from the newest line of
/// all on, one that did nothing lately would be looked for in the whole log. Whoever searches logs that he did.
/// </summary>
public sealed class SearchOperations(Database database)
{
    private const string Columns = "select id, time_ms, action, actor_kind, actor, subject, citizen, terminal, before, after, reason from log_operation";

    private const string Span = """
        time_ms >= @FromMs and time_ms < @UntilMs and (time_ms, id) < (@BeforeMs, @BeforeId)
          and (@Action = '' or action = @Action) and (@AnyActor = 1 or actor = @Actor) and (@AnyAbout = 1 or subject = @About)
        """;

    private const string Order = "order by time_ms desc, id desc limit @Limit";

    private const string OursInPostgres = "and (actor = any(@Ours) or terminal = any(@Ours))";

    private const string OursInSqlite = """
        and (actor in (select unhex(value) from json_each(@Ours)) or terminal in (select unhex(value) from json_each(@Ours)))
        """;

    private const string OfOfficeInPostgres = $"""
        select distinct found.* from unnest(@Ours) as one(id) cross join lateral (
          (select * from log_operation where actor = one.id and {Span} {Order}) union all (select * from log_operation where terminal = one.id and {Span} {Order})) found
        """;

    private const string OfOfficeInSqlite = $"""
        with one as (select unhex(value) as id from json_each(@Ours))
        select l.* from one join log_operation l on l.rowid in (select rowid from log_operation where actor = one.id and {Span} {Order})
        union select l.* from one join log_operation l on l.rowid in (select rowid from log_operation where terminal = one.id and {Span} {Order})
        """;

    private const string ByTime = $"{Columns} where {Span}";
    private const string ByAction = $"{Columns} where action = @Action and {Span}";
    private const string ByActor = $"{Columns} where actor = @Actor and {Span}";
    private const string BySubject = $"{Columns} where subject = @About and {Span}";
    private const string ByCitizen = $"{Columns} where citizen = @Citizen and {Span}";

    /// <param name="after">The last line of the leaf before, or null for the first.</param>
    /// <param name="limit">Lines of this leaf.</param>
    public async Task<IReadOnlyList<FoundOperation>> Run(OperationQuery query, OperationPlace? after, int limit, CancellationToken stop = default)
    {
        var postgres = database.Engine == Engine.Postgres;
        var lead = query switch { { Citizen: not null } => ByCitizen, { About: not null } => BySubject, { Actor: not null } => ByActor, { Action: not null } => ByAction, _ => ByTime };
        var narrow = query is not { Citizen: null, About: null, Actor: null };
        var sql = (query.Ours is not null, narrow, postgres) switch
        {
            (false, _, _) => $"{lead} {Order}",
            (true, true, true) => $"{lead} {OursInPostgres} {Order}",
            (true, true, false) => $"{lead} {OursInSqlite} {Order}",
            (true, false, true) => $"{OfOfficeInPostgres} {Order}",
            (true, false, false) => $"{OfOfficeInSqlite} {Order}",
        };
        var before = after ?? new OperationPlace(long.MaxValue, Guid.AllBitsSet);
        var values = new DynamicParameters(new
        {
            query.FromMs, query.UntilMs, BeforeMs = before.TimeMs, BeforeId = before.Id, Action = query.Action ?? "", AnyActor = query.Actor is null ? 1 : 0, Actor = query.Actor ?? Guid.Empty,
            AnyAbout = query.About is null ? 1 : 0, About = query.About ?? Guid.Empty, Citizen = query.Citizen?.Value ?? Guid.Empty, Limit = limit,
        });
        if (query.Ours is { } ours) values.Add("Ours", postgres ? ours.ToArray() : $"[{string.Join(',', ours.Select(id => $"\"{id:N}\""))}]");
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>(new CommandDefinition(sql, values, cancellationToken: stop))).Select(r => r.Read())];
    }

    private sealed class Row
    {
        public Guid Id { get; init; }
        public long TimeMs { get; init; }
        public string Action { get; init; } = "";
        public ActorKind ActorKind { get; init; }
        public Guid Actor { get; init; }
        public Guid? Subject { get; init; }
        public CitizenId? Citizen { get; init; }
        public Guid? Terminal { get; init; }
        public string? Before { get; init; }
        public string? After { get; init; }
        public string? Reason { get; init; }

        public FoundOperation Read() => new(new OperationPlace(TimeMs, Id), Action, new Actor(ActorKind, Actor), Subject, Citizen, Terminal, Before, After, Reason);
    }
}
