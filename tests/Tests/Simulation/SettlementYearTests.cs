using System.Globalization;
using MyKey.App.Settlement;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.Settlement;
using MyKey.Tests.Ledger;
using MyKey.Tests.Support;

namespace MyKey.Tests.Simulation;

/// <summary>
/// Goal: a year closed month by month, with what is undone long after its month was closed. A second program that reads nothing but blocks and entries adds up what each partner owes and each shop is owed, and every claim
/// and statement says the same, on the day on which it was made and at the end of the year.
/// </summary>
public class SettlementYearTests
{
    private const int Seed = 20171215, Months = 12, Kinds = 9, HalfHourMs = 1_800_000;

    private static readonly MunicipalityCode[] Towns = [LedgerHouse.A, LedgerHouse.B];

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P8a_S2_P8b_S2_Q1_S2_Q2_a_year_of_statements_and_claims_is_told_by_the_blocks(Engine engine)
    {
        var (seed, perDay) = (Asked("MYKEY_SIM_SEED") ?? Seed, (Asked("MYKEY_SIM_DAYS") ?? 0) >= 365 ? 40 : 4);
        await using var at = await SettlementHouse.New(engine);
        var (random, people) = (new Random(seed), Enumerable.Range(0, 30).Select(_ => LedgerHouse.NewCitizen()).ToArray());
        var (uses, captures, told) = (new List<Posted>(), new List<Posted>(), new Dictionary<SettlementMonth, List<string>>());
        for (var month = SettlementHouse.December; told.Count < Months; month = month.Next)
        {
            while (at.House.Clock.NowMs() < month.UntilMs - Jst.DayMs)
            {
                for (var n = 0; n < perDay; n++) await Do(at.House, random, people[random.Next(people.Length)], (uses, captures));
                at.House.Clock.Jump(TimeSpan.FromHours(20 + random.Next(8)));
            }
            // In the last half hour of the month, and in the first of the next.
            foreach (var edge in (long[])[month.UntilMs - HalfHourMs, month.UntilMs + HalfHourMs])
            {
                at.House.Clock.Jump(TimeSpan.FromMilliseconds(Math.Max(0, edge - at.House.Clock.NowMs())));
                for (var n = 0; n < perDay; n++) await Do(at.House, random, people[random.Next(people.Length)], (uses, captures));
            }
            at.To(month.Next.First.Year, month.Next.First.Month, 2);
            await at.Close();
            told[month] = await Told(at, month);
        }

        var records = await Blocks.Read(at.Database);
        foreach (var (month, lines) in told)
        {
            Assert.Equal(ByBlocks(records, month), lines);
            Assert.Equal(lines, await Told(at, month));
        }
        Assert.Contains(told.Values.SelectMany(l => l), l => l.Contains("undone -", StringComparison.Ordinal));
        var byId = records.ToDictionary(r => r.Id);
        var late = records.Count(r => r.Cancels is { } of && MonthOf(byId[of]) != MonthOf(r));
        Assert.True(late > 10, "things are undone after their month was closed");
        await at.MustHold();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{engine}, seed {seed}, a year of settlement: {records.Count} transfers in {told.Count} closed months, {late} undone after their month was closed, {told.Values.Sum(l => l.Count)} claims and statements as the blocks tell them"));
    }

    private static async Task Do(LedgerHouse house, Random random, CitizenId citizen, (List<Posted> Uses, List<Posted> Captures) done)
    {
        var (amount, town, partner) = (random.Next(1, 500), Towns[random.Next(2)], random.Next(2) == 0 ? LedgerHouse.Partner : LedgerHouse.OtherPartner);
        switch (random.Next(Kinds))
        {
            case 0: await house.Grant(citizen, 3 * amount, random.Next(30, 400), town); break;
            case 1: await house.Exchange(citizen, 3 * amount, partner); break;
            case 2: await house.Reserve(citizen, 2 * amount, partner); break;
            case 3: await house.MoveReserved(citizen, amount); break;
            case 4 or 5:
                var used = await house.Use(citizen, amount, issuer: town, shop: random.Next(2) == 0 ? LedgerHouse.OtherShop : null);
                if (used.Ok) done.Uses.Add(used.Value);
                break;
            case 6 when done.Uses.Count > 0:
                // Mostly something old: the office has closed its month long ago.
                var use = done.Uses[random.Next(done.Uses.Count)];
                if (!(await house.Cancel(use, LedgerHouse.Shop)).Ok) await house.Cancel(use, LedgerHouse.OtherShop);
                break;
            case 7:
                var pledge = await house.Pledge(citizen, amount);
                if (pledge.Ok && await house.Capture(citizen, pledge.Value, Math.Max(1, amount / 2)) is { Ok: true } captured) done.Captures.Add(captured.Value);
                break;
            case 8 when done.Captures.Count > 0: await house.Refund(done.Captures[random.Next(done.Captures.Count)], 1 + random.Next(20)); break;
        }
    }

