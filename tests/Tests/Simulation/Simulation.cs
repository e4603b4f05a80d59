using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;

namespace MyKey.Tests.Simulation;

/// <summary>
/// Some weeks of three writers on one database, hour by hour, with fake time. What is asked for and where it goes wrong follows from the seed;
/// only the order inside a moment is the machine's. At the end the auditor reads the blocks.
/// </summary>
internal sealed class Simulation : IAsyncDisposable
{
    private const int Citizens = 12;
    private const int HoursPerStep = 2;
    private const int MostOrdersAtOnce = 8;
    private const long BudgetPerDay = 1_500;

    /// <summary>From so many days on every kind of transfer must have stood.</summary>
    private const int DaysForAllKinds = 20;

    private static readonly MunicipalityCode[] Issuers = [MunicipalityCode.Of("132985"), MunicipalityCode.Of("134988")];
    private readonly TestClock common = new();
    private readonly Random random;
    private readonly Notebook notebook = new();
    private readonly Orders orders;
    private readonly TestDatabase test;
    private readonly FullDisk fullDisk;
    private readonly List<Database> databases = [];
    private readonly List<House> houses = [];

    private readonly int days;
    private readonly Points budget;

    private Simulation(int seed, int days, TestDatabase test)
    {
        (random, this.days, this.test, budget) = (new Random(seed), days, test, new Points(BudgetPerDay * days));
        fullDisk = new FullDisk(test.Database);
        orders = new Orders(new Random(seed + 1), Citizens, Issuers);
    }

    public static async Task<Simulation> Open(int seed, int days, Engine engine)
    {
        var simulation = new Simulation(seed, days, await TestDatabase.New(engine));
        await simulation.Prepare();
        return simulation;
    }

    public async Task Run()
    {
        for (var step = 0; step < days * 24 / HoursPerStep; step++)
        {
            common.Advance(TimeSpan.FromHours(HoursPerStep));
            foreach (var house in houses)
                if (random.Next(3) == 0) house.Plant(random.Next(12), cut: random.Next(2) == 0);
            var drawn = Enumerable.Range(0, random.Next(1, MostOrdersAtOnce + 1)).Select(_ => orders.Next(notebook, common)).Concat(Waiting()).ToList();
            var moment = drawn.ConvertAll(o => Insist(o, random.Next()));
            if (random.Next(6) == 0) moment.Add(fullDisk.Strike());
            if (random.Next(4) == 0) moment.AddRange(Enumerable.Range(0, 2).Select(_ => Job(houses[random.Next(houses.Count)])));
            await Task.WhenAll(moment);
            notebook.Turn();
        }
    }

