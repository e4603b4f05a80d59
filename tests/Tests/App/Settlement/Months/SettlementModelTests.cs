using Dapper;
using MyKey.App.Settlement;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Ledger;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Settlement;

/// <summary>Goal: whatever happens in three months, with cancels across them, the lines add up to what the counter-accounts of the ledger say, by every source, with nothing twice and nothing left out.</summary>
public class SettlementModelTests
{
    private static readonly ProgrammeId Payer = new(new Guid("00000000-0000-7000-8000-000000000011")), Round = new(new Guid("00000000-0000-7000-8000-0000000000e0"));
    private static readonly LimitId Premiums = LimitId.Budget(Payer), State = LimitId.Budget(Round);
    private static readonly PaymentServiceId Service = new(new Guid("00000000-0000-7000-8000-0000000000e1"));
    private static readonly SupportEventId Fair = new(new Guid("00000000-0000-7000-8000-000000000010"));
    private static readonly CitizenId Holder = LedgerHouse.NewCitizen();
    private static readonly Guid Centre = new("00000000-0000-7000-8000-000000000012");

    /// <summary>The independent model: balances of counter-accounts, straight out of the postings.</summary>
    private const string Balances = "select account, cast(sum(amount) as bigint) as amount from ledger_posting where lot is null group by account";

    /// <summary>And by source: what all lots lost to somebody who is paid.</summary>
    private const string BySource = """
        select l.source_kind, l.partner, cast(-sum(p.amount) as bigint) as amount from ledger_posting p join ledger_transfer t on t.bucket = p.bucket and t.id = p.transfer join ledger_lot l on l.bucket = p.bucket and l.id = p.lot
        where exists (select 1 from ledger_posting o where o.bucket = p.bucket and o.transfer = p.transfer and (o.account like '3.%' or o.account like '10.%' or o.account like '11.%' or o.account like '14.%'))
        group by l.source_kind, l.partner
        """;

    private const string Moved = """
        select cast(coalesce(sum(l.amount), 0) as bigint) from ledger_lot l join ledger_lot p on p.bucket = l.bucket and p.id = l.parent where p.kind = 6 and l.kind <> 6
        """;

    /// <summary>What citizens have, in whatever account: what a report calls circulation.</summary>
    private const string Lots = "select issuer, cast(sum(remaining) as bigint) as amount from ledger_lot where issuer <> @Pool group by issuer order by issuer";

    private const string Taken = "select count(*) from (select distinct bucket, transfer from ledger_posting where account like '3.%') t";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P8a_S2_P8b_S2_P12c_lines_of_three_months_are_the_balances_of_the_ledger(Engine engine)
    {
        for (var seed = 1; seed <= (engine == Engine.Sqlite ? 12 : 6); seed++)
        {
            await using var at = await SettlementHouse.New(engine);
            var closed = await Play(at, new Random(seed));
            await Compare(at, seed);
            foreach (var (month, lines) in closed) Assert.Equal(lines, await at.Lines(month));
            await at.MustHold();
        }
    }

    private static async Task<Dictionary<SettlementMonth, List<SettlementLine>>> Play(SettlementHouse at, Random random)
    {
        var (house, done, closed) = (at.House, new Dictionary<char, List<Posted>>(), new Dictionary<SettlementMonth, List<SettlementLine>>());
        var citizens = Enumerable.Range(0, 4).Select(_ => LedgerHouse.NewCitizen()).ToArray();
        var limits = new Limits(house.Database, house.Ledger, house.Clock);
        foreach (var limit in new[] { Premiums, State }) await house.Database.Write(tx => limits.SetTotal(tx, limit, new Points(100_000)));
        for (var step = 0; step < 300; step++)
        {
            var (action, who) = ("ggxrmuuuucctpqlfvbhkdeswyz"[random.Next(26)], citizens[random.Next(4)]);
            if (await Do(house, limits, action, (who, random.Next(1, 60), random), done) is { Ok: true } posted)
            {
                if (!done.TryGetValue(action, out var some)) done[action] = some = [];
                some.Add(posted.Value);
            }
            if (random.Next(4) == 0) house.Clock.Jump(TimeSpan.FromHours(random.Next(-2, 60)));
            if (random.Next(12) == 0) await at.Close();
            foreach (var month in await at.Months.Closed()) closed.TryAdd(month.Month, await at.Lines(month.Month));
        }
        var voids = new VoidPoints(house.Database, house.Ledger.Buckets, house.Ledger, house.Clock);
        await house.Database.Write(tx => voids.Begin(tx, citizens[0]));
        await voids.Run();
        at.To(2018, 6, 2);
        await at.Close();
        Assert.True(closed.Count >= 2, "months were closed on the way");
        return closed;
    }

