using System.Text.Json;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Citizens;

/// <summary>What decides where a citizen's points go by themselves.</summary>
/// <param name="MyKeyId">Null once it is given up.</param>
public sealed record Home(CitizenId Citizen, CitizenState State, MunicipalityCode? BaseMunicipality, MyKeyId? MyKeyId);

/// <summary>Finds the homes of many citizens in few questions.</summary>
public sealed class FindHomes(Database database)
{
    private const int AtOnce = 500;

    private const string Columns = """
        select c.id, c.state, c.base_municipality, m.my_key_id from idn_citizen c left join idn_mykey_id m on m.citizen = c.id and m.state = 1
        """;

    private const string InSqlite = $"{Columns} where c.id in (select unhex(value) from json_each(@ids))";

    private const string InPostgres = $"{Columns} where c.id = any(@ids)";

    public async Task<IReadOnlyDictionary<CitizenId, Home>> Of(IEnumerable<CitizenId> citizens, CancellationToken stop = default)
    {
        var found = new Dictionary<CitizenId, Home>();
        var postgres = database.Engine == Engine.Postgres;
        await using var connection = await database.Open(stop);
        foreach (var some in citizens.Distinct().Chunk(AtOnce))
        {
            var ids = postgres ? some.Select(c => c.Value).ToArray() : (object)JsonSerializer.Serialize(some.Select(c => Convert.ToHexString(c.Value.Bytes())));
            foreach (var row in await connection.QueryAsync<Row>(postgres ? InPostgres : InSqlite, new { ids }))
                found[row.Id] = new Home(row.Id, row.State, row.BaseMunicipality, row.MyKeyId is { } id ? MyKeyId.Stored(id) : null);
        }
        return found;
    }

    private sealed class Row
    {
        public CitizenId Id { get; init; }
        public CitizenState State { get; init; }
        public MunicipalityCode? BaseMunicipality { get; init; }
        public string? MyKeyId { get; init; }
    }
}
