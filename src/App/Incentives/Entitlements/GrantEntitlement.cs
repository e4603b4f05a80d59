using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Entitlements;

/// <summary>A programme grants out of its budget what the citizen receives by a claim: points and row in one transaction.</summary>
public sealed class GrantEntitlement(Limits limits, Buckets buckets)
{
    private const string Insert = """
        insert into inc_entitlement(bucket, citizen, id, programme, municipality, amount, granted_ms, last_day, destination, claim_next_ms)
        values (@EntBucket, @EntCitizen, @EntId, @EntProgramme, @EntTown, @EntAmount, @EntMs, @EntLast, @EntTo, @EntNext)
        """;

    private const string InsertMany = """
        insert into inc_entitlement(bucket, citizen, id, programme, municipality, amount, granted_ms, last_day, destination, claim_next_ms)
        select * from unnest(@EntBucket, @EntCitizen, @EntId, @EntProgramme, @EntTown, @EntAmount, @EntMs, @EntLast, @EntTo, @EntNext)
        """;

    /// <param name="beside">Rows of the caller in the same transaction, e.g. the application that is granted.</param>
    /// <returns>The posting, also when it was posted before; <c>budget_exhausted</c> (rest), the refusals of <paramref name="beside"/>, and the ledger's.</returns>
    public Task<Result<Posted>> Run(Entitlement granted, Actor actor, IEnumerable<Companion> beside) =>
        limits.Post(LimitId.Budget(granted.Programme), Transfer.Entitle(granted.Id, granted.Citizen, granted.Municipality, granted.Amount, granted.Programme, granted.LastDay, actor) with
        {
            Companions = [.. beside, Row(granted)],
        });

    private Companion Row(Entitlement granted) => new(Insert,
    [
        ("EntBucket", buckets.Of(granted.Citizen.Value)), ("EntCitizen", granted.Citizen), ("EntId", granted.Id), ("EntProgramme", granted.Programme), ("EntTown", granted.Municipality.Value),
        ("EntAmount", granted.Amount.Value), ("EntMs", granted.GrantedMs), ("EntLast", granted.LastDay.ToNumber()),
        ("EntTo", ChosenDestination.Stored(granted.Destination)), ("EntNext", granted.Destination is null ? 0 : granted.GrantedMs),
    ], 1, Refusal.Of("id_reused"), InsertMany);
}

public static class EntitlementsModule
{
    public static void AddEntitlements(this WebApplicationBuilder builder) => builder.Services.AddSingleton<GrantEntitlement>().AddSingleton<FindEntitlements>().AddSingleton<EntitlementReading>();
}
