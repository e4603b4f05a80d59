using System.Buffers.Binary;
using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <summary>What became void of one issuer's points on a day, and of how many lots.</summary>
public sealed record VoidedDay(DateOnly Day, Points Amount, int Lots);

/// <summary>
/// Takes what is left in every lot of a citizen who gave up the MyKeyId (S0-5017): holdings, reserved and event points, and what was not received yet. The citizen is noted in the
/// transaction that revokes the ID; a job finishes what was begun, whatever broke off, and takes what comes back later out of tickets, pledges and
/// cancelled uses. A lot past its date lapses as any other.
/// </summary>
public sealed class VoidPoints(Database database, Buckets buckets, Ledger ledger, TimeProvider clock)
{
    public const int LotsPerRun = 2_000;

    /// <summary>So many stand in the queue of the ledger at once; nobody waits for what becomes void.</summary>
    private const int AtOnce = 8;

    /// <summary>From the commit of <paramref name="tx"/> on the citizen's points are to become void. Twice is as once.</summary>
    public Task Begin(Transaction tx, CitizenId citizen) => tx.Connection.ExecuteAsync(
        "insert into ledger_void(bucket, citizen, begun_ms) values (@Bucket, @Citizen, @Now) on conflict do nothing",
        new { Bucket = buckets.Of(citizen.Value), Citizen = citizen, Now = clock.NowMs() }, tx.Handle);

    /// <returns>How many lots became void.</returns>
    public async Task<int> Run(CancellationToken stop = default)
    {
        var done = 0;
        foreach (var some in (await Open(stop)).Chunk(AtOnce))
        {
            var posts = some.Select(lot => ledger.Post(Transfer.Void(Named(lot), lot.Citizen, lot.Account, lot.Id, Actor.Job("void"))).AsTask()).ToList();
            done += (await Task.WhenAll(posts)).Count(r => r.Ok && !r.Value.Repeated);
        }
        return done;
    }

    /// <summary>What became void of an issuer's points, by day, the latest first (S0-5017).</summary>
    public async Task<IReadOnlyList<VoidedDay>> Of(MunicipalityCode issuer, DateOnly from, DateOnly until, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var days = await connection.QueryAsync<(int Day, long Amount, long Lots)>("""
            select civil_day, cast(sum(amount) as bigint), count(*) from ledger_transfer
            where issuer = @Issuer and civil_day between @from and @until and kind = 16 group by civil_day order by civil_day desc
            """, new { Issuer = issuer.Value, from, until });
        return [.. days.Select(d => new VoidedDay(Jst.FromNumber(d.Day), new Points(d.Amount), (int)d.Lots))];
    }

    private async Task<IReadOnlyList<OpenLot>> Open(CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var lots = await connection.QueryAsync<(CitizenId Citizen, int Kind, string Issuer, Guid Owner, LotId Id, long EntryNo)>("""
            select l.citizen, l.kind, l.issuer, l.owner, l.id, l.entry_no from ledger_void v join ledger_lot l on l.bucket = v.bucket and l.citizen = v.citizen
            where l.closed = 0 and l.remaining > 0 and (l.kind = 6 or (l.kind in (1, 7, 15) and l.expires_on >= @Today))
            order by v.bucket, v.citizen, l.id limit @LotsPerRun
            """, new { Today = clock.Today(), LotsPerRun });
        return [.. lots.Select(l => new OpenLot(l.Citizen, new Account((AccountKind)l.Kind, l.Issuer == MunicipalityCode.Pool.Value ? MunicipalityCode.Pool : MunicipalityCode.Trusted(l.Issuer), l.Owner), l.Id, l.EntryNo))];
    }

    /// <summary>A lot may be filled again by what comes back, and is then emptied again; the same state of it only once.</summary>
    private static TransferId Named(OpenLot lot)
    {
        var number = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, lot.EntryNo);
        return Ids.Named<TransferId>([.. "void"u8, .. lot.Id.Value.Bytes(), .. number]);
    }

    private sealed record OpenLot(CitizenId Citizen, Account Account, LotId Id, long EntryNo);
}
