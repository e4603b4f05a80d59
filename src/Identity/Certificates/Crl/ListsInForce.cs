using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Certificates.Crl;

/// <summary>A revocation list that is in force. What it says never changes; another takes its place.</summary>
/// <param name="Point">"" for all certificates of the authority.</param>
internal sealed record ListInForce(Guid Id, string Authority, string Point, long NextUpdateMs);

/// <summary>Which lists are in force, from memory: at most a second stale, as all reference data is (S0-5018), where lists come once an hour.</summary>
public sealed class ListsInForce(Database database, TimeProvider clock) : IDisposable
{
    private readonly Cached<IReadOnlyDictionary<(string Authority, string Point), ListInForce>> view = new(clock, _ => Load(database));

    /// <returns>Those that may name a certificate.</returns>
    /// <param name="points">The names of lists in the certificate.</param>
    internal async ValueTask<IReadOnlyList<ListInForce>> Covering(string authority, IReadOnlyList<string> points)
    {
        var all = await view.Get();
        return [.. points.Prepend("").Distinct().Select(p => all.GetValueOrDefault((authority, p))).OfType<ListInForce>()];
    }

    /// <summary>To be called when another list has come into force.</summary>
    internal void Drop() => view.Drop();

    public void Dispose() => view.Dispose();

    private static async Task<IReadOnlyDictionary<(string, string), ListInForce>> Load(Database database)
    {
        await using var connection = await database.Open();
        return (await connection.QueryAsync<Row>("select id, authority, point, next_update_ms from idn_crl where state = 1")).ToDictionary(r => (r.Authority, r.Point), r => r.Read());
    }

    private sealed class Row
    {
        public Guid Id { get; init; }
        public string Authority { get; init; } = "";
        public string Point { get; init; } = "";
        public long NextUpdateMs { get; init; }

        public ListInForce Read() => new(Id, Authority, Point, NextUpdateMs);
    }
}
