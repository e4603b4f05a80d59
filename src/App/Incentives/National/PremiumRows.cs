using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.National;

/// <summary>The events as they are kept: written set by set, for files of a million.</summary>
public sealed class PremiumRows(Database database, TimeProvider clock)
{
    private const int AskedAtOnce = 500;

    private const string Columns = "select service, event, round, choice, kind, amount, day, earned, given, state, code, reverses, coalesce(line, 0) as line, case when file is null then 0 else 1 end as in_file, posted_day from inc_premium_event";

    private const string InsertOne = """
        insert into inc_premium_event(service, event, transfer, round, choice, kind, amount, day, earned, given, state, reverses, file, line, alone, taken_ms)
        values (@service, @Id, @Transfer, @Round, @Choice, @Kind, @Amount, @Day, @Earned, 0, 'open', @Reverses, @file, @Line, @alone, @now) on conflict do nothing
        """;

    private const string InsertMany = """
        with given as (select * from unnest(@events, @transfers, @rounds, @choices, @kinds, @amounts, @days, @earned, @reverses, @lines)
            as g(event, transfer, round, choice, kind, amount, day, earned, reverses, line)),
          put as (insert into inc_premium_event(service, event, transfer, round, choice, kind, amount, day, earned, given, state, reverses, file, line, alone, taken_ms)
            select @service, event, transfer, round, choice, kind, amount, day, earned, 0, 'open', reverses, @file, line, @alone, @now from given on conflict do nothing returning line)
        select line from given where line not in (select line from put)
        """;

    private const string SettleOne = """
        update inc_premium_event set state = 'done', given = @Given, code = @Code, posted_day = @Day, choice = coalesce(choice, @Choice), round = coalesce(round, @Round), alone = 0
        where service = @service and event = @Id and state = 'open'
        """;

    private const string SettleMany = """
        update inc_premium_event e set state = 'done', given = k.given, code = k.code, posted_day = k.day, choice = coalesce(e.choice, k.choice), round = coalesce(e.round, k.round), alone = 0
        from unnest(@events, @given, @codes, @days, @choices, @rounds) k(event, given, code, day, choice, round) where e.service = @service and e.event = k.event and e.state = 'open'
        """;

    private const string TakenBack = "update inc_premium_event set state = 'back' where service = @service and event = @Id and state = 'done'";

    /// <summary>Keeps what is new.</summary>
    /// <param name="file">null: it came alone.</param>
    /// <returns>The lines of those that were there already, or stood twice in what came.</returns>
    public async Task<IReadOnlySet<int>> Insert(Transaction tx, PaymentServiceId service, IReadOnlyList<PremiumEvent> events, Guid? file)
    {
        if (events.Count == 0) return new HashSet<int>();
        var (now, alone) = (clock.NowMs(), file is null ? 1 : 0);
        if (tx.Engine == Engine.Postgres)
        {
            return (await tx.Connection.QueryAsync<int>(InsertMany, new
            {
                service, file, alone, now, events = events.Select(e => e.Id).ToArray(), transfers = events.Select(e => e.Transfer.Value).ToArray(), rounds = events.Select(e => e.Round?.Value).ToArray(),
                choices = events.Select(e => e.Choice).ToArray(), kinds = events.Select(e => Words<PremiumKind>.Of(e.Kind)).ToArray(), amounts = events.Select(e => e.Amount).ToArray(),
                days = events.Select(e => e.Day.ToNumber()).ToArray(), earned = events.Select(e => e.Earned).ToArray(), reverses = events.Select(e => e.Reverses).ToArray(), lines = events.Select(e => e.Line).ToArray(),
            }, tx.Handle)).ToHashSet();
        }
        var known = new HashSet<int>();
        foreach (var e in events)
        {
            var row = new { service, e.Id, e.Transfer, e.Round, e.Choice, Kind = Words<PremiumKind>.Of(e.Kind), e.Amount, e.Day, e.Earned, e.Reverses, file, e.Line, alone, now };
            if (await tx.Connection.ExecuteAsync(InsertOne, row, tx.Handle) == 0) known.Add(e.Line);
        }
        return known;
    }

