using System.Globalization;

namespace MyKey.Load;

/// <summary>
/// Processor time of this process and of a database server on the same machine, from /proc, in µs. Children that have ended are counted with
/// whoever waited for them: backends with the server, pgbench with this process.
/// </summary>
internal sealed class CpuTime(int? server, int? app = null)
{
    private const double TickUs = 10_000;   // USER_HZ is 100 on every Linux

    /// <summary>This process and its children, an App beside it, and the server with its own children.</summary>
    public CpuUsed Now()
    {
        var own = Stat("self");
        var ofApp = app is { } id ? Stat(id.ToString(CultureInfo.InvariantCulture)).Time : 0;
        if (server is not { } root) return new CpuUsed(own.Time, ofApp, 0);
        var all = Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(d => char.IsAsciiDigit(d![0])).Select(d => Read(d!)).OfType<(int Id, int Parent, double Time)>().ToList();
        return new CpuUsed(own.Time, ofApp, all.Where(p => p.Id == root || p.Parent == root).Sum(p => p.Time));
    }

    /// <summary>The server whose backend has the given process id, or null when it isn't on this machine.</summary>
    public static int? ServerOf(int backend)
    {
        if (Read(backend.ToString(CultureInfo.InvariantCulture)) is not { } process) return null;
        return File.ReadAllText($"/proc/{process.Id}/comm").StartsWith("postgres", StringComparison.Ordinal) ? process.Parent : null;
    }

    private static (int Id, int Parent, double Time)? Read(string process)
    {
        try
        {
            return Stat(process);
        }
        catch (IOException)
        {
            return null;   // it has ended, or there is no /proc
        }
    }

    /// <summary>Fields 4 and 14 to 17 of proc(5) stat, counted behind the name in brackets.</summary>
    private static (int Id, int Parent, double Time) Stat(string process)
    {
        var text = File.ReadAllText($"/proc/{process}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = fields[11..15].Sum(f => long.Parse(f, CultureInfo.InvariantCulture));
        return (int.Parse(text.AsSpan(0, text.IndexOf(' ')), CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture), ticks * TickUs);
    }
}

/// <summary>Processor time in µs.</summary>
internal readonly record struct CpuUsed(double Own, double App, double Server)
{
    public static CpuUsed operator -(CpuUsed after, CpuUsed before) => new(after.Own - before.Own, after.App - before.App, after.Server - before.Server);

    /// <summary>Of so many calls over HTTP each, in words.</summary>
    public string Each(long calls) => Run.Text($"{(Own + App + Server) / calls:0.0} µs ({Own / calls:0.0} generator, {App / calls:0.0} App, {Server / calls:0.0} server)");
}
