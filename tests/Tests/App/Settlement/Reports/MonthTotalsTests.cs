using Dapper;
using MyKey.App.Settlement;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Settlement.SettlementHouse;

namespace MyKey.Tests.App.Settlement;

/// <summary>Goal: what is in circulation at the end of each month is what the ledger had in lots then, out of the lines alone; what is held in memory grows by closed months and never changes.</summary>
public class MonthTotalsTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_16_circulation_is_what_the_lots_held_at_the_end_of_each_month(Engine engine)
    {
        await using var at = await New(engine);
        using var totals = at.Totals;
        Assert.Empty((await totals.View()).All);
        var (citizen, gone) = (LedgerHouse.NewCitizen(), LedgerHouse.NewCitizen());
        await at.House.Grant(citizen, 1_000, days: 300);
        await at.House.Grant(citizen, 80, days: 30);
        await at.House.Grant(gone, 50, issuer: LedgerHouse.B);
        await at.House.Exchange(citizen, 500, LedgerHouse.Partner);
        await at.House.Reserve(citizen, 60, LedgerHouse.Partner);
        var wrong = (await at.House.Use(citizen, 200)).Value;
        var ticket = (await at.House.TicketIssue(citizen, 30)).Value;
        var december = await Lots(at);
        at.To(2018, 1, 5);
        await at.Close();
        var before = (await totals.View()).All;
        await at.House.Cancel(wrong);
        await at.House.TicketUse(citizen, ticket);
        at.House.Clock.Jump(TimeSpan.FromDays(20));
        await new Expire(at.Database, at.House.Ledger, at.House.Clock).Run();
        var voids = new VoidPoints(at.Database, at.House.Ledger.Buckets, at.House.Ledger, at.House.Clock);
        await at.Database.Write(tx => voids.Begin(tx, gone));
        await voids.Run();
        var january = await Lots(at);
        at.To(2018, 3, 5);
        await at.Close();

        var after = (await totals.View()).All;

        Assert.Equal(before, after.Take(before.Count));
        using var fresh = at.Totals;
        Assert.Equal(after, (await fresh.View()).All);
        Assert.Equal(december, Of(after, December));
        Assert.Equal(january, Of(after, January));
        Assert.Equal(january, Of(after, February));
        var one = after.Single(t => t.Month == January && t.Municipality == LedgerHouse.A);
        Assert.Equal((default(Flow), new Flow(1, 1, -170), 1), (one.Given, one.Spent, one.Acceptors));
        Assert.True(one.Lapsed is { Made: 1, Amount: > 0 });
        Assert.Equal(new Flow(1, 0, 50), after.Single(t => t.Month == January && t.Municipality == LedgerHouse.B).Void);
        Assert.DoesNotContain(after, t => t.Municipality == MunicipalityCode.Pool);
        await at.MustHold();
    }

    [Theory]
    [InlineData(201803, 2017)]
    [InlineData(201804, 2018)]
    [InlineData(201712, 2017)]
    public void S2_P6f_a_fiscal_year_begins_in_April(int month, int year) => Assert.Equal(year, Jst.FiscalYear(new SettlementMonth(month).First));

    private static Dictionary<string, long> Of(IReadOnlyList<MonthTotal> all, SettlementMonth month) => all.Where(t => t.Month == month).ToDictionary(t => t.Municipality.Value, t => t.Circulation);

    private static async Task<Dictionary<string, long>> Lots(SettlementHouse at)
    {
        await using var connection = await at.Database.Open();
        return (await connection.QueryAsync<(string Issuer, long Amount)>("select issuer, cast(sum(remaining) as bigint) as amount from ledger_lot where issuer <> @Pool group by issuer", new { Pool = MunicipalityCode.Pool.Value }))
            .ToDictionary(l => l.Issuer, l => l.Amount);
    }
}
