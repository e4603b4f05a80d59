namespace MyKey.Load;

/// <summary>What one turn of the ledger gave.</summary>
/// <param name="Cpu">Processor time: this process with the load generator, the App when there is one, the server.</param>
/// <param name="LogBytes">Write-ahead log of PostgreSQL.</param>
/// <param name="DataBytes">By how much the database grew on disk.</param>
/// <param name="Phases">Told by the ledger, where it is in this process.</param>
internal sealed record Turn(string Name, bool Sealed, double Seconds, long Accepted, IReadOnlyDictionary<string, long> Refusals, double P50Ms, double P99Ms,
    CpuUsed Cpu, long LogBytes, long DataBytes, Phases? Phases)
{
    public long Answered => Accepted + Refusals.Values.Sum();

    /// <summary>Accepted payments a second; refusals are not counted as work done.</summary>
    public double PerSecond => Accepted / Seconds;

    public double CpuUs => (Cpu.Own + Cpu.App + Cpu.Server) / Accepted;

    /// <summary>MB of database per million payments.</summary>
    public double GrowthMb => (double)DataBytes / Accepted;

    public override string ToString()
    {
        var app = Cpu.App > 0 ? Run.Text($"{Cpu.App / Accepted:0.0} App, ") : "";
        return Run.Text($"""
            {Name}{(Sealed ? "" : " without seal")}: {PerSecond:#,0} payments/s · p50 {P50Ms:0.0} ms · p99 {P99Ms:0.0} ms · {Answered - Accepted:#,0} of {Answered:#,0} refused ({Refused()})
              {CpuUs:0.0} µs CPU each ({Cpu.Own / Accepted:0.0} here, {app}{Cpu.Server / Accepted:0.0} server) · {(double)LogBytes / Accepted:0} bytes of log each · grows by {GrowthMb:#,0} MB per million
            """) + (Phases is null ? "" : $"\n{Phases}");
    }

    public object Json() => new
    {
        Name, Sealed, Seconds = Math.Round(Seconds, 1), PerSecond = Math.Round(PerSecond), P50Ms, P99Ms, Accepted, Refusals, CpuUs = Math.Round(CpuUs, 1), GrowthMb = Math.Round(GrowthMb),
        BatchSize = Phases is { } phases ? Math.Round(phases.BatchSize, 1) : (double?)null,
    };

    private string Refused() => Refusals.Count == 0 ? "none" : string.Join(", ", Refusals.Select(r => Run.Text($"{r.Key} {100.0 * r.Value / Answered:0.0} %")));
}
