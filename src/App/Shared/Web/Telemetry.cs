namespace MyKey.App.Shared.Web;

/// <summary>
/// Traces and metrics over OTLP, only where somebody has named a collector: <c>MyKey:Telemetry</c>, else <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>. What
/// leaves the process is on docs/operations.md: route patterns, statuses, codes, counts and times; no address with its values, no person.
/// </summary>
public static class Telemetry
{
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        if (Collector(builder.Configuration) is not { } collector) return;
        var grpc = builder.Configuration["OTEL_EXPORTER_OTLP_PROTOCOL"] == "grpc";
        builder.Services.AddHostedService(_ => new OtlpExport(collector, grpc));
    }

    public static void UseTelemetry(this WebApplication app)
    {
        if (Collector(app.Configuration) is not null) app.UseMiddleware<RequestSpans>();
    }

    public static void UseTelemetryOfRoutes(this WebApplication app)
    {
        if (Collector(app.Configuration) is not null) app.Use(RequestSpans.Routed);
    }

    private static Uri? Collector(IConfiguration configuration)
    {
        var named = Site.From(configuration).Telemetry ?? configuration["OTEL_EXPORTER_OTLP_ENDPOINT"];
        if (string.IsNullOrWhiteSpace(named)) return null;
        return Uri.TryCreate(named.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new InvalidOperationException($"MyKey:Telemetry or OTEL_EXPORTER_OTLP_ENDPOINT is not the address of a collector: {named}");
    }
}
