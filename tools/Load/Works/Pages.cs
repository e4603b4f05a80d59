using System.Text;
using MyKey.Load.Http;

namespace MyKey.Load.Works;

/// <summary>Public pages over HTTP as a crowd reads them, without any login (bar: 5,000 a second on two cores, the generator on the same).</summary>
internal static class Pages
{
    private const int Warmings = 3, LongestPage = 256 * 1024;
    private const double WarmSeconds = 3;

    private static readonly string[] Paths = ["/", "/navi/places", "/navi/places?prefecture=13", "/navi/places?text=%E9%A3%9F%E5%A0%82", "/faq", "/support", "/programmes", "/libraries", "/api/v1/places?prefecture=1", "/api/v1/offers"];

    public static async Task Read(Workplace at, CancellationToken stop)
    {
        await new Country(at).Make(stop);
        await using var app = await AppProcess.Start(at.Place, at.Folder, at.Keys, stop);
        await Turn(at, app, "a crowd", path => Request(app.Port, path, ""), stop);
        // Whoever is logged in is served anew each time: what the cache is worth.
        await Turn(at, app, "the same with a cookie, so nothing is kept", path => Request(app.Port, path, "Cookie: mykey-shown=x\r\n"), stop);
    }

    private static async Task Turn(Workplace at, AppProcess app, string name, Func<string, byte[]> request, CancellationToken stop)
    {
        var requests = Paths.Select(request).ToArray();
        var wires = Enumerable.Range(0, Math.Min(at.Options.Connections, 200)).Select(_ => new Wire(app.Port, LongestPage)).ToList();
        foreach (var wire in wires) await wire.Connect(stop);
        Pay Ask(int n) => random => wires[n].Ask(requests[random.Next(requests.Length)]);
        for (var warm = 0; warm < Warmings; warm++) await new Drive(wires.Count, Ask, warm, at.Clock).For(WarmSeconds, stop);
        var (cpu, drive) = (new CpuTime(at.ServerProcess, app.Id), new Drive(wires.Count, Ask, Warmings, at.Clock));
        var before = cpu.Now();
        await drive.For(at.Options.Seconds, stop);
        var used = cpu.Now() - before;
        Must.Hold(drive.Refusals.Count == 0, $"nothing is refused: {string.Join(' ', drive.Refusals)}");
        await at.Say($"{name}: {drive.PerSecond:#,0} pages/s, p50 {drive.Latencies.Quantile(0.5):0.0} ms, p99 {drive.Latencies.Quantile(0.99):0.0} ms, {wires.Count} connections; {used.Each(drive.Accepted)}");
        foreach (var wire in wires) wire.Dispose();
    }

    private static byte[] Request(int port, string path, string header) => Encoding.ASCII.GetBytes(Run.Text($"GET {path} HTTP/1.1\r\nHost: mykey.localhost:{port}\r\n{header}\r\n"));
}
