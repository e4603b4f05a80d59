using MyKey.Kernel.Jobs;

namespace MyKey.App.LinkedExchange;

/// <summary>Asks again about orders whose answer was lost, and posts what a crash left debited: whatever happens in between, no point is lost and none comes twice.</summary>
public sealed class SettleLinkOrders(LinkOrders orders, SettleLinkOrder settle) : IJob
{
    private const int OrdersPerRun = 50;

    public string Name => "points-settle-link-orders";

    public TimeSpan Every => TimeSpan.FromSeconds(5);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var due = await orders.Due(OrdersPerRun, stop);
        var settled = 0;
        // One partner that is silent does not hold up the others for long: each question has its own timeout.
        foreach (var chunk in due.Chunk(10))
            settled += (await Task.WhenAll(chunk.Select(o => settle.Ask(o, run.Actor, stop)))).Count(o => !o.IsOpen);
        return new JobResult($"settled {settled} of {due.Count}", More: settled == OrdersPerRun);
    }
}
