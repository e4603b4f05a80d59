using MyKey.Ledger;

namespace MyKey.Load.Works;

/// <summary>Lots lapse while others pay, so many payments a second (bar: the p99 of the payments at most doubles).</summary>
internal static class Expiry
{
    private const int Payers = 20_000;
    internal const int PerSecond = 200;
    private const int LotsEach = 2;

    public static async Task Lapse(Workplace at, CancellationToken stop)
    {
        var ledger = at.Get<MyKey.Ledger.Ledger>();
        var payers = new Population(at.Options with { Accounts = Payers }, []);
        await Workplace.Post(ledger, 2 * Payers, i => payers.Grant(i / 2, i % 2, at.Clock), stop);
        await using (var then = await at.Ago(days: 2)) await Workplace.Post(then, at.Size, Old(at), stop);

        await at.Rest();
        await Pay(at, payers, TimeSpan.FromSeconds(at.Options.Seconds / 4.0), stop);
        var alone = await Pay(at, payers, TimeSpan.FromSeconds(at.Options.Seconds), stop);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var paying = Pay(at, payers, Timeout.InfiniteTimeSpan, ended.Token);
        var (expire, lapsed) = (at.Get<Expire>(), 0);
        var seconds = await Workplace.Time(async () =>
        {
            for (int some; (some = await expire.Run(stop)) > 0;) lapsed += some;
        });
        await ended.CancelAsync();
        var beside = await paying;
        Must.Hold(lapsed == at.Size, "every lot has lapsed");
        await at.Say($"{lapsed:#,0} lots lapsed in {seconds:0.0} s, {lapsed / seconds:#,0}/s, in runs of {Expire.LotsPerRun:#,0}");
        await at.Say($"{PerSecond} payments/s meanwhile: p50 {beside.Quantile(0.5):0.0} ms, p99 {beside.Quantile(0.99):0.0} ms; without: p50 {alone.Quantile(0.5):0.0} ms, p99 {alone.Quantile(0.99):0.0} ms");
    }

    private static Func<int, Transfer> Old(Workplace at)
    {
        var (programme, yesterday) = (Ids.New<ProgrammeId>(at.Clock), at.Clock.Today().AddDays(-1));
        var citizens = Enumerable.Range(0, (at.Size + LotsEach - 1) / LotsEach).Select(_ => Ids.NewRandom<CitizenId>()).ToArray();
        return i => Transfer.Grant(Ids.New<TransferId>(at.Clock), citizens[i / LotsEach], Population.Issuers[i / LotsEach % Population.Issuers.Length], new Points(100), programme,
            new NewLot(yesterday, new LotSource(SourceKind.Grant)), Actor.Job("load"));
    }

    /// <summary>Payments that come whether the one before has its answer or not, as customers do.</summary>
    internal static async Task<Latencies> Pay(Workplace at, Population payers, TimeSpan during, CancellationToken stop)
    {
        var (ledger, random, latencies, paying) = (at.Get<MyKey.Ledger.Ledger>(), new Random(at.Options.Seed), new Latencies(), new List<Task>());
        var (start, count) = (at.Clock.GetTimestamp(), 0);
        bool Ended() => stop.IsCancellationRequested || (during != Timeout.InfiniteTimeSpan && at.Clock.GetElapsedTime(start) > during);
        while (!Ended())
        {
            for (var due = (int)(at.Clock.GetElapsedTime(start).TotalSeconds * PerSecond); count < due; count++) paying.Add(One(Population.Use(payers.Payment(random, at.Clock))));
            await Task.Delay(1, CancellationToken.None);
        }
        await Task.WhenAll(paying);
        return latencies;

        async Task One(Transfer use)
        {
            var asked = at.Clock.GetTimestamp();
            await ledger.Post(use);
            latencies.Add((long)at.Clock.GetElapsedTime(asked).TotalMicroseconds);
        }
    }
}
