using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Activities;

/// <summary>What is looked for among the activities that everybody may read.</summary>
/// <param name="From">That are on this day or later.</param>
public sealed record ActivityQuery(DateOnly From, MunicipalityCode? Municipality = null, ProgrammeId? Offer = null, DateOnly? Day = null, int Page = 1);

/// <param name="More">There is a next page.</param>
public sealed record ActivityLeaf(IReadOnlyList<ActivityShown> Activities, bool More);

/// <summary>Reading activities.</summary>
public sealed class FindActivities(Database database, TimeProvider clock)
{
    public const int PerPage = 20, MostPages = 500;

    private const int MostAtOnce = 2_000;

    private const string Shown = $"""
        select {ActivityRow.Columns}, o.title as offer, o.state as offer_state, (select count(*) from inc_registration r where r.activity = a.id) as registered
        from inc_activity a join inc_offer o on o.programme = a.programme
        """;

    private const string Search = $"""
        {Shown} where o.state <> 'draft' and a.day >= @From and (@Town = '' or a.municipality = @Town) and (@Any = 1 or a.programme = @Offer) and (@Day = 0 or a.day = @Day)
        order by a.day, a.from_minute, a.id limit @Count offset @Skip
        """;

    public async Task<Activity?> One(ActivityId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<ActivityRow>(ActivityRow.ById, new { id }))?.Read();
    }

    /// <returns>One whose offer everybody may read; <c>not_found</c>.</returns>
    public async Task<Result<ActivityShown>> Public(ActivityId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await connection.QuerySingleOrDefaultAsync<ActivityRow>($"{Shown} where a.id = @id and o.state <> 'draft'", new { id }) is { } found ? found.Show() : Refusal.Of("not_found");
    }

    /// <summary>What comes first stands first.</summary>
    public async Task<ActivityLeaf> Find(ActivityQuery query, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var found = (await connection.QueryAsync<ActivityRow>(Search, new
        {
            query.From, Town = query.Municipality?.Value ?? "", Any = query.Offer is null ? 1 : 0, Offer = query.Offer ?? new ProgrammeId(Guid.Empty), Day = query.Day?.ToNumber() ?? 0,
            Count = PerPage + 1, Skip = (query.Page - 1) * PerPage,
        })).Select(r => r.Show()).ToList();
        return new ActivityLeaf([.. found.Take(PerPage)], found.Count > PerPage);
    }

    /// <summary>All of an offer, by day; the office's view, and the public's as far as the offer is public.</summary>
    public async Task<IReadOnlyList<ActivityShown>> Of(ProgrammeId programme, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<ActivityRow>($"{Shown} where a.programme = @programme order by a.day, a.from_minute, a.id", new { programme })).Select(r => r.Show())];
    }

    /// <summary>Those at which an organiser's devices show the code and read tickets: of today, before it and those whose reports are still taken.</summary>
    public async Task<IReadOnlyList<ActivityShown>> Of(OrganiserId organiser, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<ActivityRow>($"{Shown} where a.organiser = @organiser and a.state = 'open' and o.state <> 'draft' and a.report_until >= @Today order by a.day, a.from_minute, a.id",
            new { organiser, Today = clock.Today() })).Select(r => r.Show())];
    }

    /// <summary>Those whose code may be typed now.</summary>
    public async Task<IReadOnlyList<Activity>> On(DateOnly day, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<ActivityRow>($"{Shown} where a.day = @day and a.state = 'open' and o.state <> 'draft' order by a.id limit @Most", new { day, Most = MostAtOnce })).Select(r => r.Read())];
    }

    /// <summary>Whether an offer gives for taking part; else for an application.</summary>
    public async Task<bool> Gives(ProgrammeId programme, CancellationToken stop = default) =>
        await database.ReadTogether<long>("select count(*) from inc_taking_part where programme = @programme", new { programme }, stop) > 0;

    /// <summary>Municipalities of which there is anything to come.</summary>
    public async Task<IReadOnlyList<MunicipalityCode>> Municipalities(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. await connection.QueryAsync<MunicipalityCode>(
            "select distinct a.municipality from inc_activity a join inc_offer o on o.programme = a.programme where o.state <> 'draft' and a.day >= @Today order by a.municipality", new { Today = clock.Today() })];
    }
}
