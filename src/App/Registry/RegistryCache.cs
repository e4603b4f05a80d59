using System.Data.Common;
using System.Runtime.InteropServices;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Registry;

/// <summary>The registry in memory, read before the App listens and at most one second stale (S0-5018). A change costs every process the changed rows, not the whole.</summary>
public sealed class RegistryCache(Database database, TimeProvider clock) : IHostedService, IDisposable
{
    private readonly Cached<RegistryView> view = new(clock, old => Load(database, old));

    /// <summary>Hundreds of thousands of acceptors take seconds, for which no first request shall wait.</summary>
    public async Task StartAsync(CancellationToken cancellationToken) => await View();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ask once per request and use it throughout, so that one request sees one state.</summary>
    public ValueTask<RegistryView> View() => view.Get();

    /// <inheritdoc cref="RegistryView.AcceptedHere"/>
    public async ValueTask<Result<Acceptor>> AcceptedHere(MunicipalityCode issuer, AcceptorId acceptor) => (await View()).AcceptedHere(issuer, acceptor);

    public void Dispose() => view.Dispose();

    /// <summary>
    /// One change of the registry in a transaction of its own. <paramref name="work"/> gets the number of the change and holds the
    /// registry's one lock until the commit, so changes are numbered in the order in which they become visible.
    /// </summary>
    internal async Task<Result<T>> Change<T>(Func<Transaction, long, Task<Result<T>>> work, CancellationToken stop)
    {
        var result = await database.WriteOrRefuse(async tx => await work(tx, await Next(tx)), stop);
        view.Drop();
        return result;
    }

    /// <summary>The number of a change in the transaction of somebody else, who drops what is in memory after it.</summary>
    internal static async Task<long> Next(Transaction tx)
    {
        await tx.Connection.ExecuteAsync("update reg_version set no = no + 1 where id = 1", transaction: tx.Handle);
        return await tx.Connection.ExecuteScalarAsync<long>("select no from reg_version where id = 1", transaction: tx.Handle);
    }

    /// <summary>What was changed is seen by this process at once.</summary>
    internal void Drop() => view.Drop();

    internal static async Task<Municipality?> Find(Transaction tx, MunicipalityCode code) =>
        (await tx.Connection.QuerySingleOrDefaultAsync<MunicipalityRow>(MunicipalityRow.ByCode, new { code }, tx.Handle))?.Read();

    internal static async Task<Acceptor?> Find(Transaction tx, AcceptorId id) =>
        (await tx.Connection.QuerySingleOrDefaultAsync<AcceptorRow>(AcceptorRow.ById, new { id }, tx.Handle))?.Read();

    internal static async Task<ShopGroup?> Find(Transaction tx, ShopGroupId id) =>
        (await tx.Connection.QuerySingleOrDefaultAsync<GroupRow>($"{GroupRow.All} where id = @id", new { id }, tx.Handle))?.Read();

    internal static async Task<SupportEvent?> Find(Transaction tx, SupportEventId id) =>
        (await tx.Connection.QuerySingleOrDefaultAsync<EventRow>(EventRow.ById, new { id }, tx.Handle))?.Read();

    internal static async Task<ServiceProvider?> Find(Transaction tx, ServiceProviderId id) =>
        (await tx.Connection.QuerySingleOrDefaultAsync<ProviderRow>(ProviderRow.ById, new { id }, tx.Handle))?.Read();

    /// <summary>The registry inside a transaction that holds its lock.</summary>
    /// <param name="before">As it was at any time before: what has changed since is read.</param>
    internal static Task<RegistryView> Read(Transaction tx, RegistryView before) => Read(tx.Connection, tx.Handle, before);

    private static async Task<RegistryView> Load(Database database, RegistryView? old)
    {
        await using var connection = await database.Open();
        if (old is not null && await connection.ExecuteScalarAsync<long>("select no from reg_version where id = 1") == old.No) return old;
        return await Read(connection, null, old ?? RegistryView.Empty);
    }

