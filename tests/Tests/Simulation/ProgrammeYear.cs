using System.Globalization;
using MyKey.App.Rehearsals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;

namespace MyKey.Tests.Simulation;

/// <summary>One programme of the year: what is assumed of people, the offer, and until when what it grants can be received.</summary>
internal sealed record PlayedProgramme(string Name, ProgrammeId Id, Assumptions Assumed, RehearsedOffer Offer, DateOnly? ClaimUntil);

/// <summary>What was played of one programme, counted as it happened.</summary>
internal sealed class Played
{
    public int Applied, Granted, Rejected, Late, Unpaid, Service, Municipal, CameBack;

    public DateOnly? BudgetEnds { get; set; }
}

/// <summary>
/// A year of programmes: people of the rehearsal's kind, but others than the forecast has seen, apply in time or late, are rejected or granted out of a budget that may be empty, receive it by a
/// service that sometimes gives it back, or as points, or never. Two writers that crash post it all to a real ledger, the job lets lapse what nobody received, and the auditor reads the blocks.
/// </summary>
internal sealed class ProgrammeYear : IAsyncDisposable
{
    public const int Days = 365;

    private static readonly MunicipalityCode Issuer = MunicipalityCode.Of("132985");
    private static readonly PaymentServiceId[] Services = [new(new Guid("00000000-0000-4000-8000-0000000000b1")), new(new Guid("00000000-0000-4000-8000-0000000000b2"))];
    private readonly TestClock clock = new();
    private readonly Random random;
    private readonly TestDatabase test;
    private readonly List<House> houses = [];
    private readonly Dictionary<DateOnly, List<Func<Task>>> plans = [];

    private ProgrammeYear(int seed, int people, TestDatabase test)
    {
        (random, this.test) = (new Random(seed), test);
        Programmes = [.. Plans(clock.Today(), people)];
        Counts = Programmes.ToDictionary(p => p.Id, _ => new Played());
        foreach (var (programme, i) in Programmes.Select((p, i) => (p, i)))
            foreach (var one in MadeUp.People(programme.Assumed, programme.Offer, seed + 1_000 + i)) Plan(programme, one);
    }

    public IReadOnlyList<PlayedProgramme> Programmes { get; }

    public IReadOnlyDictionary<ProgrammeId, Played> Counts { get; }

    public static async Task<ProgrammeYear> Open(int seed, int people, Engine engine)
    {
        var year = new ProgrammeYear(seed, people, await TestDatabase.New(engine));
        for (var i = 0; i < 2; i++)
        {
            var house = new House(year.test.Database, year.clock);
            await house.Open();
            year.houses.Add(house);
        }
        foreach (var programme in year.Programmes)
            await year.test.Database.Write(tx => year.houses[0].Limits.SetTotal(tx, LimitId.Budget(programme.Id), programme.Offer.Budget));
        return year;
    }

    public async Task Run()
    {
        for (var day = 0; day < Days; day++)
        {
            if (random.Next(10) == 0) houses[random.Next(houses.Count)].Plant(random.Next(6), cut: random.Next(2) == 0);
            // A claim may plan another of the same day behind it.
            var today = plans.GetValueOrDefault(clock.Today(), []);
            for (var at = 0; at < today.Count;)
            {
                var some = today.Skip(at).Take(8).ToList();
                at += some.Count;
                await Task.WhenAll(some.Select(plan => plan()));
            }
            clock.Advance(TimeSpan.FromDays(1));
            await Insist(async house => { await house.Expire.Run(); await house.Limits.CloseLeases(); return true; });
        }
    }

