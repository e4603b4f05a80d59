using MyKey.Ledger;

namespace MyKey.Load;

/// <summary>What a measurement begins with.</summary>
internal static class Many
{
    /// <summary>Posts so many transfers, <paramref name="atOnce"/> at a time; each is accepted.</summary>
    public static async Task Post(MyKey.Ledger.Ledger ledger, int count, int atOnce, Func<int, Transfer> transfer, CancellationToken stop)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(atOnce, count)).Select(_ => Work()));

        async Task Work()
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                stop.ThrowIfCancellationRequested();
                Must.Hold((await ledger.Post(transfer(i))).Ok, "what a measurement begins with is accepted");
            }
        }
    }
}
