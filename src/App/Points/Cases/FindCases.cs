using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Cases;

/// <summary>Reading cases.</summary>
public sealed class FindCases(Database database, Buckets buckets)
{
    private const int Newest = 100;

    private const int MostAtDesk = 300;

    public async Task<Case?> One(CaseNumber number, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<CaseRow>($"{CaseRow.All} where case_no = @Digits", new { number.Digits }))?.Read();
    }

    /// <summary>A citizen's own case; null as for a number that does not exist when it is somebody else's.</summary>
    public async Task<Case?> One(CitizenId citizen, string? number, CancellationToken stop = default) =>
        CaseNumber.Read(number) is { Ok: true, Value: var read } && await One(read, stop) is { } found && found.Citizen == citizen ? found : null;

    /// <summary>The one that is not closed yet about a line; there is never a second.</summary>
    public async Task<Case?> About(CitizenId citizen, CaseLine line, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<CaseRow>($"{CaseRow.All} where bucket = @Bucket and citizen = @citizen and history = @History and transfer = @Transfer and state <> 'closed'",
            new { Bucket = buckets.Of(citizen.Value), citizen, line.History, line.Transfer }))?.Read();
    }

    public async Task<Case?> ById(CitizenId citizen, Guid id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<CaseRow>($"{CaseRow.All} where bucket = @Bucket and id = @id", new { Bucket = buckets.Of(citizen.Value), id }))?.Read();
    }

    /// <summary>A citizen's, newest first.</summary>
    public async Task<IReadOnlyList<Case>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<CaseRow>($"{CaseRow.All} where bucket = @Bucket and citizen = @citizen order by opened_ms desc limit @Newest",
            new { Bucket = buckets.Of(citizen.Value), citizen, Newest })).Select(r => r.Read())];
    }

    /// <summary>What a desk looks after or has handed on and is not closed: what waits for an answer first, the oldest before the others.</summary>
    /// <param name="desk">null: the operators.</param>
    public async Task<IReadOnlyList<Case>> At(MunicipalityCode? desk, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<CaseRow>($"{CaseRow.All} where state <> 'closed' and (desk = @Desk or passed_by = @Desk) order by state desc, opened_ms limit @MostAtDesk",
            new { Desk = CaseRow.Stored(desk), MostAtDesk })).Select(r => r.Read())];
    }

    /// <summary>How many wait for an answer of a desk.</summary>
    public async Task<long> Waiting(MunicipalityCode? desk, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await connection.ExecuteScalarAsync<long>("select count(*) from pts_case where desk = @Desk and state = 'open'", new { Desk = CaseRow.Stored(desk) });
    }

    public async Task<IReadOnlyList<CaseAnswer>> Answers(Case about, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(Guid Id, string Desk, string Said, long SaidMs)>("select id, desk, said, said_ms from pts_case_answer where bucket = @Bucket and case_id = @Id order by said_ms, id",
            new { Bucket = buckets.Of(about.Citizen.Value), about.Id })).Select(a => new CaseAnswer(a.Id, CaseRow.DeskOf(a.Desk), a.Said, a.SaidMs))];
    }
}