    private static async Task<RegistryView> Read(DbConnection connection, DbTransaction? transaction, RegistryView old)
    {
        // What is committed between these statements carries a higher number and is read again next time.
        var (no, known) = (await connection.ExecuteScalarAsync<long>("select no from reg_version where id = 1", transaction: transaction), new { old.No });
        var towns = With(old.Known, await connection.QueryAsync<MunicipalityRow>(MunicipalityRow.ChangedAfter, known, transaction), r => (r.Code, r.Read()));
        var acceptors = new List<KeyValuePair<AcceptorId, Acceptor>>();
        await foreach (var row in connection.QueryUnbufferedAsync<AcceptorRow>(AcceptorRow.ChangedAfter, known, transaction)) acceptors.Add(new(row.Id, row.Read(towns)));
        var kinds = await connection.QueryAsync<UsageRow>("select issuer, kind, area from reg_usage_kind where changed_no > @No", known, transaction);
        var single = await connection.QueryAsync<UsageRow>("select issuer, acceptor, allowed from reg_usage_acceptor where changed_no > @No", known, transaction);
        var streets = await connection.QueryAsync<GroupRow>($"{GroupRow.All} where changed_no > @No", known, transaction);
        var events = await connection.QueryAsync<EventRow>(EventRow.ChangedAfter, known, transaction);
        var eventTakers = await connection.QueryAsync<EventTakerRow>("select event, acceptor, takes from reg_event_acceptor where changed_no > @No", known, transaction);
        var sorts = await connection.QueryAsync<ProviderKindRow>(ProviderKindRow.ChangedAfter, known, transaction);
        var providers = await connection.QueryAsync<ProviderRow>(ProviderRow.ChangedAfter, known, transaction);
        var kindsOfProviders = With(old.KindsOfProviders, sorts, r => (r.Code, r.Read()));
        return new RegistryView
        {
            No = no, Known = towns, Names = towns == old.Known ? old.Names : new(towns.Values), Takers = old.Takers.With(acceptors), Placed = Placed(old, acceptors), Standing = Counted(old, acceptors),
            Kinds = With(old.Kinds, kinds, r => ((r.Issuer, r.Kind), Words<UsageArea>.Stored(r.Area))),
            Single = old.Single.With([.. single.Select(r => KeyValuePair.Create((AcceptorRow.Shared(r.Issuer, towns), r.Acceptor), r.Allowed is { } allowed ? allowed == 1 : (bool?)null))]),
            Streets = With(old.Streets, streets, r => (r.Id, r.Read())), Supported = With(old.Supported, events, r => (r.Id, r.Read())),
            EventTakers = old.EventTakers.With([.. eventTakers.Select(r => KeyValuePair.Create((r.Event, r.Acceptor), r.Takes == 1))]),
            KindsOfProviders = kindsOfProviders, KindWords = old.No >= 0 && kindsOfProviders == old.KindsOfProviders ? old.KindWords : new(kindsOfProviders.Values), KnownProviders = With(old.KnownProviders, providers, r => (r.Id, r.Read())),
        };
    }

    /// <returns>For no changed row the old one itself.</returns>
    private static Dictionary<TKey, TValue> With<TKey, TValue, TRow>(Dictionary<TKey, TValue> old, IEnumerable<TRow> changed, Func<TRow, (TKey, TValue)> read) where TKey : notnull
    {
        Dictionary<TKey, TValue>? now = null;
        foreach (var (key, value) in changed.Select(read)) (now ??= new(old))[key] = value;
        return now ?? old;
    }

    private static Dictionary<MunicipalityCode, AcceptorId[]> Placed(RegistryView old, List<KeyValuePair<AcceptorId, Acceptor>> changed) => With(old.Placed,
        changed.Where(c => old.Find(c.Key) is null).GroupBy(c => c.Value.Municipality, c => c.Key), town => (town.Key, (AcceptorId[])[.. old.Placed.GetValueOrDefault(town.Key, []), .. town]));

    private static Shards<(string Kind, MunicipalityCode Town), int> Counted(RegistryView old, List<KeyValuePair<AcceptorId, Acceptor>> changed)
    {
        var more = new Dictionary<(string Kind, MunicipalityCode Town), int>();
        foreach (var (id, now) in changed)
        {
            if (old.Find(id) is { } before) Add(before, -1);
            Add(now, 1);
        }
        return old.Standing.With([.. more.Where(m => m.Value != 0).Select(m => KeyValuePair.Create(m.Key, old.Standing.GetValueOrDefault(m.Key) + m.Value))]);

        void Add(Acceptor acceptor, int one)
        {
            if (acceptor.Takes) CollectionsMarshal.GetValueRefOrAddDefault(more, (acceptor.Kind.Code, acceptor.Municipality), out _) += one;
        }
    }

    private sealed record GroupRow
    {
        public const string All = "select id, municipality, name from reg_shop_group";

        public ShopGroupId Id { get; init; }
        public MunicipalityCode Municipality { get; init; }
        public string Name { get; init; } = "";

        public ShopGroup Read() => new(Id, Municipality, Name);
    }

    private sealed record EventTakerRow
    {
        public SupportEventId Event { get; init; }
        public AcceptorId Acceptor { get; init; }
        public int Takes { get; init; }
    }

    private sealed record UsageRow
    {
        public MunicipalityCode Issuer { get; init; }
        public string Kind { get; init; } = "";
        public string Area { get; init; } = "";
        public AcceptorId Acceptor { get; init; }
        public int? Allowed { get; init; }
    }
}
