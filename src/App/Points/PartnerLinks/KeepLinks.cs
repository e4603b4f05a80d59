using System.Text.Json;
using Dapper;
using MyKey.Identity;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.PartnerLinks;

/// <summary>A citizen's link with a partner: we may act there for the citizen until it is taken away, here or there.</summary>
/// <param name="Version">Rises with every exchange of tokens.</param>
public sealed record PartnerLink(CitizenId Citizen, PartnerId Partner, int Version, long MadeMs)
{
    internal byte[] Wrapped { get; init; } = [];
}

/// <summary>The links with their tokens, which lie wrapped: whoever reads the table can't act for anybody.</summary>
public sealed class KeepLinks(Database database, Kek kek, Buckets buckets, OperationLog log, TimeProvider clock)
{
    /// <summary>A renewal that has not ended by then was broken off.</summary>
    private const int RenewMs = 15_000;

    private const string Columns = "select citizen, partner, tokens, version, made_ms from pts_link";

    private const string Put = """
        insert into pts_link(bucket, citizen, partner, tokens, version, renewing_ms, made_ms, partner_hash) values (@Bucket, @citizen, @partner, @wrapped, 1, 0, @now, @Hash)
        on conflict (bucket, citizen, partner) do update set tokens = @wrapped, version = pts_link.version + 1, renewing_ms = 0, made_ms = @now, partner_hash = @Hash
        """;

    private const string Claim = "update pts_link set renewing_ms = @now where bucket = @Bucket and citizen = @Citizen and partner = @Partner and version = @Version and renewing_ms <= @before";

    private const string Unclaim = "update pts_link set renewing_ms = 0 where bucket = @Bucket and citizen = @Citizen and partner = @Partner and version = @Version";

    private const string Renew = "update pts_link set tokens = @wrapped, version = version + 1, renewing_ms = 0 where bucket = @Bucket and citizen = @Citizen and partner = @Partner and version = @Version";

    private const string Drop = "delete from pts_link where bucket = @Bucket and citizen = @Citizen and partner = @Partner and version = @Version";

    private const string Delete = "delete from pts_link where bucket = @Bucket and citizen = @citizen and partner = @partner";

