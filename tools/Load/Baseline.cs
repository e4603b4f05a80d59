namespace MyKey.Load;

/// <summary>
/// The ledger beside the usual way, in turns in one run on one server: other work on the machine then meets all of them. The App stands
/// over the ledger on PostgreSQL. Figures are medians over the rounds; the usual way counts with its best number of clients.
/// </summary>
internal static class Baseline
{
    public static async Task<Comparison> Run(LoadOptions options, TextWriter say, CancellationToken stop)
    {
        await using var server = await PostgresServer.Get(options, stop);
        var usual = new Usual(server, options);
        await usual.Prepare();
        await using var postgres = await Site.Open(options, server, say, stop);
        await using var sqlite = await Site.Open(options, null, say, stop);
        await using var http = options.Http ? await Http.HttpSite.Open(postgres, options, stop) : null;
        await Warm(usual, [postgres.Drive, sqlite.Drive, .. http is null ? [] : (Func<double, CancellationToken, Task>[])[http.Warm]], options, stop);
        var (usually, onPostgres, onSqlite, overHttp) = (new List<UsualTurn>(), new List<Turn>(), new List<Turn>(), new List<Turn>());
        for (var round = 1; round <= options.Rounds; round++)
        {
            await say.WriteLineAsync(Load.Run.Text($"-- round {round} of {options.Rounds}"));
            foreach (var clients in Usual.Clients) usually.Add(await Say(say, await usual.Turn(clients, options.Seconds, stop)));
            onPostgres.Add(await Say(say, await postgres.Turn(options.Seconds, stop)));
            onSqlite.Add(await Say(say, await sqlite.Turn(options.Seconds, stop)));
            if (http is not null) overHttp.Add(await Say(say, await http.Turn(options.Seconds, stop)));
        }
        var audited = await postgres.Audit(say, stop) & await sqlite.Audit(say, stop);
        var found = new Comparison(usually, onPostgres, onSqlite, overHttp, audited);
        await say.WriteLineAsync(found.ToString());
        return found;
    }

    private static async Task Warm(Usual usual, IEnumerable<Func<double, CancellationToken, Task>> drives, LoadOptions options, CancellationToken stop)
    {
        var seconds = Math.Max(1, options.Seconds / 2);
        await usual.Turn(Usual.Clients[0], seconds, stop);
        foreach (var drive in drives) await drive(seconds, stop);
    }

    private static async Task<T> Say<T>(TextWriter say, T turn)
    {
        await say.WriteLineAsync(turn!.ToString());
        return turn;
    }
}

/// <summary>Medians of a run with --baseline.</summary>
internal sealed class Comparison(IReadOnlyList<UsualTurn> usual, IReadOnlyList<Turn> postgres, IReadOnlyList<Turn> sqlite, IReadOnlyList<Turn> http, bool audited)
{
    private readonly IGrouping<int, UsualTurn> best = usual.GroupBy(t => t.Clients).MaxBy(g => Median(g.Select(t => t.PerSecond)))!;

    public bool Audited => audited;

    public object Json() => new
    {
        Ratio = new { Ledger = Ratio(postgres), Sqlite = Ratio(sqlite), Http = Ratio(http) },
        RatioByCpu = new { Ledger = RatioByCpu(postgres), Sqlite = RatioByCpu(sqlite), Http = RatioByCpu(http) },
        PerSecond = new { Usual = Math.Round(Usually), Ledger = Rounded(PerSecond(postgres), 0), Sqlite = Rounded(PerSecond(sqlite), 0), Http = Rounded(PerSecond(http), 0) },
        CpuUs = new { Usual = Math.Round(UsualCpuUs), Ledger = Rounded(CpuUs(postgres), 1), Sqlite = Rounded(CpuUs(sqlite), 1), Http = Rounded(CpuUs(http), 1) },
        Clients = best.Key,
        Audited,
    };

    public override string ToString() => Run.Text($"""
        usual way, best with {best.Key} clients: {Usually:#,0} payments/s, {UsualCpuUs:0} µs CPU each
        ledger on PostgreSQL: {PerSecond(postgres):#,0} payments/s, {CpuUs(postgres):0.0} µs CPU each: {Ratio(postgres):0.0} × (by CPU {RatioByCpu(postgres):0.0} ×)
        ledger on SQLite:     {PerSecond(sqlite):#,0} payments/s, {CpuUs(sqlite):0.0} µs CPU each: {Ratio(sqlite):0.0} × (by CPU {RatioByCpu(sqlite):0.0} ×)
        """) + (http.Count == 0 ? "" : Run.Text($"\nover HTTP:            {PerSecond(http):#,0} payments/s, {CpuUs(http):0.0} µs CPU each: {Ratio(http):0.0} × (by CPU {RatioByCpu(http):0.0} ×)"));

    private double Usually => Median(best.Select(t => t.PerSecond));

    private double UsualCpuUs => Median(best.Select(t => t.CpuUs));

    /// <summary>Null where there was no turn.</summary>
    private double? Ratio(IReadOnlyList<Turn> turns) => Rounded(PerSecond(turns) / Usually, 2);

    private double? RatioByCpu(IReadOnlyList<Turn> turns) => Rounded(UsualCpuUs / CpuUs(turns), 2);

    private static double? PerSecond(IReadOnlyList<Turn> turns) => turns.Count == 0 ? null : Median(turns.Select(t => t.PerSecond));

    private static double? CpuUs(IReadOnlyList<Turn> turns) => turns.Count == 0 ? null : Median(turns.Select(t => t.CpuUs));

    private static double? Rounded(double? value, int digits) => value is { } number ? Math.Round(number, digits) : null;

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
