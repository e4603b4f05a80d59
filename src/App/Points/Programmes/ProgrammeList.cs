using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Programmes;

/// <summary>Reading the programmes.</summary>
public sealed class ProgrammeList(Database database)
{
    public async Task<Programme?> Find(ProgrammeId id, CancellationToken stop = default) => (await database.ReadTogether<ProgrammeRow>(ProgrammeRow.ById, new { Id = id }, stop))?.Read();

    /// <summary>All of a municipality, the newest first.</summary>
    public async Task<IReadOnlyList<Programme>> Of(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<ProgrammeRow>(ProgrammeRow.OfMunicipality, new { municipality });
        return [.. rows.Select(r => r.Read())];
    }
}

public static class ProgrammesModule
{
    public static void AddProgrammes(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<ProgrammeList>().AddSingleton<OpenProgramme>().AddSingleton<ChangeProgramme>().AddSingleton<CloseProgramme>();
}
