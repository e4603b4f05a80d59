using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Certificates.Crl;

/// <summary>Answers from the revocation lists in the database: one that is past its nextUpdate proves nothing any more. Questions of one instant share a trip.</summary>
public sealed class CrlRevocation : IRevocationSource
{
    private const string CoveringOnPostgres = """
        select k.no, c.next_update_ms,
          (select r.entries from idn_revoked_run r where r.crl = c.id and r.first_serial <= k.key order by r.first_serial desc limit 1) as run
        from unnest(@nos, @authorities, @keys, @points) k(no, authority, key, point)
        join lateral (select * from idn_crl o where o.authority = k.authority and o.state = 1 and o.point = k.point offset 0) c on true
        """;

    private const string CoveringOnSqlite = """
        select 0 as no, c.next_update_ms,
          (select r.entries from idn_revoked_run r where r.crl = c.id and r.first_serial <= @Key order by r.first_serial desc limit 1) as run
        from idn_crl c where c.authority = @Authority and c.state = 1 and c.point in @Points
        """;

    private static readonly string[] WholeAuthority = [""];

    private readonly Database database;
    private readonly TimeProvider clock;
    private readonly Gathered<Question, List<Covering>> waiting;

    public CrlRevocation(Database database, TimeProvider clock)
    {
        (this.database, this.clock) = (database, clock);
        waiting = new Gathered<Question, List<Covering>>(Load);
    }

    public async Task<Revocation> Of(RevocationQuestion question, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (RevokedRuns.Key(question.Serial) is not { } key) return Revocation.Unknown;
        var lists = Must.Have(await waiting.Find(new Question(question.Authority, key, [.. WholeAuthority.Concat(question.Points).Distinct()])), "every question is answered");
        // Revoked stays revoked, however old the list that says so.
        foreach (var list in lists)
            if (RevokedRuns.Find(list.Run, key) is { } reason) return Revocation.Revoked(reason);
        var now = clock.NowMs();
        return lists.Any(l => now < l.NextUpdateMs) ? Revocation.Good : Revocation.Unknown;
    }

    private async Task<IReadOnlyList<List<Covering>?>> Load(IReadOnlyList<Question> questions)
    {
        await using var connection = await database.Open();
        var lists = questions.Select(_ => new List<Covering>()).ToList();
        if (database.Engine == Engine.Sqlite)
        {
            for (var i = 0; i < questions.Count; i++) lists[i].AddRange(await connection.QueryAsync<Covering>(CoveringOnSqlite, questions[i]));
            return lists;
        }
        var rows = questions.SelectMany((q, no) => q.Points.Select(point => (No: no, q.Authority, q.Key, Point: point))).ToList();
        var (nos, authorities) = (rows.Select(r => r.No).ToArray(), rows.Select(r => r.Authority).ToArray());
        var (keys, points) = (rows.Select(r => r.Key).ToArray(), rows.Select(r => r.Point).ToArray());
        foreach (var found in await connection.QueryAsync<Covering>(CoveringOnPostgres, new { nos, authorities, keys, points })) lists[found.No].Add(found);
        return lists;
    }

    /// <param name="Key">The serial as the runs have it.</param>
    /// <param name="Points">The names of lists that may cover it; the whole authority's is empty.</param>
    private sealed record Question(string Authority, byte[] Key, string[] Points);

    /// <summary>A list that covers a certificate, and its run in which the serial stands if it stands anywhere.</summary>
    private sealed class Covering
    {
        public int No { get; init; }
        public long NextUpdateMs { get; init; }
        public byte[]? Run { get; init; }
    }
}
