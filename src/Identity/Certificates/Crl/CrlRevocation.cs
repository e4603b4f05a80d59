using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Certificates.Crl;

/// <summary>Answers from the revocation lists in the database: one that is past its nextUpdate proves nothing any more. Questions of one instant share a trip.</summary>
public sealed class CrlRevocation : IRevocationSource
{
    private const string CoveringOnPostgres = """
        select k.no, c.next_update_ms, r.reason from unnest(@nos, @authorities, @serials, @points) k(no, authority, serial, point)
        join lateral (select * from idn_crl o where o.authority = k.authority and o.state = 1 and o.point = k.point offset 0) c on true
        left join lateral (select * from idn_revoked o where o.crl = c.id and o.serial = k.serial offset 0) r on true
        """;

    private const string CoveringOnSqlite = """
        select 0 as no, c.next_update_ms, r.reason from idn_crl c
        left join idn_revoked r on r.crl = c.id and r.serial = @Serial
        where c.authority = @Authority and c.state = 1 and c.point in @Points
        """;

    private static readonly string[] WholeAuthority = [""];

    private readonly Database database;
    private readonly TimeProvider clock;
    private readonly Gathered<RevocationQuestion, List<Covering>> waiting;

    public CrlRevocation(Database database, TimeProvider clock)
    {
        (this.database, this.clock) = (database, clock);
        waiting = new Gathered<RevocationQuestion, List<Covering>>(Load);
    }

    public async Task<Revocation> Of(RevocationQuestion question, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var lists = Must.Have(await waiting.Find(question), "every question is answered");
        // Revoked stays revoked, however old the list that says so.
        foreach (var list in lists)
            if (list.Reason is { } code) return Revocation.Revoked((RevocationReason)code);
        var now = clock.NowMs();
        return lists.Any(l => now < l.NextUpdateMs) ? Revocation.Good : Revocation.Unknown;
    }

    private async Task<IReadOnlyList<List<Covering>?>> Load(IReadOnlyList<RevocationQuestion> questions)
    {
        await using var connection = await database.Open();
        var lists = questions.Select(_ => new List<Covering>()).ToList();
        if (database.Engine == Engine.Sqlite)
        {
            for (var i = 0; i < questions.Count; i++)
                lists[i].AddRange(await connection.QueryAsync<Covering>(CoveringOnSqlite, new { questions[i].Authority, questions[i].Serial, Points = PointsOf(questions[i]) }));
            return lists;
        }
        var rows = questions.SelectMany((q, no) => PointsOf(q).Select(point => (No: no, q.Authority, q.Serial, Point: point))).ToList();
        var (nos, authorities) = (rows.Select(r => r.No).ToArray(), rows.Select(r => r.Authority).ToArray());
        var (serials, points) = (rows.Select(r => r.Serial).ToArray(), rows.Select(r => r.Point).ToArray());
        foreach (var found in await connection.QueryAsync<Covering>(CoveringOnPostgres, new { nos, authorities, serials, points })) lists[found.No].Add(found);
        return lists;
    }

    private static IEnumerable<string> PointsOf(RevocationQuestion question) => WholeAuthority.Concat(question.Points).Distinct();

    /// <summary>A list that covers a certificate.</summary>
    private sealed class Covering
    {
        public int No { get; init; }
        public long NextUpdateMs { get; init; }
        public int? Reason { get; init; }
    }
}
