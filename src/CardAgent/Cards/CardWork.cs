using MyKey.Kernel;

namespace MyKey.CardAgent.Cards;

/// <summary>
/// Work with a card that can be given up. A transmit has no time-out of its own, so each piece of work has a thread; when it takes
/// too long its caller goes on without it, it sends nothing more, and until it ends the card counts as unreadable.
/// </summary>
public sealed class CardWork(ICardTransport transport, TimeProvider clock, TimeSpan patience) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);

    public Task<Presence> Look() => OnThread(transport.Look);

    public Task<Presence> Wait(Presence seen, int timeoutMs, CancellationToken stop) => OnThread(() => transport.Wait(seen, timeoutMs, stop));

    /// <summary>Waits until a card lies there, at most <paramref name="timeoutMs"/>.</summary>
    public async Task WaitForCard(int timeoutMs, CancellationToken stop)
    {
        var started = clock.GetTimestamp();
        var seen = await Look();
        while (seen.Place != Place.Card && !stop.IsCancellationRequested)
        {
            var left = timeoutMs - (int)clock.GetElapsedTime(started).TotalMilliseconds;
            if (left <= 0) return;
            seen = await Wait(seen, left, stop);
        }
    }

    /// <summary>Opens a line, does the work, switches the card off. One at a time.</summary>
    /// <returns>What the work returned; card_unreadable when the way to the card broke or took too long.</returns>
    public async Task<Result<T>> Do<T>(Func<JpkiCard, Result<T>> work)
    {
        if (!await turn.WaitAsync(patience)) return Refusal.Of("card_unreadable");
        using var giveUp = new CancellationTokenSource();
        var token = giveUp.Token;
        var done = OnThread(() =>
        {
            try
            {
                using var line = transport.Open();
                return work(new JpkiCard(line, token));
            }
            finally
            {
                turn.Release();
            }
        });
        try
        {
            return await done.WaitAsync(patience, clock);
        }
        catch (Exception e) when (e is CardUnreadable or TimeoutException or OperationCanceledException)
        {
            await giveUp.CancelAsync();
            return Refusal.Of("card_unreadable");
        }
    }

    public void Dispose() => turn.Dispose();

    private static Task<T> OnThread<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
}
