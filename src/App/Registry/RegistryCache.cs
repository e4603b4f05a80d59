using System.Data.Common;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Registry;

/// <summary>The registry in memory, at most one second stale (S0-5018). A change costs the other processes the changed rows, not the whole.</summary>
public sealed class RegistryCache(Database database, TimeProvider clock) : IDisposable
{
    private readonly Cached<RegistryView> view = new(clock, old => Load(database, old));

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
    internal static Task<RegistryView> Read(Transaction tx) => Read(tx.Connection, tx.Handle, null);

    private static async Task<RegistryView> Load(Database database, RegistryView? old)
    {
        await using var connection = await database.Open();
        if (old is not null && await connection.ExecuteScalarAsync<long>("select no from reg_version where id = 1") == old.No) return old;
        return await Read(connection, null, old);
    }

    private static async Task<RegistryView> Read(DbConnection connection, DbTransaction? transaction, RegistryView? old)
    {
        // What is committed between these statements carries a higher number and is read again next time.
        var no = await connection.ExecuteScalarAsync<long>("select no from reg_version where id = 1", transaction: transaction);
        var known = new { No = old?.No ?? -1 };
        var municipalities = old is null ? [] : new Dictionary<MunicipalityCode, Municipality>(old.Known);
        // There may be hundreds of thousands of acceptors: they are copied only where one has changed.
        var changed = (await connection.QueryAsync<AcceptorRow>(AcceptorRow.ChangedAfter, known, transaction)).AsList();
        var acceptors = old is null ? new Dictionary<AcceptorId, Acceptor>(changed.Count) : changed.Count == 0 ? old.Takers : new Dictionary<AcceptorId, Acceptor>(old.Takers);
        var kinds = old is null ? [] : new Dictionary<(MunicipalityCode, string), UsageArea>(old.Kinds);
        var single = old is null ? [] : new Dictionary<(MunicipalityCode, AcceptorId), bool?>(old.Single);
        var streets = old is null ? [] : new Dictionary<ShopGroupId, ShopGroup>(old.Streets);
        var events = old is null ? [] : new Dictionary<SupportEventId, SupportEvent>(old.Supported);
        var eventTakers = old is null ? [] : new Dictionary<(SupportEventId, AcceptorId), bool>(old.EventTakers);
        var sorts = old is null ? [] : new Dictionary<string, ProviderKind>(old.KindsOfProviders);
        var providers = old is null ? [] : new Dictionary<ServiceProviderId, ServiceProvider>(old.KnownProviders);
        foreach (var row in await connection.QueryAsync<MunicipalityRow>(MunicipalityRow.ChangedAfter, known, transaction))
            municipalities[row.Code] = row.Read();
        foreach (var row in changed) acceptors[row.Id] = row.Read();
        foreach (var row in await connection.QueryAsync<UsageRow>("select issuer, kind, area from reg_usage_kind where changed_no > @No", known, transaction))
            kinds[(row.Issuer, row.Kind)] = Words<UsageArea>.Stored(row.Area);
        foreach (var row in await connection.QueryAsync<UsageRow>("select issuer, acceptor, allowed from reg_usage_acceptor where changed_no > @No", known, transaction))
            single[(row.Issuer, row.Acceptor)] = row.Allowed is { } allowed ? allowed == 1 : null;
        foreach (var row in await connection.QueryAsync<GroupRow>($"{GroupRow.All} where changed_no > @No", known, transaction))
            streets[row.Id] = row.Read();
        foreach (var row in await connection.QueryAsync<EventRow>(EventRow.ChangedAfter, known, transaction))
            events[row.Id] = row.Read();
        foreach (var row in await connection.QueryAsync<EventTakerRow>("select event, acceptor, takes from reg_event_acceptor where changed_no > @No", known, transaction))
            eventTakers[(row.Event, row.Acceptor)] = row.Takes == 1;
        foreach (var row in await connection.QueryAsync<ProviderKindRow>(ProviderKindRow.ChangedAfter, known, transaction))
            sorts[row.Code] = row.Read();
        foreach (var row in await connection.QueryAsync<ProviderRow>(ProviderRow.ChangedAfter, known, transaction))
            providers[row.Id] = row.Read();
        return new RegistryView(no, municipalities, acceptors, kinds, single, streets, events, eventTakers) { KindsOfProviders = sorts, KnownProviders = providers };
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
