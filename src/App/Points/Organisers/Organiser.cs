using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Organisers;

public enum OrganiserState { Active, Ended }

/// <summary>A town association, a university, a group of volunteers: it records who was there and credits nothing (S2-P3d).</summary>
/// <param name="Programmes">For which it may record.</param>
public sealed record Organiser(OrganiserId Id, MunicipalityCode Municipality, string Name, OrganiserState State, IReadOnlyList<ProgrammeId> Programmes)
{
    /// <summary>This organiser, or <c>organiser_ended</c>.</summary>
    public Result<Organiser> RequireActive() => State == OrganiserState.Active ? this : Refusal.Of("organiser_ended");

    /// <returns>null; <c>organiser_ended</c>, <c>programme_not_recorded</c>.</returns>
    public Refusal? MayNotRecord(ProgrammeId programme) => RequireActive().Refused ?? (Programmes.Contains(programme) ? null : Refusal.Of("programme_not_recorded"));
}

/// <summary>Reading the organisers.</summary>
public sealed class FindOrganisers(Database database)
{
    private const string Columns = "select id, municipality, name, state from pts_organiser";

    private const string One = Columns + " where id = @id";

    private const string OfMunicipality = Columns + " where municipality = @municipality order by state, name, id";

    public async Task<Organiser?> Find(OrganiserId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        if (await connection.QuerySingleOrDefaultAsync<Row>(One, new { id }) is not { } row) return null;
        return row.Read(await connection.QueryAsync<ProgrammeId>("select programme from pts_organiser_programme where organiser = @id order by programme", new { id }));
    }

    /// <summary>Those of a municipality: first those that record, by name.</summary>
    public async Task<IReadOnlyList<Organiser>> Of(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = (await connection.QueryAsync<Row>(OfMunicipality, new { municipality })).ToList();
        var may = (await connection.QueryAsync<(OrganiserId Organiser, ProgrammeId Programme)>(
            "select p.organiser, p.programme from pts_organiser_programme p join pts_organiser o on o.id = p.organiser where o.municipality = @municipality order by p.programme",
            new { municipality })).ToLookup(p => p.Organiser, p => p.Programme);
        return [.. rows.Select(r => r.Read(may[r.Id]))];
    }

    private sealed class Row
    {
        public OrganiserId Id { get; init; }
        public MunicipalityCode Municipality { get; init; }
        public string Name { get; init; } = "";
        public string State { get; init; } = "";

        public Organiser Read(IEnumerable<ProgrammeId> programmes) => new(Id, Municipality, Name, Words<OrganiserState>.Stored(State), [.. programmes]);
    }
}
