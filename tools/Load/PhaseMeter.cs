using System.Diagnostics.Metrics;

namespace MyKey.Load;

/// <summary>Sums of the ledger's own meter: how many batches, how large, and how long their phases took.</summary>
internal sealed class PhaseMeter : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly Lock gate = new();
    private Phases sums;

    public PhaseMeter()
    {
        listener.InstrumentPublished = (instrument, l) => { if (instrument.Meter.Name == "mykey.ledger") l.EnableMeasurementEvents(instrument); };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Add(instrument.Name, "", value));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument.Name, tags.Length > 0 ? tags[0].Value as string ?? "" : "", value));
        listener.Start();
    }

    public Phases Start()
    {
        lock (gate) return sums;
    }

    public Phases Since(Phases start)
    {
        lock (gate)
            return new Phases(sums.Batches - start.Batches, sums.Transfers - start.Transfers, sums.LoadS - start.LoadS, sums.ApplyS - start.ApplyS, sums.WriteS - start.WriteS);
    }

    public void Dispose() => listener.Dispose();

    private void Add(string instrument, string phase, double value)
    {
        lock (gate)
            sums = (instrument, phase) switch
            {
                ("mykey.ledger.batch.transfers", _) => sums with { Batches = sums.Batches + 1, Transfers = sums.Transfers + value },
                ("mykey.ledger.batch.duration", "load") => sums with { LoadS = sums.LoadS + value },
                ("mykey.ledger.batch.duration", "apply") => sums with { ApplyS = sums.ApplyS + value },
                ("mykey.ledger.batch.duration", "write") => sums with { WriteS = sums.WriteS + value },
                _ => sums,
            };
    }
}

/// <summary>Batches of a turn and the seconds that their phases took, over all writers.</summary>
internal readonly record struct Phases(long Batches, double Transfers, double LoadS, double ApplyS, double WriteS)
{
    public double BatchSize => Transfers / Math.Max(1, Batches);

    public override string ToString() => Run.Text(
        $"  {Batches:#,0} batches of {BatchSize:0.0} · per transfer, time of its writer: load {1e6 * LoadS / Transfers:0.0} µs, apply {1e6 * ApplyS / Transfers:0.0} µs, write and commit {1e6 * WriteS / Transfers:0.0} µs");
}
