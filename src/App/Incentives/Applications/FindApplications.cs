using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Applications;

/// <param name="After">The last one of the page before; null: from the first.</param>
public sealed record ApplicationQuery(ProgrammeId Programme, ApplicationState? State = null, TransferId? After = null);

/// <summary>Reading applications.</summary>
public sealed class FindApplications(Database database)
{
    public const int PerPage = 50;

    private const string OfProgramme = $"""
        {ApplicationRow.All} where programme = @Programme and (@State = '' or state = @State)
          and (made_ms > coalesce((select a.made_ms from inc_application a where a.id = @After), 0)
            or made_ms = (select a.made_ms from inc_application a where a.id = @After) and id > @After)
        order by made_ms, id limit @Count
        """;

    public async Task<Application?> One(TransferId id, CancellationToken stop = default) =>
        (await database.ReadTogether<ApplicationRow>($"{ApplicationRow.All} where id = @id", new { id }, stop))?.Read();

    /// <summary>What this person has applied for of this programme in the period.</summary>
    public async Task<Application?> Of(ProgrammeId programme, PersonKey person, int period, CancellationToken stop = default) =>
        (await database.ReadTogether<ApplicationRow>($"{ApplicationRow.All} where programme = @programme and person = @person and period = @period", new { programme, person, period }, stop))?.Read();

    /// <summary>All of a citizen, the newest first.</summary>
    public async Task<IReadOnlyList<Application>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<ApplicationRow>($"{ApplicationRow.All} where citizen = @citizen order by made_ms desc, id", new { citizen })).Select(r => r.Read())];
    }

    /// <summary>Of a programme, the oldest first.</summary>
    public async Task<(IReadOnlyList<Application> Found, bool More)> Page(ApplicationQuery query, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var found = (await connection.QueryAsync<ApplicationRow>(OfProgramme, new
        {
            query.Programme, State = query.State is { } state ? Words<ApplicationState>.Of(state) : "", After = query.After ?? new TransferId(Guid.Empty), Count = PerPage + 1,
        })).Select(r => r.Read()).ToList();
        return (found.Count > PerPage ? found[..PerPage] : found, found.Count > PerPage);
    }

    /// <summary>How many of a programme stand where.</summary>
    public async Task<IReadOnlyDictionary<ApplicationState, int>> Counts(ProgrammeId programme, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryAsync<(string State, long Count)>("select state, count(*) from inc_application where programme = @programme group by state", new { programme }))
            .ToDictionary(r => Words<ApplicationState>.Stored(r.State), r => (int)r.Count);
    }

    /// <summary>What waits for another officer, by programme.</summary>
    public async Task<IReadOnlyList<(ProgrammeId Programme, int Count)>> Approving(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(ProgrammeId Programme, long Count)>("""
            select programme, count(*) from inc_application where municipality = @municipality and state = 'approving' group by programme
            """, new { municipality })).Select(r => (r.Programme, (int)r.Count))];
    }

    /// <summary>Those that somebody began to post before this instant and nobody ended.</summary>
    public async Task<IReadOnlyList<Application>> Left(long beforeMs, int count, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<ApplicationRow>($"{ApplicationRow.All} where state = 'accepted' and decided_ms < @beforeMs order by decided_ms limit @count", new { beforeMs, count })).Select(r => r.Read())];
    }
}
