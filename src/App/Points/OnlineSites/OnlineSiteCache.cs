using System.Data.Common;
using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.OnlineSites;

/// <summary>The sites as they stood at one moment.</summary>
public sealed class OnlineSiteView
{
    internal OnlineSiteView(IReadOnlyList<OnlineSite> all) => All = all;

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<OnlineSite> All { get; }

    public OnlineSite? Find(OnlineSiteId id) => All.FirstOrDefault(s => s.Id == id);

    public OnlineSite? Find(string? key) => All.FirstOrDefault(s => s.Key == key);

    /// <summary>Those that citizens can link and use on a day.</summary>
    public IEnumerable<OnlineSite> OpenOn(DateOnly day) => All.Where(s => s.OpenOn(day));
}

/// <summary>The sites in memory, at most a second stale. There are few, so they are read whole.</summary>
public sealed class OnlineSiteCache(Database database, TimeProvider clock) : IDisposable
{
    private readonly Cached<OnlineSiteView> view = new(clock, _ => Load(database));

    /// <summary>Ask once per request and use it throughout.</summary>
    public ValueTask<OnlineSiteView> View() => view.Get();

    public void Dispose() => view.Dispose();

    /// <summary>What was changed is seen by this process at once.</summary>
    internal void Drop() => view.Drop();

    /// <summary>A change in a transaction of its own, seen by this process at once.</summary>
    internal async Task<Result<OnlineSite>> Change(OnlineSiteId id, Func<Transaction, Task> work, CancellationToken stop)
    {
        await database.Write(work, stop);
        view.Drop();
        return Must.Have((await View()).Find(id), "a site that was changed is there");
    }

    private static async Task<OnlineSiteView> Load(Database database)
    {
        await using var connection = await database.Open();
        var logins = (await Rows<LoginRow>(connection, "select site, from_day, authorize_url, token_url, api_url, client_id from pts_online_login order by from_day desc")).ToLookup(r => r.Site, r => r.Read());
        var sellers = (await Rows<SellerRow>(connection, "select site, municipality, from_day, until_day, acceptor from pts_online_seller order by municipality, from_day desc")).ToLookup(r => r.Site, r => r.Read());
        var hooks = (await Rows<HookRow>(connection, "select site, url, key_no from pts_online_hook")).ToDictionary(r => r.Site, r => new OnlineHook(new Uri(r.Url), r.KeyNo));
        var sites = await Rows<SiteRow>(connection, "select id, stable_key, name, kind, home, about, from_day, until_day from pts_online_site");
        return new OnlineSiteView([.. sites.Select(r => r.Read() with { Logins = [.. logins[r.Id]], Sellers = [.. sellers[r.Id]], Hook = hooks.GetValueOrDefault(r.Id) }).OrderBy(s => s.Name, StringComparer.Ordinal)]);
    }

    private static Task<IEnumerable<T>> Rows<T>(DbConnection connection, string sql) => connection.QueryAsync<T>(sql);

    private sealed record SiteRow
    {
        public OnlineSiteId Id { get; init; }
        public string StableKey { get; init; } = "";
        public string Name { get; init; } = "";
        public string Kind { get; init; } = "";
        public string Home { get; init; } = "";
        public string About { get; init; } = "";
        public DateOnly FromDay { get; init; }
        public DateOnly? UntilDay { get; init; }

        public OnlineSite Read() => new(Id, StableKey, Name, Words<OnlineSiteKind>.Stored(Kind), Home, About, FromDay, UntilDay);
    }

    private sealed record LoginRow
    {
        public OnlineSiteId Site { get; init; }
        public DateOnly FromDay { get; init; }
        public string AuthorizeUrl { get; init; } = "";
        public string TokenUrl { get; init; } = "";
        public string ApiUrl { get; init; } = "";
        public string ClientId { get; init; } = "";

        public OnlineLogin Read() => new(FromDay, new Uri(AuthorizeUrl), new Uri(TokenUrl), new Uri(ApiUrl), ClientId);
    }

    private sealed record SellerRow
    {
        public OnlineSiteId Site { get; init; }
        public MunicipalityCode Municipality { get; init; }
        public DateOnly FromDay { get; init; }
        public DateOnly? UntilDay { get; init; }
        public AcceptorId Acceptor { get; init; }

        public OnlineSeller Read() => new(Municipality, Acceptor, FromDay, UntilDay);
    }

    private sealed record HookRow
    {
        public OnlineSiteId Site { get; init; }
        public string Url { get; init; } = "";
        public int KeyNo { get; init; }
    }
}