    /// <summary>Some events of a service by their ids.</summary>
    internal async Task<IReadOnlyDictionary<string, PremiumEvent>> Find(PaymentServiceId service, IReadOnlyCollection<string> ids, CancellationToken stop)
    {
        var found = new Dictionary<string, PremiumEvent>(StringComparer.Ordinal);
        await using var connection = await database.Open(stop);
        foreach (var some in ids.Distinct(StringComparer.Ordinal).Chunk(AskedAtOnce))
        {
            var rows = database.Engine == Engine.Postgres
                ? await connection.QueryAsync<PremiumRow>($"{Columns} where service = @service and event = any(@some)", new { service, some })
                : await connection.QueryAsync<PremiumRow>($"{Columns} where service = @service and event in @some", new { service, some });
            foreach (var row in rows) found[row.Event] = row.Read();
        }
        return found;
    }

    /// <summary>The next lines of a file, whatever has become of them: no more than <paramref name="count"/>, and none only where nothing is left.</summary>
    public async Task<IReadOnlyList<PremiumEvent>> OfFile(PremiumFile file, int after, int count, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        // By numbers on both sides: of an open end PostgreSQL thinks, before it has counted the table, that it may read and sort all of it.
        for (int? from = after; from is not null; from = await connection.ExecuteScalarAsync<int?>("select min(line) - 1 from inc_premium_event where file = @Id and line > @from", new { file.Id, from }))
        {
            var rows = (await connection.QueryAsync<PremiumRow>($"{Columns} where file = @Id and line > @from and line <= @to order by line", new { file.Id, from, to = (long)from + count })).Select(r => r.Read()).ToList();
            if (rows.Count > 0) return rows;
        }
        return [];
    }

    /// <summary>What came alone and has no answer for a while: the process that took it is gone.</summary>
    internal async Task<IReadOnlyList<PremiumEvent>> LeftAlone(long beforeMs, int count, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<PremiumRow>($"{Columns} where alone = 1 and taken_ms < @beforeMs order by taken_ms limit @count", new { beforeMs, count })).Select(r => r.Read())];
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<PremiumEvent>> Of(Guid choice, int count, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<PremiumRow>($"{Columns} where choice = @choice order by day desc, taken_ms desc limit @count", new { choice, count })).Select(r => r.Read())];
    }

    /// <summary>Keeps what the ledger has answered.</summary>
    internal async Task Settle(Transaction tx, PaymentServiceId service, IReadOnlyList<PremiumEvent> answered)
    {
        if (answered.Count == 0) return;
        if (tx.Engine == Engine.Postgres)
            await tx.Connection.ExecuteAsync(SettleMany, new
            {
                service, events = answered.Select(e => e.Id).ToArray(), given = answered.Select(e => e.Given).ToArray(), codes = answered.Select(e => e.Code).ToArray(),
                days = answered.Select(e => e.PostedDay!.Value.ToNumber()).ToArray(), choices = answered.Select(e => e.Choice).ToArray(), rounds = answered.Select(e => e.Round?.Value).ToArray(),
            }, tx.Handle);
        else
            await tx.Connection.ExecuteAsync(SettleOne, answered.Select(e => new { service, e.Id, e.Given, e.Code, Day = e.PostedDay!.Value, e.Choice, e.Round }), tx.Handle);
        foreach (var back in answered.Where(e => e.Reverses is not null && e.Code is null)) await tx.Connection.ExecuteAsync(TakenBack, new { service, Id = back.Reverses }, tx.Handle);
    }
}

internal sealed class PremiumRow
{
    public PaymentServiceId Service { get; init; }
    public string Event { get; init; } = "";
    public ProgrammeId? Round { get; init; }
    public Guid? Choice { get; init; }
    public string Kind { get; init; } = "";
    public long Amount { get; init; }
    public DateOnly Day { get; init; }
    public long Earned { get; init; }
    public long Given { get; init; }
    public string State { get; init; } = "";
    public string? Code { get; init; }
    public string? Reverses { get; init; }
    public int Line { get; init; }
    public int InFile { get; init; }
    public DateOnly? PostedDay { get; init; }

    public PremiumEvent Read() => new(Service, Event, Round, Choice, Words<PremiumKind>.Stored(Kind), Amount, Day, Earned, Reverses)
    {
        Given = Given, State = Words<PremiumState>.Stored(State), Code = Code, Line = Line, InFile = InFile == 1, PostedDay = PostedDay,
    };
}
