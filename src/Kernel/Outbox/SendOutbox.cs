using System.Collections.Concurrent;
using MyKey.Kernel.Jobs;

namespace MyKey.Kernel.Outbox;

/// <summary>Hands out what waits, each message until it is taken: after 10 seconds, 20, 40 … up to an hour, for about a day; then an operator looks.</summary>
public sealed class SendOutbox(Outbox outbox, IEnumerable<OutboxHandler> handlers, TimeProvider clock) : IJob
{
    public const int MostTries = 30;

    private const int MessagesPerRun = 20, AtOnce = 5, FirstWaitMs = 10_000, LongestWaitMs = 3_600_000;

    public string Name => "kernel-send-outbox";

    public TimeSpan Every => TimeSpan.FromSeconds(5);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var known = handlers.ToDictionary(h => h.Kind, StringComparer.Ordinal);
        var due = await outbox.Due(MessagesPerRun, stop);
        var taken = 0;
        var faults = new ConcurrentQueue<Exception>();
        foreach (var chunk in due.Chunk(AtOnce))
            taken += (await Task.WhenAll(chunk.Select(m => Hand(m, known, faults, stop)))).Count(ok => ok);
        // A fault of ours is told, after the others have gone out; its message waits as if the outside were away.
        if (!faults.IsEmpty) throw new AggregateException(faults);
        return new JobResult($"taken {taken} of {due.Count}", More: taken == MessagesPerRun);
    }

    /// <summary>How long a message waits after its n-th failed try.</summary>
    public static long WaitMs(int tries) => Backoff.WaitMs(tries - 1, FirstWaitMs, LongestWaitMs);

    private async Task<bool> Hand(OutboxMessage message, Dictionary<string, OutboxHandler> known, ConcurrentQueue<Exception> faults, CancellationToken stop)
    {
        OutboxAnswer answer;
        try
        {
            answer = await Ask(message, known, stop);
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            faults.Enqueue(fault);
            answer = new OutboxAnswer(OutboxOutcome.Again, "fault");
        }
        if (answer.Outcome == OutboxOutcome.Taken) await outbox.Taken(message, stop);
        else await outbox.Failed(message, answer.Outcome == OutboxOutcome.Never || message.Tries + 1 >= MostTries, clock.NowMs() + WaitMs(message.Tries + 1), answer.Text, stop);
        return answer.Outcome == OutboxOutcome.Taken;
    }

    private static async Task<OutboxAnswer> Ask(OutboxMessage message, Dictionary<string, OutboxHandler> known, CancellationToken stop) =>
        // One that no module of this process knows was written by a newer one: it waits for that.
        known.TryGetValue(message.Kind, out var handler) ? await handler.Run(message, stop) : new OutboxAnswer(OutboxOutcome.Again, "unknown kind");
}
