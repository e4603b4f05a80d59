using System.Data.Common;
using System.Globalization;
using Dapper;
using MyKey.App.OnlineSites;
using MyKey.App.PartnerLinks;
using MyKey.App.Proposals;
using MyKey.App.Registry;
using MyKey.App.StreetCards;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.WrappedSecrets;

/// <summary>Secrets that wait with their proposal. The hash is over the wrapped secret, too, so it moves with it; what was not as it was proposed stays as it is.</summary>
public sealed class ProposalSecrets(IEnumerable<IProposed> kinds) : WrappedPlace("pts_proposal.secret")
{
    private const string Keys = "select case when substr(secret, 1, 8) = @Mark then substr(secret, 9, 8) end as key, count(*) as rows from pts_proposal where secret is not null group by 1";

    private const string Others = """
        select o.id, o.kind, o.subject, o.part, o.content, o.secret, o.hash, o.maker, o.made_ms, coalesce(p.id, s.id) as owner
        from pts_proposal o left join pts_partner p on o.kind = 'partner_site' and p.stable_key = o.subject left join pts_online_site s on o.kind = 'site_login' and s.stable_key = o.subject
        where o.secret is not null and substr(o.secret, 1, 16) <> @head order by o.id limit @most
        """;

    private const string Replace = "update pts_proposal set secret = @Secret, hash = @Hash where id = @Id and secret = @Before";

    // Since they are erased with the decision there are none; from before there may be.
    private const string Decided = "update pts_proposal set secret = null where state <> 'waiting' and secret is not null";

    public override async Task<IReadOnlyList<UnderKey>> Count(DbConnection connection, CancellationToken stop) =>
        [.. (await connection.QueryAsync<(byte[]? Key, long Rows)>(new CommandDefinition(Keys, new { Mark = Mark() }, cancellationToken: stop))).Select(r => new UnderKey(r.Key is { } key ? Convert.ToHexStringLower(key) : null, r.Rows))];

    public override async Task<WrappedAnew> Some(Database database, Kek kek, int most, CancellationToken stop)
    {
        await database.Write(tx => tx.Connection.ExecuteAsync(Decided, transaction: tx.Handle), stop);
        var head = await Head(kek, stop);
        List<Row> rows;
        await using (var connection = await database.Open(stop)) rows = (await connection.QueryAsync<Row>(new CommandDefinition(Others, new { head, most }, cancellationToken: stop))).AsList();
        var (news, unreadable) = (new List<object>(), 0);
        foreach (var row in rows)
        {
            var before = row.Read();
            if (!before.Hash().AsSpan().SequenceEqual(row.Hash) || await Anew(kek, row.Secret, OwnerOf(row), stop) is not { } anew) unreadable++;
            else news.Add(new { row.Id, Secret = anew, Hash = (before with { Secret = anew }).Hash(), Before = row.Secret });
        }
        if (news.Count > 0) await database.Write(tx => tx.Connection.ExecuteAsync(Replace, news, tx.Handle), stop);
        return new WrappedAnew(news.Count, unreadable);
    }

    private string OwnerOf(Row row) => row.Read().Kind switch
    {
        ProposalKind.PartnerSite => PartnerSecrets.Owner(PartnerId.Of(row.Owner), row.Day()),
        ProposalKind.SiteLogin => OnlineSecrets.LoginOwner(OnlineSiteId.Of(row.Owner), row.Day()),
        ProposalKind.CardOperator => StreetCardOperators.Owner(Guid.Parse(row.Subject)),
        var other => kinds.Single(k => k.Kind == other).SecretOwner(row.Read()),
    };

    private sealed record Row
    {
        public Guid Id { get; init; }
        public string Kind { get; init; } = "";
        public string Subject { get; init; } = "";
        public string Part { get; init; } = "";
        public string Content { get; init; } = "";
        public byte[] Secret { get; init; } = [];
        public byte[] Hash { get; init; } = [];
        public StaffId Maker { get; init; }
        public long MadeMs { get; init; }
        public Guid Owner { get; init; }

        public Proposal Read() => new(Id, Words<ProposalKind>.Stored(Kind), Subject, Part, Content, Secret, Maker, MadeMs);

        public DateOnly Day() => DateOnly.ParseExact(Part, "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
