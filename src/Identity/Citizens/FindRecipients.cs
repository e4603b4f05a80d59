using System.Text.Json;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Citizens;

/// <summary>Somebody who can be given points.</summary>
/// <param name="Person">For once-per-person rules only.</param>
public sealed record Recipient(CitizenId Citizen, CitizenState State, MyKeyId MyKeyId, PersonKey Person)
{
    /// <summary>This recipient, or <c>id_suspended</c>; a retired ID is nobody's.</summary>
    public Result<Recipient> RequireActive() => State switch
    {
        CitizenState.Active => this,
        CitizenState.Suspended => Refusal.Of("id_suspended"),
        _ => Refusal.Of("mykey_unknown"),
    };
}

/// <summary>Finds many citizens by their current MyKeyIds in few questions.</summary>
public sealed class FindRecipients(Database database)
{
    private const int AtOnce = 500;

    private const string Columns = """
        select c.id, c.state, m.my_key_id, k.person_key
        from idn_mykey_id m join idn_citizen c on c.id = m.citizen join idn_certificate k on k.citizen = c.id where m.state = 1
        """;

    private const string InSqlite = $"{Columns} and m.my_key_id in @ids order by k.state";

    private const string InPostgres = $"{Columns} and m.my_key_id = any(@ids) order by k.state";

    private const string NotActive = "select id from idn_citizen where state <> 1 and id";

    public async Task<IReadOnlyDictionary<MyKeyId, Recipient>> Of(IEnumerable<MyKeyId> ids, CancellationToken stop = default)
    {
        var found = new Dictionary<MyKeyId, Recipient>();
        var sql = database.Engine == Engine.Postgres ? InPostgres : InSqlite;
        await using var connection = await database.Open(stop);
        foreach (var some in ids.Distinct().Chunk(AtOnce))
        {
            var rows = await connection.QueryAsync<(CitizenId Citizen, CitizenState State, string MyKeyId, PersonKey Person)>(sql, new { ids = some.Select(i => i.Value).ToArray() });
            // All certificates of a citizen carry the same key; the active one comes first.
            foreach (var row in rows) found.TryAdd(MyKeyId.Stored(row.MyKeyId), new Recipient(row.Citizen, row.State, MyKeyId.Stored(row.MyKeyId), row.Person));
        }
        return found;
    }

    /// <returns>The recipient; <c>id_format</c>, <c>mykey_unknown</c>, <c>id_suspended</c>.</returns>
    public async Task<Result<Recipient>> Of(string? typed, CancellationToken stop = default) => (await Each([typed], stop))[0].Then<Recipient>(r => r.RequireActive());

    /// <summary>Many IDs as they were typed, each answered in its place.</summary>
    /// <returns>The recipient, whose ID may be stopped; <c>id_format</c>, <c>mykey_unknown</c>.</returns>
    public async Task<IReadOnlyList<Result<Recipient>>> Each(IEnumerable<string?> typed, CancellationToken stop = default)
    {
        var ids = typed.Select(MyKeyId.ReadTyped).ToList();
        var known = await Of(ids.Where(i => i.Ok).Select(i => i.Value), stop);
        return ids.ConvertAll(id => id.Then<Recipient>(i => known.TryGetValue(i, out var found) ? found : Refusal.Of("mykey_unknown")));
    }

    /// <summary>Those of them whose ID is not in use any more: stopped or given up.</summary>
    public async Task<IReadOnlySet<CitizenId>> Stopped(IEnumerable<CitizenId> citizens, CancellationToken stop = default)
    {
        var found = new HashSet<CitizenId>();
        await using var connection = await database.Open(stop);
        foreach (var some in citizens.Distinct().Chunk(AtOnce))
            found.UnionWith(await connection.QueryAsync<CitizenId>(database.Engine == Engine.Postgres ? $"{NotActive} = any(@ids)" : $"{NotActive} in (select unhex(value) from json_each(@ids))",
                new { ids = database.Engine == Engine.Postgres ? some.Select(c => c.Value).ToArray() : (object)JsonSerializer.Serialize(some.Select(c => Convert.ToHexString(c.Value.Bytes()))) }));
        return found;
    }
}
