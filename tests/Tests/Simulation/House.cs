using System.Diagnostics.Metrics;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.Tests.Simulation;

/// <summary>The process is gone: nobody gets an answer any more.</summary>
internal sealed class Crash() : Exception("the process is gone");

/// <summary>
/// One of several writers on one database, as an App process is one, with a clock that goes a little wrong. It dies, or loses its connection,
/// where it was planned: after the first round trip of a batch, before the second, or between the commit and the answer. The ledger tells of
/// these moments by its own meter, and what listens to it throws; the ledger knows nothing of it.
/// </summary>
internal sealed class House(Database database, TimeProvider clock) : IAsyncDisposable
{
    private static readonly AsyncLocal<House?> Writing = new();
    private static readonly MeterListener Listener = Listen();
    private readonly SemaphoreSlim door = new(1, 1);
    private volatile bool dead;
    private int fuse = -1;
    private bool cutOnly;

    public MyKey.Ledger.Ledger Ledger { get; private set; } = null!;

    public Limits Limits { get; private set; } = null!;

    public Expire Expire { get; private set; } = null!;

    public GrantReading Grants { get; } = new(database, Buckets.Default);

    /// <summary>The lot that a grant made.</summary>
    public async Task<LotId> LotOf(Posted grant)
    {
        await using var connection = await database.Open();
        var legs = await connection.QuerySingleAsync<string>("select legs from ledger_transfer where bucket = @Bucket and id = @Id", new { grant.Receipt.Bucket, grant.Id });
        return LegsText.Read(legs).Single(l => l.Lot is not null).Lot!.Value;
    }

    public TimeProvider Clock => clock;

    public int Crashes { get; private set; }

    public int Cuts { get; private set; }

    /// <summary>From now on the so-manieth moment between two steps of a batch is the fatal one.</summary>
    public void Plant(int moments, bool cut) => (cutOnly, fuse) = (cut, moments);

    public async Task Open()
    {
        Writing.Value = this;
        Ledger = await MyKey.Ledger.Ledger.Open(database, clock, Buckets.Default, new LedgerOptions(Writers: 1));
        (Limits, Expire, dead) = (new Limits(database, Ledger, clock), new Expire(database, Ledger, clock), false);
    }

    /// <summary>Started again if it has died.</summary>
    public async Task Revive()
    {
        await door.WaitAsync();
        try
        {
            if (!dead) return;
            await Ledger.DisposeAsync();
            await Open();
        }
        finally
        {
            door.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        fuse = -1;
        await Ledger.DisposeAsync();
        door.Dispose();
    }

    private static MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) => { if (instrument.Name == "mykey.ledger.batch.duration") l.EnableMeasurementEvents(instrument); },
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Writing.Value?.Between());
        listener.Start();
        return listener;
    }

    private void Between()
    {
        if (dead) throw new Crash();
        if (fuse < 0 || fuse-- > 0) return;
        if (cutOnly)
        {
            Cuts++;
            throw new IOException("the connection was cut");
        }
        (dead, Crashes) = (true, Crashes + 1);
        throw new Crash();
    }
}

/// <summary>A clock beside the common one.</summary>
internal sealed class SkewedClock(TimeProvider common, TimeSpan by) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => common.GetUtcNow() + by;
}