    /// <summary>Everybody gets an answer, nothing breaks any more, and what the blocks say is compared with what everybody knows.</summary>
    public async Task<string> Audit()
    {
        foreach (var house in houses)
        {
            house.Plant(-1, cut: false);
            await house.Revive();
        }
        foreach (var order in Waiting().ToList()) await Insist(order, 0);
        notebook.Turn();
        common.Advance(TimeSpan.FromHours(1));
        foreach (var house in houses) await Job(house);

        var auditor = new Auditor();
        auditor.Read(await Blocks.Read(test.Database));
        notebook.Compare(auditor.Records);
        await CompareReading(auditor);
        await CompareCompanions();
        await CompareBudgets(auditor);
        var report = await new Audit(test.Database, Buckets.Default).Run();
        Wrong.Unless(report.Holds, $"./mykey audit: {report.Broken}");
        var missing = Enum.GetValues<TransferKind>().Where(k => auditor.Records.Values.All(r => r.Kind != (long)k)).ToList();
        Wrong.Unless(days < DaysForAllKinds || missing.Count == 0, $"no {string.Join(", ", missing)} in {days} days");
        var kinds = string.Join(", ", auditor.Records.Values.GroupBy(r => (TransferKind)r.Kind).OrderBy(g => g.Key).Select(g => $"{g.Count()} {g.Key}"));
        var refused = string.Join(", ", notebook.Answered.Values.Where(a => !a.Answer.Ok).GroupBy(a => a.Answer.Refused!.Code).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Count()} {g.Key}"));
        return $"{notebook.Answered.Count} orders; stand: {kinds}; refused: {refused}; {houses.Sum(h => h.Crashes)} crashes, {houses.Sum(h => h.Cuts)} cut connections, {fullDisk.Strikes} times a full disk";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var house in houses) await house.DisposeAsync();
        foreach (var database in databases) await database.DisposeAsync();
        await test.DisposeAsync();
    }

    private async Task Prepare()
    {
        await fullDisk.Prepare();
        await using (var connection = await test.Database.Open())
            await connection.ExecuteAsync(test.Database.Engine == Engine.Postgres ? "create table sim_row(id uuid not null primary key)" : "create table sim_row(id blob not null primary key)");
        foreach (var skew in new[] { -1_500, 0, 2_000 })
        {
            var database = test.Database;
            if (test.Database.Engine == Engine.Postgres) databases.Add(database = Database.Postgres(test.ConnectionString));
            var house = new House(database, new SkewedClock(common, TimeSpan.FromMilliseconds(skew)));
            await house.Open();
            houses.Add(house);
        }
        foreach (var programme in orders.Programmes)
            await test.Database.Write(tx => houses[0].Limits.SetTotal(tx, LimitId.Budget(programme), budget));
    }

    private IEnumerable<Order> Waiting()
    {
        for (var count = notebook.Open.Count; count > 0 && notebook.Open.TryDequeue(out var order); count--) yield return order;
    }

    /// <summary>Asks house after house under the same id until one answers; or gives up for today and comes back.</summary>
    private async Task Insist(Order order, int seed)
    {
        var (mine, last) = (new Random(seed), "");
        await Task.Yield();
        for (var tries = 0; tries < 50; tries++)
        {
            var house = houses[mine.Next(houses.Count)];
            try
            {
                var answer = await order.Ask(house);
                last = Notebook.Say(answer);
                if (answer.Refused?.Code != "busy")
                {
                    notebook.Note(order, answer);
                    return;
                }
            }
            catch (Exception lost) when (lost is Crash or IOException or System.Data.Common.DbException)
            {
                last = lost.Message;
                await fullDisk.HasRoom;
                await house.Revive();
                if (seed != 0 && mine.Next(4) == 0)
                {
                    notebook.Open.Enqueue(order);
                    return;
                }
            }
        }
        throw new Wrong($"order {order.Id.Value} of kind {order.Kind} gets no answer: {last}");
    }

    private async Task Job(House house)
    {
        try
        {
            foreach (var ending in await orders.Events.Endings(test.Database, house.Clock.Today())) await house.Ledger.Post(ending);
            await house.Expire.Run();
            await house.Limits.CloseLeases();
        }
        catch (Exception lost) when (lost is Crash or IOException or System.Data.Common.DbException)
        {
            await house.Revive();
        }
    }

    private async Task CompareReading(Auditor auditor)
    {
        var reading = new LedgerReading(test.Database, Buckets.Default);
        foreach (var citizen in orders.Citizens)
        {
            var held = await reading.Holdings(citizen, common.Today());
            foreach (var issuer in Issuers)
            {
                var shown = held.Where(h => h.Issuer == issuer).Sum(h => h.Usable.Value);
                var told = auditor.Usable(citizen.Value, new Box(1, issuer.Value, citizen.Value), common.Today().ToNumber());
                Wrong.Unless(shown == told, $"citizen {citizen.Value} is shown {shown} of {issuer}, the blocks say {told}");
            }
            var (atEvents, account) = (await new EventReading(test.Database, Buckets.Default).Of(citizen, common.Today()), orders.Events.Account(Events.Number(common.Today())));
            var (here, ofEvent) = (atEvents.Where(e => e.Event.Value == account.Owner).Sum(e => e.Usable.Value), new Box(7, account.Issuer.Value, account.Owner));
            var usable = auditor.Usable(citizen.Value, ofEvent, common.Today().ToNumber());
            Wrong.Unless(here == usable, $"citizen {citizen.Value} is shown {here} for the event, the blocks say {usable}");
        }
    }

    private async Task CompareCompanions()
    {
        await using var connection = await test.Database.Open();
        var rows = (await connection.QueryAsync<TransferId>("select id from sim_row")).ToHashSet();
        Wrong.Unless(rows.SetEquals(notebook.Accepted.Where(a => a.Order.Companion).Select(a => a.Order.Id)), $"{rows.Count} rows of companions do not stand with their transfers");
    }

    private async Task CompareBudgets(Auditor auditor)
    {
        foreach (var programme in orders.Programmes)
        {
            var given = auditor.Records.Values.Where(r => r.Programme == programme.Value).Sum(r => r.Kind == Record.Grant ? r.Moved : r.Added);
            var limit = await houses[0].Limits.Read(LimitId.Budget(programme));
            Wrong.Unless(limit!.Taken.Value == given && given <= budget.Value, $"of programme {programme.Value} {limit.Taken} are taken, the blocks say {given}");
        }
    }
}
