using System.Data.Common;
using System.Threading.Channels;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MyKey.Kernel.Db;

namespace MyKey.Kernel.RefusalLog;

/// <summary>
/// Writes <c>log_refusal</c>. Callers only queue; one loop commits what has gathered, so that a storm of refusals costs a few
/// transactions a second and a payment never waits for it. A full queue or a failing database loses lines and counts them.
/// </summary>
public sealed class RefusalWriter(Database database, TimeProvider clock, ILogger<RefusalWriter> log, int linesPerMinute = 20) : BackgroundService
{
    private const int QueueLength = 20_000;
    private const int BatchLength = 1_000;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(200);

    private const string Insert = """
        insert into log_refusal(month, id, time_ms, civil_day, code, actor_kind, actor, terminal, client, method, route, inquiry, count)
        values (@Month, @Id, @TimeMs, @CivilDay, @Code, @ActorKind, @Actor, @Terminal, @Client, @Method, @Route, @Inquiry, @Count)
        on conflict (month, id) do update set
          count = log_refusal.count + excluded.count,
          code = case when log_refusal.code = excluded.code then log_refusal.code else '*' end
        """;

    private readonly Channel<Item> queue = Channel.CreateBounded<Item>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly RefusalRate rate = new(linesPerMinute);
    private long lost;

    /// <summary>Queues the entry and returns at once.</summary>
    public void Write(RefusalEntry entry)
    {
        if (!queue.Writer.TryWrite(new Item(entry, clock.NowMs(), null))) Interlocked.Increment(ref lost);
    }

    /// <summary>Comes back when everything queued before is in the database.</summary>
    public async Task Flush(CancellationToken stop = default)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await queue.Writer.WriteAsync(new Item(null, 0, done), stop);
        await done.Task.WaitAsync(stop);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Writer.TryComplete();
        if (ExecuteTask is { } loop) await loop.WaitAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Item>(BatchLength);
        while (await queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            await Gather(batch);
            await Commit(batch);
            foreach (var item in batch) item.Done?.TrySetResult();
            batch.Clear();
        }
    }

    /// <summary>Takes what is there; waits a moment for more unless somebody waits for the flush or the queue is closing.</summary>
    private async Task Gather(List<Item> batch)
    {
        Drain(batch);
        if (batch.Count >= BatchLength || batch.Any(i => i.Done is not null) || queue.Reader.Completion.IsCompleted) return;
        using var over = new CancellationTokenSource(Gathering, clock);
        try
        {
            while (batch.Count < BatchLength && await queue.Reader.WaitToReadAsync(over.Token))
            {
                Drain(batch);
                if (batch.Any(i => i.Done is not null)) return;
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            Drain(batch);
        }
    }

    private void Drain(List<Item> batch)
    {
        while (batch.Count < BatchLength && queue.Reader.TryRead(out var item)) batch.Add(item);
    }

    private async Task Commit(List<Item> batch)
    {
        var rows = Rows(batch);
        if (rows.Count == 0) return;
        try
        {
            await database.Write(tx => tx.Connection.ExecuteAsync(Insert, rows, tx.Handle));
        }
        catch (DbException error)
        {
            Interlocked.Add(ref lost, rows.Sum(r => (long)r.Count));
            log.LogError(error, "Refusals could not be written");
        }
    }

    private List<RefusalRow> Rows(List<Item> batch)
    {
        var rows = new List<RefusalRow>(batch.Count);
        var counted = new Dictionary<Guid, RefusalRow>();
        foreach (var (entry, timeMs, _) in batch)
        {
            if (entry is null) continue;
            if (rate.HasLine(entry.Source, timeMs)) rows.Add(RefusalRow.Line(entry, timeMs, Ids.NewV7(clock)));
            else RefusalRow.AddTo(counted, entry, timeMs);
        }
        if (Interlocked.Exchange(ref lost, 0) is > 0 and var missing) rows.Add(RefusalRow.Lost(clock.NowMs(), missing, Ids.NewV7(clock)));
        return [.. rows, .. counted.Values.OrderBy(r => r.Id)];
    }

    private sealed record Item(RefusalEntry? Entry, long TimeMs, TaskCompletionSource? Done);
}
