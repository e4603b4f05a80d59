using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <summary>What a citizen can still receive of one grant.</summary>
/// <param name="LastDay">Until which it can be received, 24:00 JST.</param>
public sealed record OpenEntitlement(LotId Lot, MunicipalityCode Issuer, ProgrammeId Programme, Points Amount, DateOnly LastDay)
{
    public Account Account => Account.Entitlement(Issuer, Programme);
}

/// <summary>A payout as the ledger has it.</summary>
public sealed record PostedPayout(TransferId Id, CitizenId Citizen, ProgrammeId Programme, PaymentServiceId Service, Points Points, bool Returned);

/// <summary>Reading what was granted and not received yet; other modules never read the ledger's tables.</summary>
public sealed class EntitlementReading(Database database, Buckets buckets)
{
    private const string OpenOf = """
        select id as lot, issuer, owner, remaining, expires_on from ledger_lot
        where bucket = @Bucket and citizen = @citizen and kind = @Kind and closed = 0 and remaining > 0 and expires_on >= @today
        """;

    private const string Payouts = """
        select t.id, t.citizen, t.legs, exists(select 1 from ledger_transfer c where c.bucket = @bucket and c.cancels = t.id) as returned
        from ledger_transfer t where t.bucket = @bucket and t.kind = @Kind order by t.id
        """;

    /// <summary>All that a citizen can receive on the day, the next to lapse first (S1-24).</summary>
    public async Task<IReadOnlyList<OpenEntitlement>> Of(CitizenId citizen, DateOnly today, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{OpenOf} order by expires_on, id", new { Bucket = buckets.Of(citizen.Value), citizen, Kind = (int)AccountKind.Entitlement, today })).Select(r => r.Read())];
    }

    /// <summary>What is there to receive of one grant: its lot, or the one that came in its place when a payout came back after its date.</summary>
    /// <returns>null: it is received, lapsed or recalled.</returns>
    public async Task<OpenEntitlement?> OfGrant(CitizenId citizen, TransferId grant, DateOnly today, CancellationToken stop = default)
    {
        var bucket = buckets.Of(citizen.Value);
        await using var connection = await database.Open(stop);
        if (await Walk.One(connection, bucket, grant) is not { } made) return null;
        var lot = LegsText.Read(made.Legs).Single(l => l.Lot is not null).Lot;
        return (await connection.QueryFirstOrDefaultAsync<Row>($"{OpenOf} and (id = @lot or parent = @lot)", new { Bucket = bucket, citizen, Kind = (int)AccountKind.Entitlement, today, lot }))?.Read();
    }

    /// <summary>All payouts of a bucket, for an audit; no index helps it.</summary>
    public async Task<IReadOnlyList<PostedPayout>> PayoutsOf(int bucket, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(TransferId Id, CitizenId Citizen, string Legs, bool Returned)>(Payouts, new { bucket, Kind = (int)TransferKind.Payout })).Select(r =>
        {
            var legs = LegsText.Read(r.Legs);
            var (from, to) = (legs.Single(l => l.Lot is not null).Account, legs.Single(l => l.Lot is null));
            return new PostedPayout(r.Id, r.Citizen, new ProgrammeId(from.Owner), new PaymentServiceId(to.Account.Owner), new Points(to.Amount), r.Returned);
        })];
    }

    private sealed class Row
    {
        public LotId Lot { get; init; }
        public string Issuer { get; init; } = "";
        public Guid Owner { get; init; }
        public long Remaining { get; init; }
        public int ExpiresOn { get; init; }

        public OpenEntitlement Read() => new(Lot, MunicipalityCode.Trusted(Issuer), new ProgrammeId(Owner), new Points(Remaining), Jst.FromNumber(ExpiresOn));
    }
}
