using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MyKey.Tests.Support;

/// <summary>A collector of traces and metrics on a free port of 127.0.0.1: OTLP over HTTP with protobuf, which it keeps as it came.</summary>
public sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<(string Signal, byte[] Bytes)> received = new();

    private Collector(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    /// <summary>Everything that came for a signal, <c>traces</c> or <c>metrics</c>. Text lies in protobuf as UTF-8, letter for letter.</summary>
    public byte[] Received(string signal) => [.. received.Where(r => r.Signal == signal).SelectMany(r => r.Bytes)];

    public static async Task<Collector> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = new Collector(builder.Build());
        collector.app.MapPost("/v1/{signal}", collector.Take);
        await collector.app.StartAsync();
        return collector;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task<IResult> Take(string signal, HttpRequest request)
    {
        if (request.ContentType != "application/x-protobuf" || request.Headers.ContentEncoding.Count > 0) return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        using var bytes = new MemoryStream();
        await request.Body.CopyToAsync(bytes);
        received.Enqueue((signal, bytes.ToArray()));
        return Results.Bytes([], "application/x-protobuf");
    }
}
