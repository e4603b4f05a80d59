using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MyKey.App.Shared.Web;

/// <summary>Sends our own spans and chosen meters to a collector while the App runs, and what is left when it ends.</summary>
/// <param name="grpc">Else HTTP with protobuf.</param>
public sealed class OtlpExport(Uri collector, bool grpc) : IHostedService, IDisposable
{
    private const int LastFlushMs = 5_000;

    /// <summary>Others' sources tell addresses and statements; ours tell patterns.</summary>
    private static readonly string[] Sources = [RequestSpans.SourceName, "mykey.ledger"];

    private static readonly string[] Meters = ["mykey.app", "mykey.ledger", "mykey.audit", "Microsoft.AspNetCore.Hosting", "System.Runtime"];

    private TracerProvider? traces;
    private MeterProvider? metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var resource = ResourceBuilder.CreateEmpty().AddService("mykey", serviceVersion: typeof(OtlpExport).Assembly.GetName().Version?.ToString()).AddTelemetrySdk();
        traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Sources).AddOtlpExporter(otlp => Address(otlp, "v1/traces")).Build();
        metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Meters).AddOtlpExporter(otlp => Address(otlp, "v1/metrics")).Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(() =>
    {
        traces?.Shutdown(LastFlushMs);
        metrics?.Shutdown(LastFlushMs);
    }, CancellationToken.None);

    public void Dispose()
    {
        traces?.Dispose();
        metrics?.Dispose();
    }

    private void Address(OtlpExporterOptions otlp, string signal) =>
        (otlp.Protocol, otlp.Endpoint) = grpc ? (OtlpExportProtocol.Grpc, collector) : (OtlpExportProtocol.HttpProtobuf, new Uri(collector, signal));
}
