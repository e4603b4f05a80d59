using Dapper;
using MyKey.App.OnlineSites;
using MyKey.App.SiteEvents;
using MyKey.Identity;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.OnlineLinks;

/// <summary>A citizen's link with an online site: the site may pledge the citizen's points until it is taken away.</summary>
/// <param name="Id">By which the site knows it.</param>
public sealed record OnlineLink(CitizenId Citizen, OnlineSiteId Site, Guid Id, long MadeMs);

/// <summary>
/// The links. The site holds a token that nothing leads from to a person; here lies its hash. A token dies with its link, and the link with the leave of
/// its citizen or with the ID (S0-4015).
/// </summary>
public sealed class KeepOnlineLinks(Database database, Buckets buckets, OnlineSiteCache sites, SiteEventRows events, OperationLog log, TimeProvider clock)
{
    public const string Prefix = "ml_";

    private const string Columns = "select citizen, site, id, made_ms from pts_online_link";

    private const string Put = """
        insert into pts_online_link(bucket, citizen, site, id, token_hash, made_ms, used_ms) values (@Bucket, @Citizen, @Site, @Id, @Hash, @now, 0)
        on conflict (bucket, citizen, site) do update set id = @Id, token_hash = @Hash, made_ms = @now, used_ms = 0
        """;

    private const string Delete = "delete from pts_online_link where bucket = @Bucket and citizen = @Citizen and site = @Site and id = @Id";

    /// <summary>A pledge needs its link in the very transaction that makes it.</summary>
    internal const string Alive = "update pts_online_link set used_ms = @LinkMs where bucket = @LinkBucket and citizen = @LinkCitizen and site = @LinkSite and id = @LinkId";

    public async Task<IReadOnlyList<OnlineLink>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{Columns} where bucket = @Bucket and citizen = @citizen order by made_ms", new { Bucket = buckets.Of(citizen.Value), citizen })).Select(r => r.Read())];
    }

    /// <summary>By the token that a site shows; another site's token says nothing.</summary>
    public async Task<OnlineLink?> Find(OnlineSite site, string? token, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var found = (await connection.QuerySingleOrDefaultAsync<Row>($"{Columns} where token_hash = @Hash", new { Hash = Token.HashOf(token) }))?.Read();
        return found?.Site == site.Id ? found : null;
    }

    /// <summary>Takes the link away; what is pledged already stays until the site captures or releases it.</summary>
    /// <returns>false when there was none.</returns>
    public async Task<bool> Remove(CitizenId citizen, OnlineSite site, CancellationToken stop = default)
    {
        if ((await Of(citizen, stop)).FirstOrDefault(l => l.Site == site.Id) is not { } link) return false;
        return await database.Write(tx => Remove(tx, link, site, "citizen"), stop);
    }

    /// <summary>All links of an ID that is stopped or given up.</summary>
    internal async Task RemoveAll(Transaction tx, CitizenId citizen)
    {
        var links = (await tx.Connection.QueryAsync<Row>($"{Columns} where bucket = @Bucket and citizen = @citizen", new { Bucket = buckets.Of(citizen.Value), citizen }, tx.Handle)).Select(r => r.Read()).ToList();
        if (links.Count == 0) return;
        var view = await sites.View();
        foreach (var link in links) await Remove(tx, link, view.Find(link.Site), "stopped");
    }

    /// <summary>The link with its token's hash; a second one takes the place of the first.</summary>
    internal Task Store(OnlineLink link, byte[] hash, CancellationToken stop) => database.Write(async tx =>
    {
        await tx.Connection.ExecuteAsync(Put, new { Bucket = buckets.Of(link.Citizen.Value), link.Citizen, link.Site, link.Id, Hash = hash, now = clock.NowMs() }, tx.Handle);
        await log.Write(tx, new Operation("online_link.made", Actor.Of(link.Citizen), link.Site.Value, link.Citizen));
    }, stop);

    internal Companion StillThere(OnlineLink link, Refusal otherwise) => new(Alive,
        [("LinkMs", clock.NowMs()), ("LinkBucket", buckets.Of(link.Citizen.Value)), ("LinkCitizen", link.Citizen), ("LinkSite", link.Site), ("LinkId", link.Id)], 1, otherwise);

    private async Task<bool> Remove(Transaction tx, OnlineLink link, OnlineSite? site, string why)
    {
        if (await tx.Connection.ExecuteAsync(Delete, new { Bucket = buckets.Of(link.Citizen.Value), link.Citizen, link.Site, link.Id }, tx.Handle) == 0) return false;
        await log.Write(tx, new Operation("online_link.removed", Actor.Of(link.Citizen), link.Site.Value, link.Citizen, After: why));
        if (site is not null) await events.Write(tx, site, SiteNews.LinkRemoved(link.Id, why));
        return true;
    }

    private sealed record Row
    {
        public CitizenId Citizen { get; init; }
        public OnlineSiteId Site { get; init; }
        public Guid Id { get; init; }
        public long MadeMs { get; init; }

        public OnlineLink Read() => new(Citizen, Site, Id, MadeMs);
    }
}