    /// <summary>What the house says.</summary>
    private static async Task<List<string>> Told(SettlementHouse at, SettlementMonth month)
    {
        var lines = new List<string>();
        foreach (var town in Towns)
        {
            foreach (var claim in await new FindClaims(at.Database).Of(town, month, Guid.Empty)) lines.Add(Claim(town.Value, claim.Creditor, claim.Used, claim.Undone, claim.Carried, claim.Amount));
            foreach (var statement in await at.Statements.Of(town, month)) lines.Add(Statement(town.Value, statement.Partner.Value, statement.Opening, statement.Exchanged, statement.Moved, statement.Due));
        }
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    /// <summary>The second program: all that it knows are records.</summary>
    private static List<string> ByBlocks(List<Record> records, SettlementMonth asked)
    {
        var lines = new List<string>();
        foreach (var creditor in records.SelectMany(r => r.Postings.Where(p => p.Kind == 3).Select(p => p.Box)).Distinct())
        {
            long left = 0;
            foreach (var month in UpTo(asked))
            {
                var here = records.Where(r => MonthOf(r) == month.Number).SelectMany(r => r.Postings.Where(p => p.Box == creditor)).Select(p => p.Amount).ToList();
                var (used, undone) = (here.Where(a => a > 0).Sum(), here.Where(a => a < 0).Sum());
                var amount = used + undone + left;
                if (month == asked && (here.Count > 0 || left < 0)) lines.Add(Claim(creditor.Issuer, creditor.Owner, used, undone, left, amount));
                left = Math.Min(0, amount);
            }
        }
        var owed = records.SelectMany(r => r.Lots.Where(_ => r.Kind is Record.Exchange or Record.Move).Select(l => (Record: r, Lot: l, Partner: new Guid(l.Source.Split(' ')[1]))))
            .Select(o => (o.Record, o.Lot, o.Partner, Issuer: o.Record.Postings.First(p => p.Lot == o.Lot.Id).Issuer)).Where(o => Towns.Any(t => t.Value == o.Issuer)).ToLookup(o => (o.Issuer, o.Partner));
        foreach (var group in owed)
        {
            var opening = group.Where(o => MonthOf(o.Record) < asked.Number).Sum(o => o.Lot.Amount);
            long In(long kind) => group.Where(o => o.Record.Kind == kind && MonthOf(o.Record) == asked.Number).Sum(o => o.Lot.Amount);
            if (group.Any(o => MonthOf(o.Record) <= asked.Number)) lines.Add(Statement(group.Key.Issuer, group.Key.Partner, opening, In(Record.Exchange), In(Record.Move), opening + In(Record.Exchange) + In(Record.Move)));
        }
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<SettlementMonth> UpTo(SettlementMonth last)
    {
        for (var month = SettlementHouse.December; month.Number <= last.Number; month = month.Next) yield return month;
    }

    private static int MonthOf(Record record)
    {
        var day = Jst.Day(record.TimeMs);
        return day.Year * 100 + day.Month;
    }

    private static string Claim(string issuer, Guid creditor, long used, long undone, long carried, long amount) =>
        string.Create(CultureInfo.InvariantCulture, $"claim {issuer} {creditor} used {used} undone {undone} carried {carried} amount {amount}");

    private static string Statement(string issuer, Guid partner, long opening, long exchanged, long moved, long due) =>
        string.Create(CultureInfo.InvariantCulture, $"statement {issuer} {partner} opening {opening} exchanged {exchanged} moved {moved} due {due}");

    private static int? Asked(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
