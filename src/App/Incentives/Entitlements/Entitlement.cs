using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Entitlements;

/// <summary>A grant of a programme that its citizen receives by a claim (S1-24): as points of a payment service, or of the municipality.</summary>
/// <param name="Id">Of the transfer that granted it.</param>
/// <param name="LastDay">Until which it can be received at first; what a payment service gives back later has days of grace.</param>
public sealed record Entitlement(TransferId Id, CitizenId Citizen, ProgrammeId Programme, MunicipalityCode Municipality, Points Amount, long GrantedMs, DateOnly LastDay)
{
    /// <summary>Where it goes, as the citizen signed with the application; null: chosen with the claim.</summary>
    public ChosenDestination? Destination { get; init; }

    /// <summary>It goes there by itself; the claim is still to be made.</summary>
    public bool IsOnItsWay { get; init; }
}

/// <summary>Reading entitlements. What can be received of one now, the ledger says (<see cref="EntitlementReading"/>).</summary>
public sealed class FindEntitlements(Database database, Buckets buckets)
{
    private const string Columns = "select id, citizen, programme, municipality, amount, granted_ms, last_day, destination, claim_next_ms from inc_entitlement";

    private const string All = $"{Columns} where bucket = @Bucket and citizen = @citizen";

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

    /// <summary>Those whose claim is to be made by itself now (S1-35a).</summary>
    internal async Task<IReadOnlyList<Entitlement>> Due(long nowMs, int most, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{Columns} where claim_next_ms > 0 and claim_next_ms <= @nowMs order by claim_next_ms limit @most", new { nowMs, most })).Select(r => r.Read())];
    }

    /// <param name="nextMs">When it is tried again; 0: no more.</param>
    internal Task ClaimNext(Entitlement granted, long nextMs, CancellationToken stop) => database.Write(tx => tx.Connection.ExecuteAsync(
        "update inc_entitlement set claim_next_ms = @nextMs where bucket = @Bucket and citizen = @Citizen and id = @Id", new { nextMs, Bucket = buckets.Of(granted.Citizen.Value), granted.Citizen, granted.Id }, tx.Handle), stop);

    private sealed class Row
    {
        public TransferId Id { get; init; }
        public CitizenId Citizen { get; init; }
        public ProgrammeId Programme { get; init; }
        public MunicipalityCode Municipality { get; init; }
        public long Amount { get; init; }
        public long GrantedMs { get; init; }
        public DateOnly LastDay { get; init; }
        public string Destination { get; init; } = "";
        public long ClaimNextMs { get; init; }

        public Entitlement Read() => new(Id, Citizen, Programme, Municipality, new Points(Amount), GrantedMs, LastDay) { Destination = ChosenDestination.Read(Destination), IsOnItsWay = ClaimNextMs > 0 };
    }
}
