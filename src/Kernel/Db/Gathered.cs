namespace MyKey.Kernel.Db;

/// <summary>
/// Look-ups by key that are asked for at the same time go to the database together: the first goes at once and alone, what comes meanwhile
/// shares the next trip. So a single one waits for nothing, and many cost few trips. An answer is never older than its question.
/// </summary>
/// <param name="load">Finds many at once; its answers stand in the order of the keys, null where there is nothing.</param>
/// <param name="mostTrips">At once. More than one where a trip waits for the disk rather than works.</param>
public sealed class Gathered<TKey, TValue>(Func<IReadOnlyList<TKey>, Task<IReadOnlyList<TValue?>>> load, int mostTrips = 1) where TValue : class
{
    private const int MostKeys = 500;
    private readonly Lock gate = new();
    private readonly Queue<Asked> waiting = new();
    private int travelling;

    public Task<TValue?> Find(TKey key)
    {
        var asked = new Asked(key);
        lock (gate)
        {
            waiting.Enqueue(asked);
            if (travelling == mostTrips) return asked.Task;
            travelling++;
        }
        Start();
        return asked.Task;
    }

    /// <summary>Outside of the request that happens to come first: the trips are everybody's.</summary>
    private void Start()
    {
        using var alone = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        _ = Travel();
    }

    /// <summary>One trip after the other until nobody waits. Whatever goes wrong goes to those who asked.</summary>
    private async Task Travel()
    {
        var atOnce = false;
        while (Next() is { Count: > 0 } batch)
        {
            // Whoever came first has the answer, and does not drive for the others.
            if (atOnce) await Task.Yield();
            try
            {
                var trip = load(batch.ConvertAll(a => a.Key));
                atOnce = trip.IsCompleted;
                var found = await trip;
                for (var i = 0; i < batch.Count; i++) batch[i].SetResult(found[i]);
            }
            catch (Exception failure)
            {
                foreach (var asked in batch) asked.TrySetException(failure);
            }
        }
    }

    private List<Asked> Next()
    {
        lock (gate)
        {
            var batch = new List<Asked>(Math.Min(waiting.Count, MostKeys));
            while (batch.Count < MostKeys && waiting.TryDequeue(out var asked)) batch.Add(asked);
            if (batch.Count == 0) travelling--;
            return batch;
        }
    }

    private sealed class Asked(TKey key) : TaskCompletionSource<TValue?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public TKey Key => key;
    }
}
