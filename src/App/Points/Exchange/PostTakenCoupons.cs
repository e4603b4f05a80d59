using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.Exchange;

/// <summary>
/// Posts codes that a crash left taken but not posted, under the same id: exactly once. It waits until nothing of the first try can be posted any more.
/// </summary>
public sealed class PostTakenCoupons(Database database, CouponPosting posting, OperationLog log, TimeProvider clock) : IJob
{
    private const int CouponsPerRun = 100;

    private const string Left = CouponRow.All + " and c.taken_by is not null and c.posted = 0 and c.taken_ms < @beforeMs order by c.taken_ms limit @CouponsPerRun";

    public string Name => "points-post-taken-coupons";

    public TimeSpan Every => TimeSpan.FromSeconds(30);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var (posted, refused) = (0, 0);
        foreach (var coupon in await Find(stop))
        {
            var answer = await posting.Post(coupon, long.MaxValue);
            if (answer.Ok) posted++;
            else if (answer.Refused!.Code != "busy")
            {
                refused++;
                await database.Write(tx => log.Write(tx, new Operation("coupon.released", run.Actor, coupon.Batch, coupon.Use!.Citizen, After: answer.Refused.Code)), stop);
            }
        }
        return new JobResult($"posted {posted}, refused {refused}", More: posted + refused == CouponsPerRun);
    }

    private async Task<List<Coupon>> Find(CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<CouponRow>(Left, new { beforeMs = clock.NowMs() - Limits.LeaseMs, CouponsPerRun })).Select(r => r.Read())];
    }
}