    private static async Task<Result<Posted>?> Do(LedgerHouse house, Limits limits, char action, (CitizenId Citizen, int Points, Random Random) a, Dictionary<char, List<Posted>> done)
    {
        var points = new Points(a.Points);
        Posted? Some(char of) => done.TryGetValue(of, out var some) ? some[a.Random.Next(some.Count)] : null;
        switch (action)
        {
            case 'g': return await house.Grant(a.Citizen, 3 * a.Points, a.Random.Next(5, 90), a.Points % 3 == 0 ? LedgerHouse.B : null);
            case 'x': return await house.Exchange(a.Citizen, 3 * a.Points, a.Points % 2 == 0 ? LedgerHouse.Partner : LedgerHouse.OtherPartner);
            case 'r': return await house.Reserve(a.Citizen, 2 * a.Points, a.Points % 2 == 0 ? LedgerHouse.Partner : LedgerHouse.OtherPartner);
            case 'm':
                return a.Points % 4 == 0
                ? await house.Ledger.Post(Transfer.MoveReserved(house.NewId(), a.Citizen, Account.Event(LedgerHouse.A, Fair), points, house.Clock.Today().AddDays(9), LedgerHouse.Till)) : await house.MoveReserved(a.Citizen, a.Points);
            case 'u': return await house.Use(a.Citizen, a.Points, issuer: a.Points % 3 == 0 ? LedgerHouse.B : null, shop: a.Points % 2 == 0 ? LedgerHouse.OtherShop : null);
            case 'c' when Some('u') is { } use: return await house.Cancel(use, a.Points % 2 == 0 ? LedgerHouse.OtherShop : null);
            case 't': return await house.TicketIssue(a.Citizen, a.Points);
            case 'p' when Some('t') is { } ticket: return await house.TicketUse(await Of(house, ticket), ticket);
            case 'q' when Some('t') is { } ticket: return await house.TicketReturn(ticket);
            case 'l': return await house.Pledge(a.Citizen, a.Points);
            case 'f' when Some('l') is { } pledge: return await house.Capture(await Of(house, pledge), pledge, Math.Max(1, pledge.Amount.Value / 2));
            case 'y' when Some('f') is { } capture: return await house.Refund(capture, Math.Max(1, capture.Amount.Value / 2));
            case 'w' when Some('l') is { } pledge: return await house.Release(pledge);
            case 'v': return await limits.Post(Premiums, Transfer.Voucher(house.NewId(), a.Citizen, LedgerHouse.A, points, LedgerHouse.Shop, LedgerHouse.Till).WithPremium(Payer, Added(a.Points)));
            case 'b' when Some('v') is { } voucher: return await house.Ledger.Post(Transfer.VoucherReturn(house.NewId(), voucher.Receipt.Bucket, voucher.Id, LedgerHouse.Shop, Payer, new ReturnRule(), LedgerHouse.Till) with { Companions = [limits.GiveBack(Premiums, PremiumOf(voucher))] });
            case 'h': return await house.Ledger.Post(Transfer.Charge(house.NewId(), a.Citizen, LedgerHouse.A, points, Centre, LedgerHouse.Till));
            case 'k' when Some('h') is { } charge: return await house.Ledger.Post(Transfer.ChargeReturn(house.NewId(), charge.Receipt.Bucket, charge.Id, new ReturnRule(), LedgerHouse.Till));
            case 'd': return await house.Ledger.Post(Transfer.Donate(house.NewId(), a.Citizen, LedgerHouse.A, points, LedgerHouse.Till));
            case 'e': await new Expire(house.Database, house.Ledger, house.Clock).Run(); return null;
            case 's': return await house.Ledger.Post(Transfer.PayPremium(house.NewId(), Holder, Round, Service, (points, new Points(5_000)), LedgerHouse.Till));
            case 'z' when Some('s') is { } premium: return await house.Ledger.Post(Transfer.PremiumReturn(house.NewId(), premium.Receipt.Bucket, premium.Id, Round, LedgerHouse.Till));
            default: return null;
        }
    }

    private static Points Added(int points) => new(1 + points / 5);

    private static Points PremiumOf(Posted voucher) => Added(Enumerable.Range(1, 60).Single(p => p + Added(p).Value == voucher.Amount.Value));

    private static async Task<CitizenId> Of(LedgerHouse house, Posted posted) => (await house.Reading.CitizenOf(posted.Receipt.Bucket, posted.Id))!.Value;

    private static async Task Compare(SettlementHouse at, int seed)
    {
        var lines = new List<SettlementLine>();
        foreach (var month in await at.Months.Closed()) lines.AddRange(await at.Lines(month.Month));
        await using var connection = await at.Database.Open();
        var balances = (await connection.QueryAsync<(string Account, long Amount)>(Balances)).ToDictionary(b => b.Account, b => b.Account[..2] is "2." or "5." ? -b.Amount : b.Amount);
        var summed = lines.Where(l => l.Kind != TransferKind.Move).GroupBy(l => l.Account.ToString()).ToDictionary(g => g.Key, g => g.Sum(l => l.Amount));
        Assert.Equal(balances.OrderBy(b => b.Key), summed.OrderBy(s => s.Key));
        var paid = lines.Where(l => l.Account.Kind is AccountKind.Acceptor or AccountKind.VoucherDesk or AccountKind.CardCentre or AccountKind.Donation).ToList();
        foreach (var source in await connection.QueryAsync<(int Kind, Guid? Partner, long Amount)>(BySource))
            Assert.Equal((seed, source.Amount), (seed, paid.Where(l => l.Source == (source.Kind == (int)SourceKind.Exchange ? FundedBy.Partner : FundedBy.Budget) && l.Partner == (source.Partner ?? Guid.Empty)).Sum(l => l.Amount)));
        Assert.Equal(await connection.ExecuteScalarAsync<long>(Moved), lines.Where(l => l.Kind == TransferKind.Move).Sum(l => l.Amount));
        Assert.Equal(await connection.ExecuteScalarAsync<long>(Taken), lines.Where(l => l.Account.Kind == AccountKind.Acceptor).Sum(l => l.Count));
        using var totals = at.Totals;
        var circulation = (await totals.View()).All.GroupBy(t => t.Municipality.Value).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, g.Last().Circulation)).ToList();
        Assert.Equal(await connection.QueryAsync<(string, long)>(Lots, new { Pool = MunicipalityCode.Pool.Value }), circulation);
        Assert.All(lines.Where(l => l.Undone), l => Assert.True(l.Amount < 0 && l.OfMonth.Number <= l.Month.Number));
        Assert.Contains(lines, l => l.Undone && l.OfMonth.Number < l.Month.Number);
    }
}
