namespace MyKey.Load.Http;

/// <summary>The citizens of one turn, each at a terminal already. A token is good for one payment, so a turn ends early when they run out.</summary>
internal sealed class Stock(Shown[] all)
{
    private int next = -1;

    public int Count => all.Length;

    public int Taken => Math.Min(next + 1, all.Length);

    public bool Take(out Shown shown)
    {
        var i = Interlocked.Increment(ref next);
        shown = i < all.Length ? all[i] : default;
        return i < all.Length;
    }
}
