using System.Diagnostics;
using MyKey.App.Registry;
using MyKey.Kernel.Db;

namespace MyKey.Load.Works;

/// <summary>The public search of places over a whole country (S2-P10g: 700,000 acceptors in 1,788 bodies; bar: 95 of 100 within 100 ms), one after the other and several at once.</summary>
internal static class PlaceSearch
{
    private const int Each = 200, AtOnce = 8;

    public static async Task Search(Workplace at, CancellationToken stop)
    {
        var country = new Country(at);
        var made = await Workplace.Time(() => country.Make(stop));
        await at.Say($"{at.Size:#,0} acceptors in {(await at.Get<RegistryCache>().View()).Municipalities.Count():#,0} bodies made in {made:0.0} s");
        await Registry(at);
        var (find, random) = (at.Get<FindPlaces>(), new Random(at.Options.Seed));
        MunicipalityCode Town() => MunicipalityCode.Of(country.Codes[random.Next(country.Codes.Count)]);
        (string Name, Func<PlaceQuery> Query)[] mix =
        [
            ("the first leaf of all", () => new()), ("a prefecture", () => new(Prefecture: random.Next(1, 48))), ("a municipality", () => new(Municipality: Town())), ("a kind in the country", () => new(Kind: "museum")),
            ("a kind in a municipality", () => new(Municipality: Town(), Kind: "lodging")), ("a frequent word", () => new(Text: "食堂")), ("a whole name", () => new(Text: country.NameOf(random.Next(at.Size)))),
            ("a word in a prefecture", () => new(Prefecture: random.Next(1, 48), Text: "パン工房")), ("two words", () => new(Text: "ほたる 温泉")), ("a municipality as a word", () => new(Text: $"{country.Towns[random.Next(country.Towns.Count)]} そば")),
            ("open on a day in a municipality", () => new(Municipality: Town(), OpenOn: new DateOnly(2026, 12, 6))), ("a word that is nowhere", () => new(Text: "ない店")), ("frequent pairs that are nowhere together", () => new(Text: "食堂書店")),
        ];
        foreach (var (name, query) in mix)
        {
            var times = new Latencies();
            for (var n = 0; n < Each; n++) await One(find, query(), times, stop);
            await at.Say($"{name}: p50 {times.Quantile(0.5):0.0} ms, p95 {times.Quantile(0.95):0.0} ms, longest {times.Quantile(0.999):0.0} ms");
        }
        var all = new Latencies();
        for (var n = 0; n < Each * 5; n++) await One(find, mix[n % mix.Length].Query(), all, stop);
        await at.Say($"the mix, one after the other: p50 {all.Quantile(0.5):0.0} ms, p95 {all.Quantile(0.95):0.0} ms (bar: 100 ms)");
        var (together, queries) = (new Latencies(), Enumerable.Range(0, Each * 5).Select(n => mix[n % mix.Length].Query()).ToList());
        var took = await Workplace.Time(() => Parallel.ForEachAsync(queries, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop }, async (q, s) => await One(find, q, together, s)));
        await at.Say($"the mix, {AtOnce} at once: p50 {together.Quantile(0.5):0.0} ms, p95 {together.Quantile(0.95):0.0} ms, {queries.Count / took:#,0}/s");
    }

    /// <summary>What the registry in memory costs, which payments ask.</summary>
    private static async Task Registry(Workplace at)
    {
        GC.Collect();
        var before = GC.GetTotalMemory(true);
        using var cache = new RegistryCache(at.Database, at.Clock);
        RegistryView? view = null;
        var loaded = await Workplace.Time(async () => view = await cache.View());
        var held = GC.GetTotalMemory(true) - before;
        await at.Say($"the registry in memory: loaded in {loaded:0.00} s, {held / 1_048_576:#,0} MB");
        await at.Get<RegistryCache>().View();
        var one = view!.Acceptors.First(a => a.State == AcceptorState.Active);
        var changed = await at.Get<ChangeAcceptor>().Run(new(one.Id, $"{one.Name}二", AcceptorState.Active, null, Actor.Job("load")));
        Must.Hold(changed.Ok, $"a shop changes: {changed.Refused}");
        var again = await Workplace.Time(async () => view = await at.Get<RegistryCache>().View());
        Must.Hold(view.Find(one.Id)!.Name.EndsWith('二'), "the change is seen");
        await at.Say($"one changed acceptor: the registry is there again in {again * 1_000:0} ms");
    }

    private static async Task One(FindPlaces find, PlaceQuery query, Latencies times, CancellationToken stop)
    {
        var from = Stopwatch.GetTimestamp();
        Must.Hold((await find.Run(query, stop)).Ok, "a search is answered");
        times.Add((long)Stopwatch.GetElapsedTime(from).TotalMicroseconds);
    }
}