    /// <summary>The blocks tell the same as what was counted, and so do the figures of an office.</summary>
    public async Task Audit()
    {
        foreach (var house in houses)
        {
            house.Plant(-1, cut: false);
            await house.Revive();
        }
        clock.Advance(TimeSpan.FromHours(1));
        await Insist(async house => { await house.Expire.Run(); await house.Limits.CloseLeases(); return true; });
        var auditor = new Auditor();
        auditor.Read(await Blocks.Read(test.Database));
        var report = await new Audit(test.Database, Buckets.Default).Run();
        Wrong.Unless(report.Holds, $"./mykey audit: {report.Broken}");
        foreach (var programme in Programmes)
        {
            var (counted, claimed) = (Counts[programme.Id], programme.ClaimUntil is not null);
            var given = auditor.Records.Values.Count(r => r.Kind == Record.Grant && r.Programme == programme.Id.Value);
            var limit = await houses[0].Limits.Read(LimitId.Budget(programme.Id));
            Wrong.Unless(given == counted.Granted && limit!.Taken.Value == given * programme.Offer.Amount.Value, $"{programme.Name}: {counted.Granted} were granted, the blocks say {given}, the budget {limit!.Taken}");
            var parts = await test.Database.Snapshot(c => new ProgrammeReading(Buckets.Default).Parts(c, Issuer, programme.Id, clock.Today(), clock.Today()));
            long Of(EntitlementEnd end) => parts.Where(p => p.End == end).Sum(p => p.Count);
            Wrong.Unless(Of(EntitlementEnd.Service) == counted.Service && Of(EntitlementEnd.Municipal) == counted.Municipal && parts.Sum(p => p.Count) == (claimed ? given : 0) && Of(EntitlementEnd.Open) == 0,
                $"{programme.Name}: {counted.Service} by services and {counted.Municipal} as points of {given}; the figures say {string.Join(", ", parts)}");
        }
    }

    /// <summary>Of what was granted nobody received so many.</summary>
    public int Lapsed(PlayedProgramme programme) => programme.ClaimUntil is null ? 0 : Counts[programme.Id].Granted - Counts[programme.Id].Service - Counts[programme.Id].Municipal;

    public async ValueTask DisposeAsync()
    {
        foreach (var house in houses) await house.DisposeAsync();
        await test.DisposeAsync();
    }

    private static IEnumerable<PlayedProgramme> Plans(DateOnly first, int people)
    {
        Assumptions With(params (string Key, int Value)[] other) =>
            Assumptions.Read(key => key == "people" ? Text(people) : other.Where(o => o.Key == key).Select(o => Text(o.Value)).FirstOrDefault(), first).Value;
        yield return Programme("services, screened", With(), first.AddDays(10), (60, 0), (500, people * 500L), screened: true, claimDays: 60);
        yield return Programme("small budget, at once", With(("apply", 60)), first.AddDays(60), (30, 0), (1_000, people * 80L), screened: false, claimDays: 45);
        yield return Programme("points, late ones too", With(("late", 10), ("reject", 15)), first.AddDays(120), (90, 20), (300, people * 300L), screened: true, claimDays: null);
        yield return Programme("from 65, no counter", With(("children.for", 0), ("adults.for", 0), ("counter", 0), ("lapse", 25)), first.AddDays(240), (45, 0), (700, people * 700L), screened: false, claimDays: 30);
    }

    private static PlayedProgramme Programme(string name, Assumptions assumed, DateOnly from, (int Days, int Late) days, (long Amount, long Budget) points, bool screened, int? claimDays) =>
        new(name, Ids.NewRandom<ProgrammeId>(), assumed, new RehearsedOffer(from, days.Days, days.Late, new Points(points.Amount), new Points(points.Budget), screened, claimDays is not null),
            claimDays is { } more ? from.AddDays(days.Days + days.Late + assumed.ScreeningDays + more) : null);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private void Plan(PlayedProgramme programme, MadeUp one)
    {
        var counted = Counts[programme.Id];
        if (one.Out == LeftOut.Late) counted.Late++;
        if (!one.Applies) return;
        counted.Applied++;
        if (one.Out == LeftOut.Rejected) counted.Rejected++;
        else At(programme.Offer.From.AddDays(one.Day + (programme.Offer.Screened ? programme.Assumed.ScreeningDays : 0)), Grant(programme, one));
    }

    private void At(DateOnly day, Func<Task> plan)
    {
        lock (plans)
        {
            if (!plans.TryGetValue(day, out var of)) plans.Add(day, of = []);
            of.Add(plan);
        }
    }

