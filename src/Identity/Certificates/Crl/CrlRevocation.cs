using System.Collections.Concurrent;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Certificates.Crl;

/// <summary>
/// Answers from the revocation lists in the database: one that is past its nextUpdate proves nothing any more. Questions of one instant share a trip, and what a list
/// has said about a serial is remembered for as long as that list is in force, because it can't say anything else.
/// </summary>
public sealed class CrlRevocation : IRevocationSource
{
    private const int MostSaid = 50_000;

    // A list that has been replaced loses its runs: only while it is in force does its silence say anything.
    private const string SaidOnPostgres = """
        select k.no - 1 as no, (select r.entries from idn_revoked_run r where r.crl = c.id and r.first_serial <= k.key order by r.first_serial desc limit 1) as run
        from unnest(@lists, @keys) with ordinality k(list, key, no)
        join lateral (select * from idn_crl o where o.id = k.list and o.state = 1 offset 0) c on true
        """;

    private const string SaidOnSqlite = """
        select 0 as no, (select r.entries from idn_revoked_run r where r.crl = c.id and r.first_serial <= @Key order by r.first_serial desc limit 1) as run
        from idn_crl c where c.id = @List and c.state = 1
        """;

    private readonly Database database;
    private readonly ListsInForce lists;
    private readonly TimeProvider clock;
    private readonly Gathered<Question, Said> waiting;
    private readonly ConcurrentDictionary<(Guid List, string Serial), Said> said = new();

    public CrlRevocation(Database database, ListsInForce lists, TimeProvider clock)
    {
        (this.database, this.lists, this.clock) = (database, lists, clock);
        waiting = new Gathered<Question, Said>(Load);
    }

    public async Task<Revocation> Of(RevocationQuestion question, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (RevokedRuns.Key(question.Serial) is not { } key) return Revocation.Unknown;
        if (await Judge(question, key) is { } answer) return answer;
        lists.Drop();
        return await Judge(question, key) ?? Revocation.Unknown;
    }

    /// <returns>null: one of the lists has just been replaced and says nothing any more.</returns>
    private async ValueTask<Revocation?> Judge(RevocationQuestion question, byte[] key)
    {
        var (good, now) = (false, clock.NowMs());
        foreach (var list in await lists.Covering(question.Authority, question.Points))
        {
            if (await Ask(list.Id, question.Serial, key) is not { } answer) return null;
            // Revoked stays revoked, however old the list that says so.
            if (answer.Reason is { } reason) return Revocation.Revoked(reason);
            good |= now < list.NextUpdateMs;
        }
        return good ? Revocation.Good : Revocation.Unknown;
    }

    private async ValueTask<Said?> Ask(Guid list, string serial, byte[] key)
    {
        if (said.TryGetValue((list, serial), out var before)) return before;
        if (await waiting.Find(new Question(list, key)) is not { } answer) return null;
        if (said.Count >= MostSaid) said.Clear();
        said[(list, serial)] = answer;
        return answer;
    }

    private async Task<IReadOnlyList<Said?>> Load(IReadOnlyList<Question> questions)
    {
        await using var connection = await database.Open();
        var answers = new Said?[questions.Count];
        if (database.Engine == Engine.Sqlite)
        {
            for (var i = 0; i < questions.Count; i++)
                foreach (var row in await connection.QueryAsync<Row>(SaidOnSqlite, questions[i])) answers[i] = row.About(questions[i]);
            return answers;
        }
        var (ids, keys) = (questions.Select(q => q.List).ToArray(), questions.Select(q => q.Key).ToArray());
        foreach (var row in await connection.QueryAsync<Row>(SaidOnPostgres, new { lists = ids, keys })) answers[row.No] = row.About(questions[(int)row.No]);
        return answers;
    }

    /// <param name="Key">The serial as the runs have it.</param>
    private sealed record Question(Guid List, byte[] Key);

    /// <param name="Reason">null: the list does not name the serial.</param>
    private sealed record Said(RevocationReason? Reason);

    /// <summary>The run of a list in which a serial stands if it stands anywhere.</summary>
    private sealed class Row
    {
        public long No { get; init; }
        public byte[]? Run { get; init; }

        public Said About(Question question) => new(RevokedRuns.Find(Run, question.Key));
    }
}
