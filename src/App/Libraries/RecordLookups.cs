using Dapper;
using MyKey.App.Registry;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Libraries;

public enum LookupAnswer { Told, NotLinked, Blocked }

/// <summary>A number that is asked for.</summary>
/// <param name="Id">The same again is recorded once.</param>
/// <param name="Kind">Of the provider.</param>
/// <param name="Device">As <see cref="DeskKind"/> is stored.</param>
internal sealed record LookupQuestion(CitizenId Citizen, long AtMs, Guid Id, ServiceProviderId Provider, string Kind, string Device);

/// <summary>A number that a device asks for with the card on its reader.</summary>
internal sealed record CardQuestion(HeldCard Card, long AtMs, Guid Id, ServiceProviderId Provider, string Kind, string Device)
{
    public LookupQuestion Of(CitizenId citizen) => new(citizen, AtMs, Id, Provider, Kind, Device);
}

/// <param name="No">Why the card is nobody's here; then nothing was looked up.</param>
internal sealed record CardEnd(Refusal? No, LookupEnd? End);

/// <param name="Link">null where there is none.</param>
internal sealed record LookupEnd(LookupAnswer Answer, ServiceLink? Link);

/// <summary>
/// Looks up and records: what waits goes into one transaction, and is answered once that is durable. A single look-up waits for nothing; many at once share the one
/// commit that each of them would have cost.
/// </summary>
public sealed class RecordLookups
{
    private const string Block = "select count(*) from lib_block where bucket = @Bucket and citizen = @Citizen and provider = @Provider";

    private const string Link = "select provider, number, notice, made_ms from lib_link where bucket = @Bucket and citizen = @Citizen and provider = @Provider";

    private const string Insert = """
        insert into lib_lookup(bucket, citizen, at_ms, id, provider, kind, device, answer) values (@Bucket, @Citizen, @AtMs, @Id, @Provider, @Kind, @Device, @Answer) on conflict do nothing
        """;

    private const string LinksOnPostgres = """
        select k.no - 1 as no, l.provider, l.number, coalesce(l.notice, 0) as notice, coalesce(l.made_ms, 0) as made_ms, b.provider is not null as blocked
        from unnest(@buckets, @citizens, @providers) with ordinality k(bucket, citizen, provider, no)
        left join lib_link l on l.bucket = k.bucket and l.citizen = k.citizen and l.provider = k.provider
        left join lib_block b on b.bucket = k.bucket and b.citizen = k.citizen and b.provider = k.provider
        order by k.no
        """;

    // In one order everywhere: batches of two processes that hold the same row wait for one another and never both.
    private const string InsertOnPostgres = """
        insert into lib_lookup(bucket, citizen, at_ms, id, provider, kind, device, answer)
        select k.bucket, k.citizen, k.at_ms, k.id, k.provider, k.kind, k.device, k.answer
        from unnest(@buckets, @citizens, @at, @ids, @providers, @kinds, @devices, @answers) k(bucket, citizen, at_ms, id, provider, kind, device, answer)
        order by k.bucket, k.citizen, k.at_ms, k.id on conflict do nothing
        """;

    private const int TripsOnPostgres = 4;

    private readonly Database database;
    private readonly Buckets buckets;
    private readonly FindHolders holders;
    private readonly Gathered<LookupQuestion, LookupEnd> waiting;
    private readonly Gathered<CardQuestion, CardEnd> cards;

    public RecordLookups(Database database, Buckets buckets, FindHolders holders)
    {
        (this.database, this.buckets, this.holders) = (database, buckets, holders);
        // Most of a trip to PostgreSQL is waiting until its record is durable; SQLite has one writer anyway.
        var trips = database.Engine == Engine.Postgres ? TripsOnPostgres : 1;
        waiting = new Gathered<LookupQuestion, LookupEnd>(All, trips);
        cards = new Gathered<CardQuestion, CardEnd>(AllCards, trips);
    }

    internal async Task<LookupEnd> Run(LookupQuestion question) => Must.Have(await waiting.Find(question), "every look-up has an end");