    private Func<Task> Grant(PlayedProgramme programme, MadeUp one)
    {
        var (id, citizen, chance) = (new TransferId(NewId()), new CitizenId(NewId()), new Random(random.Next()));
        return async () =>
        {
            var (offer, actor) = (programme.Offer, Actor.Job("simulation"));
            var answer = await Insist<Result<Posted>>(async house => await house.Limits.Post(LimitId.Budget(programme.Id), programme.ClaimUntil is { } last
                ? Transfer.Entitle(id, citizen, Issuer, offer.Amount, programme.Id, last, actor)
                : Transfer.Grant(id, citizen, Issuer, offer.Amount, programme.Id, new NewLot(clock.Today().AddDays(400), new LotSource(SourceKind.Grant)), actor)), again: a => a.Refused?.Code == "busy");
            var counted = Counts[programme.Id];
            lock (counted)
            {
                if (answer.Ok) counted.Granted++;
                else if (answer.Refused!.Code == "budget_exhausted") counted.Unpaid++;
                else throw new Wrong($"{programme.Name}: a grant is answered {answer.Refused}");
                if ((counted.Granted + 1) * offer.Amount.Value > offer.Budget.Value) counted.BudgetEnds ??= clock.Today();
            }
            if (answer.Ok && programme.ClaimUntil is { } until && !one.Lapses)
                At(clock.Today().AddDays(chance.Next(Math.Max(1, until.DayNumber - clock.Today().DayNumber - 3))), Claim(programme, answer.Value, citizen, chance));
        };
    }

    /// <summary>By a service, which may give it back, or as points of the municipality; what came back is received as points the next day.</summary>
    private Func<Task> Claim(PlayedProgramme programme, Posted grant, CitizenId citizen, Random chance) => async () =>
    {
        var (service, refused, counted) = (Services[chance.Next(Services.Length)], chance.Next(10) == 0, Counts[programme.Id]);
        if (chance.Next(5) == 0)
        {
            await Receive(programme, grant, citizen, new TransferId(IdOf(chance)))();
            return;
        }
        var (id, back) = (new TransferId(IdOf(chance)), new TransferId(IdOf(chance)));
        var paid = await Insist(async house => await house.Ledger.Post(Transfer.Payout(id, citizen, Account.Entitlement(Issuer, programme.Id), programme.Offer.Amount, await house.LotOf(grant), service, Actor.Of(citizen))), Busy);
        Wrong.Unless(paid.Ok, $"{programme.Name}: a claim is answered {paid.Refused}");
        if (!refused)
        {
            lock (counted) counted.Service++;
            return;
        }
        var returned = await Insist(async house => await house.Ledger.Post(Transfer.PayoutReturn(back, paid.Value.Receipt.Bucket, id, programme.Id, new ReturnRule(), Actor.Job("simulation"))), Busy);
        Wrong.Unless(returned.Ok, $"{programme.Name}: what a service refused is answered {returned.Refused}");
        lock (counted) counted.CameBack++;
        At(clock.Today().AddDays(1), Receive(programme, grant, citizen, new TransferId(IdOf(chance))));
    };

    private Func<Task> Receive(PlayedProgramme programme, Posted grant, CitizenId citizen, TransferId id) => async () =>
    {
        var until = clock.Today().AddDays(200);
        var received = await Insist(async house =>
            await house.Ledger.Post(Transfer.Receive(id, citizen, Account.Entitlement(Issuer, programme.Id), programme.Offer.Amount, await house.LotOf(grant), until, Actor.Of(citizen))), Busy);
        Wrong.Unless(received.Ok, $"{programme.Name}: receiving as points is answered {received.Refused}");
        lock (Counts[programme.Id]) Counts[programme.Id].Municipal++;
    };

    private static bool Busy(Result<Posted> answer) => answer.Refused?.Code == "busy";

    /// <summary>Asks house after house under the same id until one answers.</summary>
    private async Task<T> Insist<T>(Func<House, Task<T>> ask, Func<T, bool>? again = null)
    {
        var last = "";
        for (var tries = 0; tries < 60; tries++)
        {
            var house = houses[tries % houses.Count];
            try
            {
                var answer = await ask(house);
                if (again?.Invoke(answer) != true) return answer;
            }
            catch (Exception lost) when (lost is Crash or IOException or System.Data.Common.DbException)
            {
                last = lost.Message;
                await house.Revive();
            }
        }
        throw new Wrong($"no answer: {last}");
    }

    private Guid NewId() => IdOf(random);

    private static Guid IdOf(Random chance)
    {
        var bytes = new byte[16];
        chance.NextBytes(bytes);
        (bytes[6], bytes[8]) = ((byte)(0x40 | bytes[6] & 0x0F), (byte)(0x80 | bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }
}
