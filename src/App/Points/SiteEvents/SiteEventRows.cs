using Dapper;
using MyKey.App.OnlineSites;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.SiteEvents;

/// <summary>The messages for sites: written in the transaction of what they tell, kept until they are heard.</summary>
public sealed class SiteEventRows(Database database, TimeProvider clock)
{
    public const int RowsAtOnce = 200;

    /// <summary>A message that has failed so often is shown to the operators, before it is given up.</summary>
    public const int ShownFrom = 3;

    private const string Columns = "select id, site, type, body, made_ms, state, next_ms, tries, answer from pts_site_event";

    private const string Insert = """
        insert into pts_site_event(id, site, type, body, made_ms, state, next_ms, tries, answer) values (@EventId, @EventSite, @EventType, @EventBody, @EventMs, 'waiting', @EventNext, 0, '')
        """;

    private const string Next = "update pts_site_event set state = @To, next_ms = @NextMs, tries = @Tries, answer = @Answer where id = @Id and state = @From and tries = @Before";

    private const string Restart = "update pts_site_event set state = 'waiting', next_ms = @now, tries = 0 where id = @id and state <> 'sent'";

    /// <summary>The statement that tells a site something, for a transfer that does it; none where the site hears nothing.</summary>
    internal IReadOnlyList<Companion> Companions(OnlineSite? site, SiteNews news)
    {
        if (site?.Hook is null) return [];
        var (id, now) = (Ids.NewV7(clock), clock.NowMs());
        return [new Companion(Insert, [("EventId", id), ("EventSite", site.Id), ("EventType", news.Type), ("EventBody", SiteEvent.BodyOf(id, news, now)), ("EventMs", now), ("EventNext", now)], 1, Refusal.Of("busy"))];
    }

    internal async Task Write(Transaction tx, OnlineSite site, SiteNews news)
    {
        if (site.Hook is null) return;
        var (id, now) = (Ids.NewV7(clock), clock.NowMs());
        await tx.Connection.ExecuteAsync(Insert, new { EventId = id, EventSite = site.Id, EventType = news.Type, EventBody = SiteEvent.BodyOf(id, news, now), EventMs = now, EventNext = now }, tx.Handle);
    }

    internal async Task<IReadOnlyList<SiteEvent>> Due(int most, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{Columns} where state = 'waiting' and next_ms <= @now order by next_ms, id limit @most", new { now = clock.NowMs(), most })).Select(r => r.Read())];
    }

    /// <summary>What sites do not hear, the oldest first.</summary>
    public async Task<IReadOnlyList<SiteEvent>> Unheard(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{Columns} where state = 'stuck' or (state = 'waiting' and tries >= @ShownFrom) order by made_ms, id limit @RowsAtOnce", new { ShownFrom, RowsAtOnce })).Select(r => r.Read())];
    }

    internal async Task<SiteEvent?> Find(Guid id, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<Row>($"{Columns} where id = @id", new { id }))?.Read();
    }

    /// <summary>From one try to the next, unless somebody else has moved it meanwhile.</summary>
    internal Task<bool> Move(SiteEvent from, SiteEvent to, CancellationToken stop) => database.Write(async tx => await tx.Connection.ExecuteAsync(Next, new
    {
        from.Id, From = Words<SiteEventState>.Of(from.State), Before = from.Tries, To = Words<SiteEventState>.Of(to.State), to.NextMs, to.Tries, to.Answer,
    }, tx.Handle) == 1, stop);

    internal static Task<int> Again(Transaction tx, Guid id, long now) => tx.Connection.ExecuteAsync(Restart, new { id, now }, tx.Handle);

    private sealed record Row
    {
        public Guid Id { get; init; }
        public OnlineSiteId Site { get; init; }
        public string Type { get; init; } = "";
        public string Body { get; init; } = "";
        public long MadeMs { get; init; }
        public string State { get; init; } = "";
        public long NextMs { get; init; }
        public int Tries { get; init; }
        public string Answer { get; init; } = "";

        public SiteEvent Read() => new(Id, Site, Type, Body, MadeMs, Words<SiteEventState>.Stored(State), NextMs, Tries, Answer);
    }
}
