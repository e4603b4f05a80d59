using System.Threading.Tasks.Sources;

namespace MyKey.Ledger;

/// <summary>A transfer on its way. Callers are completed in chunks with their continuations inline: one hop through the pool per chunk, not per caller.</summary>
internal sealed class Pending(Transfer transfer, int bucket) : IValueTaskSource<Result<Posted>>
{
    private const int Chunk = 32;
    private ManualResetValueTaskSourceCore<Result<Posted>> source = new() { RunContinuationsAsynchronously = false };
    private Exception? failure;

    public Transfer Transfer => transfer;

    public int Bucket => bucket;

    public Outcome? Outcome { get; set; }

    /// <summary>Set when a companion said no.</summary>
    public Refusal? Dropped { get; set; }

    public int Attempts { get; set; }

    public ValueTask<Result<Posted>> Answer => new(this, source.Version);

    public void Fail(Exception exception) => failure = exception;

    public static void Complete(List<Pending> batch)
    {
        for (var at = 0; at < batch.Count; at += Chunk)
            ThreadPool.UnsafeQueueUserWorkItem(static chunk => { foreach (var pending in chunk) pending.Complete(); }, batch.GetRange(at, Math.Min(Chunk, batch.Count - at)), preferLocal: false);
    }

    private void Complete()
    {
        if (failure is not null) source.SetException(failure);
        else source.SetResult(Must.Have(Outcome, "a transfer has an outcome").Answer());
    }

    public Result<Posted> GetResult(short token) => source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        source.OnCompleted(continuation, state, token, flags);
}
