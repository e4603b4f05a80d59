using System.Diagnostics.Metrics;
using MyKey.Kernel.Audits;

namespace MyKey.App.Audits;

/// <summary>What the last audit came to, in meter <c>mykey.audit</c>, told by the process that runs the job.</summary>
internal static class AuditMeter
{
    public const string Name = "mykey.audit";

    private static readonly Meter Meter = new(Name);
    private static volatile AuditRun? last;

    static AuditMeter()
    {
        Meter.CreateObservableGauge("mykey.audit.findings", () => Read(run => run.Broken.Sum(p => p.Broken.Count)), "{finding}", "rows that the last audit has found wrong");
        Meter.CreateObservableGauge("mykey.audit.ended", () => Read(run => (run.EndedMs ?? run.StartedMs) / 1_000), "s", "when the last audit ended, seconds since 1970");
    }

    /// <param name="run">The last one.</param>
    public static void Told(AuditRun? run) => last = run;

    private static IEnumerable<Measurement<long>> Read(Func<AuditRun, long> of) => last is { } run ? [new Measurement<long>(of(run))] : [];
}
