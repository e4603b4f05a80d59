using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <summary>
/// Takes what is left of lots whose date has passed (S0-4033a). Payments don't wait for it: a lot past its date is unusable anyway. Bounded per
/// run, safe to run twice and after any pause.
/// </summary>
public sealed class Expire(Database database, Ledger ledger, TimeProvider clock)
{
    public const int LotsPerRun = 10_000;

    /// <summary>So many stand in the queue of the ledger at once; a payment waits no longer than for these (docs/performance.md). Nobody waits for what lapses.</summary>
    private const int AtOnce = 8;

    /// <returns>How many lots lapsed.</returns>
    public async Task<int> Run(CancellationToken stop = default)
    {
        var today = clock.Today();
        var lapsed = 0;
        for (var bucket = 0; bucket < ledger.Buckets.Count && lapsed < LotsPerRun; bucket++)
        {
            foreach (var some in (await Due(bucket, today, LotsPerRun - lapsed, stop)).Chunk(AtOnce))
            {
                var posts = some.Select(lot => ledger.Post(Transfer.Expire(lot.Citizen, lot.Account, lot.Id, today)).AsTask()).ToList();
                lapsed += (await Task.WhenAll(posts)).Count(r => r.Ok && !r.Value.Repeated);
            }
        }
        return lapsed;
    }

    /// <summary>Only what a citizen holds or might still have received lapses. Reserved points wait for their move (S0-1010d), a ticket's for the shop or their return (J-D1).</summary>
    private async Task<IReadOnlyList<(CitizenId Citizen, Account Account, LotId Id)>> Due(int bucket, DateOnly today, int count, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var lots = await connection.QueryAsync<(CitizenId Citizen, int Kind, string Issuer, Guid Owner, LotId Id)>("""
            select citizen, kind, issuer, owner, id from ledger_lot
            where bucket = @bucket and closed = 0 and expires_on < 99991231 and expires_on < @today and remaining > 0 and kind in (1, 15)
            order by expires_on, citizen, id limit @count
            """, new { bucket, today, count });
        return [.. lots.Select(l => (l.Citizen, new Account((AccountKind)l.Kind, MunicipalityCode.Trusted(l.Issuer), l.Owner), l.Id))];
    }
}
