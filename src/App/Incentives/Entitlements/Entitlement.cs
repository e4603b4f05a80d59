using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Entitlements;

/// <summary>A grant of a programme that its citizen receives by a claim (S1-24): as points of a payment service, or of the municipality.</summary>
/// <param name="Id">Of the transfer that granted it.</param>
/// <param name="LastDay">Until which it can be received at first; what a payment service gives back later has days of grace.</param>
public sealed record Entitlement(TransferId Id, CitizenId Citizen, ProgrammeId Programme, MunicipalityCode Municipality, Points Amount, long GrantedMs, DateOnly LastDay);

/// <summary>Reading entitlements. What can be received of one now, the ledger says (<see cref="EntitlementReading"/>).</summary>
public sealed class FindEntitlements(Database database, Buckets buckets)
{
    private const string All = "select id, citizen, programme, municipality, amount, granted_ms, last_day from inc_entitlement where bucket = @Bucket and citizen = @citizen";

    /// <summary>All that was ever granted to a citizen, the newest first.</summary>
    public async Task<IReadOnlyList<Entitlement>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{All} order by granted_ms desc, id", new { Bucket = buckets.Of(citizen.Value), citizen })).Select(r => r.Read())];
    }

    /// <returns>null when the citizen has no such one.</returns>
    public async Task<Entitlement?> One(CitizenId citizen, TransferId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<Row>($"{All} and id = @id", new { Bucket = buckets.Of(citizen.Value), citizen, id }))?.Read();
    }

    private sealed class Row
    {
        public TransferId Id { get; init; }
        public CitizenId Citizen { get; init; }
        public ProgrammeId Programme { get; init; }
        public MunicipalityCode Municipality { get; init; }
        public long Amount { get; init; }
        public long GrantedMs { get; init; }
        public DateOnly LastDay { get; init; }

        public Entitlement Read() => new(Id, Citizen, Programme, Municipality, new Points(Amount), GrantedMs, LastDay);
    }
}