    internal async Task<CardEnd> Run(CardQuestion question) => Must.Have(await cards.Find(question), "every card has an end");

    private async Task<IReadOnlyList<LookupEnd?>> All(IReadOnlyList<LookupQuestion> questions) => await database.Write(tx => Record(tx, questions));

    private async Task<IReadOnlyList<CardEnd?>> AllCards(IReadOnlyList<CardQuestion> questions) => await database.Write(async tx =>
    {
        var whose = await holders.Run(tx, [.. questions.Select(q => q.Card)]);
        var ends = await Record(tx, [.. questions.Zip(whose).Where(p => p.Second.Ok).Select(p => p.First.Of(p.Second.Value))]);
        var next = 0;
        return whose.Select(w => w.Refused is { } no ? new CardEnd(no, null) : new CardEnd(null, ends[next++])).ToList();
    });

    private Task<IReadOnlyList<LookupEnd?>> Record(Transaction tx, IReadOnlyList<LookupQuestion> questions) =>
        database.Engine == Engine.Postgres ? OnPostgres(tx, questions) : OnSqlite(tx, questions);

    /// <summary>There is no way to the database here that many statements would pay for each.</summary>
    private async Task<IReadOnlyList<LookupEnd?>> OnSqlite(Transaction tx, IReadOnlyList<LookupQuestion> questions)
    {
        var ends = new List<LookupEnd?>(questions.Count);
        foreach (var q in questions)
        {
            var key = new { Bucket = buckets.Of(q.Citizen.Value), q.Citizen, q.Provider };
            var link = (await tx.Connection.QuerySingleOrDefaultAsync<LinkRow>(Link, key, tx.Handle))?.Read();
            var end = End(await tx.Connection.ExecuteScalarAsync<long>(Block, key, tx.Handle) > 0, link);
            await tx.Connection.ExecuteAsync(Insert, new { key.Bucket, q.Citizen, q.AtMs, q.Id, q.Provider, q.Kind, q.Device, Answer = Words<LookupAnswer>.Of(end.Answer) }, tx.Handle);
            ends.Add(end);
        }
        return ends;
    }

    private async Task<IReadOnlyList<LookupEnd?>> OnPostgres(Transaction tx, IReadOnlyList<LookupQuestion> questions)
    {
        var (at, ids) = (questions.Select(q => q.AtMs).ToArray(), questions.Select(q => q.Id).ToArray());
        var (citizens, providers) = (questions.Select(q => q.Citizen.Value).ToArray(), questions.Select(q => q.Provider.Value).ToArray());
        var (kinds, devices) = (questions.Select(q => q.Kind).ToArray(), questions.Select(q => q.Device).ToArray());
        var own = citizens.Select(buckets.Of).ToArray();
        var ends = (await tx.Connection.QueryAsync<FoundRow>(LinksOnPostgres, new { buckets = own, citizens, providers }, tx.Handle)).Select(r => End(r.Blocked, r.Read())).ToList();
        Must.Hold(ends.Count == questions.Count, "each question has one row");
        var answers = ends.Select(e => Words<LookupAnswer>.Of(e.Answer)).ToArray();
        await tx.Connection.ExecuteAsync(InsertOnPostgres, new { buckets = own, citizens, at, ids, providers, kinds, devices, answers }, tx.Handle);
        return ends;
    }

    private static LookupEnd End(bool blocked, ServiceLink? link) => blocked ? new(LookupAnswer.Blocked, null) : link is null ? new(LookupAnswer.NotLinked, null) : new(LookupAnswer.Told, link);

    private sealed class FoundRow
    {
        public long No { get; init; }
        public ServiceProviderId? Provider { get; init; }
        public string? Number { get; init; }
        public int Notice { get; init; }
        public long MadeMs { get; init; }
        public bool Blocked { get; init; }

        public ServiceLink? Read() => Provider is { } provider ? new ServiceLink(provider, Must.Have(Number, "a link has a number"), Notice == 1, MadeMs) : null;
    }
}
