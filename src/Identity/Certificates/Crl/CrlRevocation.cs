using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Certificates.Crl;

/// <summary>Answers from the revocation lists in the database: one that is past its nextUpdate proves nothing any more.</summary>
public sealed class CrlRevocation(Database database, TimeProvider clock) : IRevocationSource
{
    private const string Covering = """
        select c.next_update_ms, r.reason from idn_crl c
        left join idn_revoked r on r.crl = c.id and r.serial = @Serial
        where c.authority = @Authority and c.state = 1 and c.point
        """;

    private static readonly string[] WholeAuthority = [""];

    public async Task<Revocation> Of(RevocationQuestion question, CancellationToken stop)
    {
        var sql = Covering + (database.Engine == Engine.Postgres ? " = any(@Points)" : " in @Points");
        var parameters = new { question.Authority, question.Serial, Points = WholeAuthority.Concat(question.Points).ToArray() };
        await using var connection = await database.Open(stop);
        var lists = (await connection.QueryAsync<(long NextUpdateMs, int? Reason)>(new CommandDefinition(sql, parameters, cancellationToken: stop))).AsList();

        // Revoked stays revoked, however old the list that says so.
        foreach (var (_, reason) in lists)
            if (reason is { } code) return Revocation.Revoked((RevocationReason)code);
        var now = clock.NowMs();
        return lists.Any(l => now < l.NextUpdateMs) ? Revocation.Good : Revocation.Unknown;
    }
}
