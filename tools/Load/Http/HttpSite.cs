namespace MyKey.Load.Http;

/// <summary>An App over the ledger of a site, taking payments over HTTP.</summary>
internal sealed class HttpSite : IAsyncDisposable
{
    /// <summary>Tokens are made for this much more than the last turn took.</summary>
    private const double Spare = 1.5;

    private const int FirstPerSecond = 3_000;
    private const int MostWarmings = 6;
    private const double FasterByOneTenth = 1.1;
    private readonly Site site;
    private readonly Town town;
    private readonly AppProcess app;
    private readonly LoadOptions options;
    private readonly CpuTime cpu;
    private readonly Random random;
    private double perSecond = FirstPerSecond;

    private HttpSite(Site site, Town town, AppProcess app, LoadOptions options)
    {
        (this.site, this.town, this.app, this.options) = (site, town, app, options);
        cpu = new CpuTime(site.ServerProcess, app.Id);
        random = new Random(options.Seed);
    }

    public static async Task<HttpSite> Open(Site site, LoadOptions options, CancellationToken stop)
    {
        var town = Must.Have(site.Town, "the site has people");
        return new HttpSite(site, town, await AppProcess.Start(site.Place, site.Folder, site.Keys, stop), options);
    }

    /// <summary>Pays without measuring until it gets no faster: a fresh process runs code that is not optimised yet.</summary>
    public async Task Warm(double seconds, CancellationToken stop)
    {
        for (var (round, before) = (0, 0.0); round < MostWarmings; round++)
        {
            var (drive, _) = await Pay(seconds, stop);
            perSecond = Math.Max(perSecond, drive.PerSecond);
            if (drive.PerSecond < before * FasterByOneTenth) return;
            before = drive.PerSecond;
        }
    }

    public async Task<Turn> Turn(double seconds, CancellationToken stop)
    {
        var (drive, used) = await Pay(seconds, stop);
        perSecond = Math.Max(perSecond, drive.PerSecond);
        return new Turn($"HTTP on {site.Name}", true, drive.Seconds, drive.Accepted, drive.Refusals, drive.Latencies.Quantile(0.5), drive.Latencies.Quantile(0.99),
            used.Cpu, used.LogBytes, used.DataBytes, null);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<(Drive Drive, (CpuUsed Cpu, long LogBytes, long DataBytes) Used)> Pay(double seconds, CancellationToken stop)
    {
        // Before the tokens: in life they are as old as a citizen at the till, not older than the last checkpoint.
        await site.Checkpoint();
        var people = Enumerable.Range(0, (int)(perSecond * seconds * Spare)).Select(_ => random.Next(town.People.Length)).ToList();
        var stock = new Stock(await town.Show(people, stop));
        var tills = Enumerable.Range(0, options.Connections).Select(_ => new Till(app.Port)).ToList();
        foreach (var till in tills) await till.Connect(stop);
        var drive = site.NewDrive(options.Connections, till => random => stock.Take(out var shown)
            ? tills[till].Pay(site.Population.PaymentOf(shown.Person, random, site.Clock), shown)
            : ValueTask.FromResult<string?>(Load.Drive.NothingLeft));
        var (log, data, before) = (await site.LogBytes(), await site.DataBytes(), cpu.Now());
        await drive.For(seconds, stop);
        var used = (cpu.Now() - before, await site.LogBytes() - log, await site.DataBytes() - data);
        foreach (var till in tills) till.Dispose();
        return (drive, used);
    }
}