    public async Task<IReadOnlyList<PartnerLink>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<LinkRow>($"{Columns} where bucket = @Bucket and citizen = @citizen order by made_ms", new { Bucket = buckets.Of(citizen.Value), citizen })).Select(r => r.Read())];
    }

    public async Task<PartnerLink?> Find(CitizenId citizen, PartnerId partner, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var key = new { Bucket = buckets.Of(citizen.Value), citizen, partner };
        return (await connection.QuerySingleOrDefaultAsync<LinkRow>($"{Columns} where bucket = @Bucket and citizen = @citizen and partner = @partner", key))?.Read();
    }

    /// <summary>By the word that the partner has given with its leave (S2-P3b).</summary>
    /// <returns>null when it is nobody's, or not one citizen's alone.</returns>
    public async Task<PartnerLink?> Find(PartnerId partner, string? word, CancellationToken stop = default)
    {
        if (string.IsNullOrEmpty(word)) return null;
        await using var connection = await database.Open(stop);
        var found = (await connection.QueryAsync<LinkRow>($"{Columns} where partner = @partner and partner_hash = @Hash limit 2", new { partner, Hash = Token.HashOf(word) })).ToList();
        return found.Count == 1 ? found[0].Read() : null;
    }

    /// <summary>Takes the link away here; orders under way go on, for they are asked about in our own name.</summary>
    /// <returns>false when there was none.</returns>
    public Task<bool> Remove(CitizenId citizen, PartnerId partner, CancellationToken stop = default) => database.Write(async tx =>
    {
        if (await tx.Connection.ExecuteAsync(Delete, new { Bucket = buckets.Of(citizen.Value), citizen, partner }, tx.Handle) == 0) return false;
        await log.Write(tx, new Operation("partner_link.removed", Actor.Of(citizen), partner.Value, citizen));
        return true;
    }, stop);

    /// <summary>All links of an ID that is given up.</summary>
    internal async Task RemoveAll(Transaction tx, CitizenId citizen)
    {
        var partners = await tx.Connection.QueryAsync<PartnerId>("delete from pts_link where bucket = @Bucket and citizen = @citizen returning partner", new { Bucket = buckets.Of(citizen.Value), citizen }, tx.Handle);
        foreach (var partner in partners) await log.Write(tx, new Operation("partner_link.removed", Actor.Of(citizen), partner.Value, citizen));
    }

    internal async Task Store(CitizenId citizen, PartnerId partner, PartnerTokens tokens, CancellationToken stop)
    {
        var wrapped = await Wrap(citizen, partner, tokens, stop);
        await database.Write(async tx =>
        {
            await tx.Connection.ExecuteAsync(Put, new { Bucket = buckets.Of(citizen.Value), citizen, partner, wrapped, now = clock.NowMs(), Hash = tokens.Link is { } word ? Token.HashOf(word) : null }, tx.Handle);
            await log.Write(tx, new Operation("partner_link.made", Actor.Of(citizen), partner.Value, citizen));
        }, stop);
    }

    internal async Task<PartnerTokens> Tokens(PartnerLink link, CancellationToken stop) =>
        JsonSerializer.Deserialize<PartnerTokens>(await kek.Unwrap(link.Wrapped, Owner(link.Citizen, link.Partner), stop))!;

    /// <summary>Whoever renews the tokens does it alone: a partner may take a refresh token once only.</summary>
    /// <returns>false while another process is at it.</returns>
    internal Task<bool> Begin(PartnerLink link, CancellationToken stop)
    {
        var now = clock.NowMs();
        return database.Write(async tx => await tx.Connection.ExecuteAsync(Claim, new { Bucket = buckets.Of(link.Citizen.Value), link.Citizen, link.Partner, link.Version, now, before = now - RenewMs }, tx.Handle) == 1, stop);
    }

    internal Task GiveUp(PartnerLink link, CancellationToken stop) =>
        database.Write(tx => tx.Connection.ExecuteAsync(Unclaim, new { Bucket = buckets.Of(link.Citizen.Value), link.Citizen, link.Partner, link.Version }, tx.Handle), stop);

    /// <summary>New tokens in place of those of <paramref name="link"/>; nothing where somebody else was quicker.</summary>
    internal async Task Replace(PartnerLink link, PartnerTokens tokens, CancellationToken stop)
    {
        var wrapped = await Wrap(link.Citizen, link.Partner, tokens, stop);
        await database.Write(tx => tx.Connection.ExecuteAsync(Renew, new { Bucket = buckets.Of(link.Citizen.Value), link.Citizen, link.Partner, link.Version, wrapped }, tx.Handle), stop);
    }

    /// <summary>The partner takes its tokens no longer: the link is over, unless it has new ones meanwhile.</summary>
    internal Task Lose(PartnerLink link, CancellationToken stop) => database.Write(async tx =>
    {
        if (await tx.Connection.ExecuteAsync(Drop, new { Bucket = buckets.Of(link.Citizen.Value), link.Citizen, link.Partner, link.Version }, tx.Handle) == 0) return;
        await log.Write(tx, new Operation("partner_link.lost", Actor.Of(link.Citizen), link.Partner.Value, link.Citizen));
    }, stop);

    private async Task<byte[]> Wrap(CitizenId citizen, PartnerId partner, PartnerTokens tokens, CancellationToken stop) =>
        (await kek.Wrap(JsonSerializer.SerializeToUtf8Bytes(tokens), Owner(citizen, partner), stop)).Wrapped;

    internal static string Owner(CitizenId citizen, PartnerId partner) => $"partner-link:{citizen.Value:N}:{partner.Value:N}";

    private sealed record LinkRow
    {
        public CitizenId Citizen { get; init; }
        public PartnerId Partner { get; init; }
        public byte[] Tokens { get; init; } = [];
        public int Version { get; init; }
        public long MadeMs { get; init; }

        public PartnerLink Read() => new(Citizen, Partner, Version, MadeMs) { Wrapped = Tokens };
    }
}
