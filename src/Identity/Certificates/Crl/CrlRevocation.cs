using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Certificates.Crl;

/// <summary>Answers from the revocation lists in the database: one that is past its nextUpdate proves nothing any more.</summary>
public sealed class CrlRevocation(Database database, TimeProvider clock) : IRevocationSource
{
    private const string Covering = """
        select c.next_update_ms, (select r.entries from idn_revoked_run r where r.crl = c.id and r.first_serial <= @Key order by r.first_serial desc limit 1) as run from idn_crl c
        where c.authority = @Authority and c.state = 1 and c.point
        """;

    private static readonly string[] WholeAuthority = [""];

    public async Task<Revocation> Of(RevocationQuestion question, CancellationToken stop)
    {
        var sql = Covering + (database.Engine == Engine.Postgres ? " = any(@Points)" : " in @Points");
        if (RevokedRuns.Key(question.Serial) is not { } key) return Revocation.Unknown;
        var parameters = new { question.Authority, Key = key, Points = WholeAuthority.Concat(question.Points).ToArray() };
        await using var connection = await database.Open(stop);
        var lists = (await connection.QueryAsync<(long NextUpdateMs, byte[]? Run)>(new CommandDefinition(sql, parameters, cancellationToken: stop))).AsList();

        // Revoked stays revoked, however old the list that says so.
        foreach (var (_, run) in lists)
            if (RevokedRuns.Find(run, key) is { } reason) return Revocation.Revoked(reason);
        var now = clock.NowMs();
        return lists.Any(l => now < l.NextUpdateMs) ? Revocation.Good : Revocation.Unknown;
    }
}
