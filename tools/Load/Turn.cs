namespace MyKey.Load;

/// <summary>What one turn of the ledger gave.</summary>
/// <param name="OwnCpuUs">Processor time of this process, load generator included.</param>
/// <param name="LogBytes">Write-ahead log of PostgreSQL.</param>
internal sealed record Turn(string Name, bool Sealed, double Seconds, long Accepted, IReadOnlyDictionary<string, long> Refusals, double P50Ms, double P99Ms,
    double OwnCpuUs, double ServerCpuUs, long LogBytes, Phases Phases)
{
    public long Answered => Accepted + Refusals.Values.Sum();

    /// <summary>Accepted payments a second; refusals are not counted as work done.</summary>
    public double PerSecond => Accepted / Seconds;

    public double CpuUs => (OwnCpuUs + ServerCpuUs) / Accepted;

    public override string ToString() => Run.Text($"""
        {Name}{(Sealed ? "" : " without seal")}: {PerSecond:#,0} payments/s · p50 {P50Ms:0.0} ms · p99 {P99Ms:0.0} ms · {Answered - Accepted:#,0} of {Answered:#,0} refused ({Refused()})
          {CpuUs:0.0} µs CPU each ({OwnCpuUs / Accepted:0.0} here, {ServerCpuUs / Accepted:0.0} server) · {(double)LogBytes / Accepted:0} bytes of log each
        """);

    public object Json() => new
    {
        Name, Sealed, Seconds = Math.Round(Seconds, 1), PerSecond = Math.Round(PerSecond), P50Ms, P99Ms, Accepted, Refusals, CpuUs = Math.Round(CpuUs, 1),
        BatchSize = Math.Round(Phases.BatchSize, 1),
    };

    private string Refused() => Refusals.Count == 0 ? "none" : string.Join(", ", Refusals.Select(r => Run.Text($"{r.Key} {100.0 * r.Value / Answered:0.0} %")));
}
