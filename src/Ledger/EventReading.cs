using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <summary>What a citizen has for a support event on a day.</summary>
/// <param name="Issuer">The municipality that is paid for what they buy (H-D1).</param>
public sealed record EventHolding(SupportEventId Event, MunicipalityCode Issuer, Points Usable, IReadOnlyList<HeldLot> Lots);

/// <summary>What is left for an event after its last day.</summary>
public sealed record LeftOverLot(CitizenId Citizen, LotId Lot);

/// <summary>Reading event points; other modules never read the ledger's tables.</summary>
public sealed class EventReading(Database database, Buckets buckets)
{
    private const string OfThisEvent = "l.legs like @Account";

    /// <summary>All that a citizen can still use on the day, the next to end first.</summary>
    public async Task<IReadOnlyList<EventHolding>> Of(CitizenId citizen, DateOnly today)
    {
        await using var connection = await database.Open();
        var lots = await connection.QueryAsync<LotRow>("""
            select owner, id, issuer, acquired_on, expires_on, amount, remaining, source_kind, programme from ledger_lot
            where bucket = @Bucket and citizen = @citizen and kind = @Kind and closed = 0 and remaining > 0 and expires_on >= @today
            order by expires_on, owner, acquired_on, id
            """, new { Bucket = buckets.Of(citizen.Value), citizen, Kind = (int)AccountKind.Event, today });
        return [.. lots.GroupBy(l => (l.Owner, l.Issuer)).Select(g => new EventHolding(new SupportEventId(g.Key.Owner), MunicipalityCode.Of(g.Key.Issuer), new Points(g.Sum(l => l.Remaining)), [.. g.Select(l => l.Lot())]))];
    }

    /// <summary>The events for which a citizen has, or once had, points.</summary>
    public async Task<IReadOnlyList<SupportEventId>> Known(CitizenId citizen)
    {
        await using var connection = await database.Open();
        return [.. await connection.QueryAsync<SupportEventId>("select distinct owner from ledger_lot where bucket = @Bucket and citizen = @citizen and kind = @Kind",
            new { Bucket = buckets.Of(citizen.Value), citizen, Kind = (int)AccountKind.Event })];
    }

    /// <summary>One event's history, newest first (S0-5013). Each line tells of the event's points.</summary>
    /// <param name="before">The last line of the page before, or null.</param>
    public async Task<IReadOnlyList<HistoryLine>> History(CitizenId citizen, Account supported, int count, TransferId? before = null)
    {
        await using var connection = await database.Open();
        return [.. (await Walk.Back(connection, OfThisEvent, Values(citizen, supported), count, before)).Select(r => r.Line(AccountKind.Event))];
    }

    /// <summary>One line of it, or null.</summary>
    public async Task<HistoryLine?> Find(CitizenId citizen, Account supported, TransferId id)
    {
        await using var connection = await database.Open();
        return (await Walk.One(connection, id, OfThisEvent, Values(citizen, supported)))?.Line(AccountKind.Event);
    }

    /// <summary>Lots of a bucket that are past their last day, by citizen and lot.</summary>
    public async Task<IReadOnlyList<LeftOverLot>> Due(int bucket, Account supported, DateOnly today, int count)
    {
        await using var connection = await database.Open();
        return [.. await connection.QueryAsync<LeftOverLot>("""
            select citizen, id as lot from ledger_lot
            where bucket = @bucket and closed = 0 and expires_on < 99991231 and expires_on < @today and remaining > 0 and kind = @Kind and issuer = @Issuer and owner = @Owner
            order by citizen, id limit @count
            """, new { bucket, today, count, Kind = (int)AccountKind.Event, Issuer = supported.Issuer.Value, supported.Owner })];
    }

    private WalkValues Values(CitizenId citizen, Account supported) => new(buckets.Of(citizen.Value), citizen) { Account = WalkValues.Touching(supported) };
}
