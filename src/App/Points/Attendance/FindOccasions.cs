using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Attendance;

/// <summary>Reading occasions and who was there.</summary>
public sealed class FindOccasions(Database database, TimeProvider clock)
{
    private const int Newest = 100;

    private const string Columns = "select o.id, o.municipality, o.organiser, o.programme, o.name, o.held_on, o.state, o.points, o.proven, o.batch, o.made_ms";

    internal const string ById = Columns + " from pts_occasion o where o.id = @id";

    private const string Named = Columns + " from pts_occasion o where o.programme = @programme and o.held_on = @heldOn and o.name = @name and o.state <> 'declined'";

    private const string Shown = Columns + """
        , g.name as organiser_name, (select count(*) from pts_attendance a where a.occasion = o.id) as lines
        from pts_occasion o left join pts_organiser g on g.id = o.organiser
        """;

    private const string OneShown = Shown + " where o.id = @id";

    private const string OfOrganiser = Shown + " where o.organiser = @organiser order by o.held_on desc, o.made_ms desc limit @Newest";

    private const string OfMunicipality = Shown + " where o.municipality = @municipality and (o.state <> 'recording' or o.organiser is null) order by o.held_on desc, o.made_ms desc limit @Newest";

    private const string Open = Shown + """
         where o.municipality = @municipality and (o.state = 'sent' or (o.state = 'approved' and o.batch is null) or (o.state = 'recording' and o.organiser is null and o.held_on < @today))
        order by o.held_on, o.made_ms
        """;

    internal const string Lines = "select line, id, citizen, person, shown_id, recorded_by, leads, counted, struck from pts_attendance where occasion = @id order by line";

    public async Task<Occasion?> One(OccasionId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<OccasionRow>(ById, new { id }))?.Read();
    }

    /// <summary>With who recorded it and how many are in it.</summary>
    public async Task<OccasionShown?> Show(OccasionId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<OccasionRow>(OneShown, new { id }))?.Show();
    }

    public async Task<Occasion?> Like(ProgrammeId programme, DateOnly heldOn, string name, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<OccasionRow>(Named, new { programme, heldOn, name }))?.Read();
    }

    /// <summary>The newest of an organiser.</summary>
    public async Task<IReadOnlyList<OccasionShown>> Of(OrganiserId organiser, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<OccasionRow>(OfOrganiser, new { organiser, Newest })).Select(r => r.Show())];
    }

    /// <summary>The newest that came to an office.</summary>
    public async Task<IReadOnlyList<OccasionShown>> Of(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<OccasionRow>(OfMunicipality, new { municipality, Newest })).Select(r => r.Show())];
    }

    /// <summary>Those about which an office has to decide, the oldest first.</summary>
    public async Task<IReadOnlyList<OccasionShown>> Waiting(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<OccasionRow>(Open, new { municipality, today = clock.Today() })).Select(r => r.Show())];
    }

    public async Task<IReadOnlyList<AttendanceLine>> LinesOf(OccasionId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await Read(connection, id, null);
    }

    internal static async Task<IReadOnlyList<AttendanceLine>> Read(System.Data.Common.DbConnection connection, OccasionId id, System.Data.Common.DbTransaction? handle) =>
        [.. (await connection.QueryAsync<LineRow>(Lines, new { id }, handle)).Select(r => r.Read())];

    private sealed class LineRow
    {
        public int Line { get; init; }
        public Guid Id { get; init; }
        public CitizenId Citizen { get; init; }
        public PersonKey Person { get; init; }
        public string ShownId { get; init; } = "";
        public string RecordedBy { get; init; } = "";
        public int Leads { get; init; }
        public long Counted { get; init; }
        public int Struck { get; init; }

        public AttendanceLine Read() => new(Line, Id, Citizen, Person, ShownId, Words<Attendance.RecordedBy>.Stored(RecordedBy), Leads == 1, Counted, Struck == 1);
    }
}

internal sealed class OccasionRow
{
    public OccasionId Id { get; init; }
    public MunicipalityCode Municipality { get; init; }
    public OrganiserId? Organiser { get; init; }
    public ProgrammeId Programme { get; init; }
    public string Name { get; init; } = "";
    public DateOnly HeldOn { get; init; }
    public string State { get; init; } = "";
    public long? Points { get; init; }
    public int Proven { get; init; }
    public string? Batch { get; init; }
    public long MadeMs { get; init; }
    public string? OrganiserName { get; init; }
    public long Lines { get; init; }

    public Occasion Read() => new(Id, Municipality, Organiser, Programme, Name, HeldOn, Words<OccasionState>.Stored(State), Points is { } points ? new Kernel.Points(points) : null,
        Proven == 1, Batch, MadeMs);

    public OccasionShown Show() => new(Read(), OrganiserName, (int)Lines);
}
