using MyKey.App.Settlement;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Settlement.SettlementHouse;

namespace MyKey.Tests.App.Settlement;

/// <summary>Goal: every transfer lies in exactly one month, whatever clocks and crashes did; a closed month never changes, and what comes later is a line of a later one.</summary>
public class CloseMonthsTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_Q2_a_cancel_after_closing_is_a_negative_line_of_the_next_month_that_names_the_one_before(Engine engine)
    {
        await using var at = await New(engine);
        var citizen = LedgerHouse.NewCitizen();
        await at.House.Grant(citizen, 1_000);
        var (kept, wrong) = ((await at.House.Use(citizen, 300)).Value, (await at.House.Use(citizen, 200)).Value);
        var same = (await at.House.Use(citizen, 50)).Value;
        await at.House.Cancel(same);
        at.To(2018, 1, 5);
        await at.Close();
        var before = await at.Lines(December);
        Assert.Equal(500, await at.Sum(December, AccountKind.Acceptor));

        await at.House.Cancel(wrong);
        await at.House.Use(citizen, 10);
        at.To(2018, 2, 1);
        await at.Close();

        Assert.Equal(before, await at.Lines(December));
        var late = (await at.Lines(January)).Single(l => l.Undone);
        Assert.Equal((TransferKind.Use, December, -200L, 1L), (late.Kind, late.OfMonth, late.Amount, late.Count));
        Assert.Equal(-190, await at.Sum(January, AccountKind.Acceptor));
        Assert.Equal(January, (await at.Lines(January)).Single(l => l.Kind == TransferKind.Use && !l.Undone).OfMonth);
        var found = await at.Finder.Postings(late, null);
        Assert.Equal((wrong.Receipt, -200L), (found.Value.Found.Single().Undoes, found.Value.Found.Single().Amount));
        Assert.Null(found.Value.Next);
        Assert.NotEqual(kept.Receipt, wrong.Receipt);
        await at.MustHold();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_Q1_reserved_points_are_owed_to_the_municipality_from_the_month_of_the_move_on_and_keep_their_partner(Engine engine)
    {
        await using var at = await New(engine);
        var citizen = LedgerHouse.NewCitizen();
        await at.House.Reserve(citizen, 240, LedgerHouse.Partner, days: 30);
        await at.House.Reserve(citizen, 60, LedgerHouse.OtherPartner, days: 31);
        await at.House.Exchange(citizen, 1_000, LedgerHouse.Partner);
        at.To(2018, 1, 3);
        await at.House.MoveReserved(citizen, 250);
        at.To(2018, 2, 2);
        await at.Close();

        var december = (await at.Statements.Of(LedgerHouse.A, December)).Single();
        Assert.Equal((LedgerHouse.Partner, 0L, 1_000L, 0L, 1_000L), (december.Partner, december.Opening, december.Exchanged, december.Moved, december.Due));
        var january = (await at.Statements.Of(LedgerHouse.A, January)).ToDictionary(s => s.Partner);
        Assert.Equal((1_000L, 0L, 240L, 1_240L), (january[LedgerHouse.Partner].Opening, january[LedgerHouse.Partner].Exchanged, january[LedgerHouse.Partner].Moved, january[LedgerHouse.Partner].Due));
        Assert.Equal((0L, 10L, 10L), (january[LedgerHouse.OtherPartner].Opening, january[LedgerHouse.OtherPartner].Moved, january[LedgerHouse.OtherPartner].Due));
        Assert.Equal(300, (await at.Lines(December)).Where(l => l.Account.Issuer == MunicipalityCode.Pool).Sum(l => l.Amount));
        await at.MustHold();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_month_closes_an_hour_after_its_end_or_when_every_chain_has_gone_on_and_what_comes_late_lies_in_the_next(Engine engine)
    {
        await using var at = await New(engine);
        var citizen = LedgerHouse.NewCitizen();
        await at.House.Grant(citizen, 1_000);
        await at.House.Use(citizen, 100);
        Assert.Equal(0, await at.Close());
        Assert.Equal("month_not_closed", (await at.Months.Closed("2017-12")).Refused?.Code);

        at.House.Clock.Jump(TimeSpan.FromMilliseconds(December.UntilMs + CloseMonths.QuietMs - 1 - at.House.Clock.NowMs()));
        Assert.Equal(0, await at.Close());
        // Not a payment of December, whoever's clock says so: its block stands after one of January.
        await at.House.Use(citizen, 7);
        at.House.Clock.Jump(TimeSpan.FromHours(-3));
        await at.House.Use(citizen, 20);
        at.House.Clock.Jump(TimeSpan.FromHours(4));
        Assert.NotEqual(0, await at.Close());
        // And a clock that was wrong until after the closing.
        at.House.Clock.Jump(TimeSpan.FromDays(-2));
        await at.House.Use(citizen, 3);

        at.To(2018, 2, 3);
        await at.Close();

        Assert.Equal((100L, 30L), (await at.Sum(December, AccountKind.Acceptor), await at.Sum(January, AccountKind.Acceptor)));
        await at.MustHold();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Two_processes_and_one_that_is_killed_between_any_two_steps_count_every_transfer_once(Engine engine)
    {
        await using var at = await New(engine);
        var citizens = Enumerable.Range(0, 40).Select(_ => LedgerHouse.NewCitizen()).ToList();
        foreach (var citizen in citizens) await at.House.Grant(citizen, 100);
        await Task.WhenAll(citizens.SelectMany(c => Enumerable.Range(0, 5).Select(_ => at.House.Use(c, 7))));
        at.To(2018, 1, 2);

        for (var steps = 0; await at.Months.Last() is null; steps++)
        {
            Assert.InRange(steps, 0, 200);
            await Task.WhenAll(at.Job().Step(Actor.Job("a")), at.Job().Step(Actor.Job("b")));
        }

        Assert.Equal((1_400L, 4_000L), (await at.Sum(December, AccountKind.Acceptor), await at.Sum(December, AccountKind.Budget)));
        Assert.Equal(200, (await at.Lines(December)).Where(l => l.Kind == TransferKind.Use).Sum(l => l.Count));
        await at.MustHold();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Invariant_26_a_change_of_what_is_closed_is_found_and_the_app_may_not_make_one(Engine engine)
    {
        await using var at = await New(engine);
        var citizen = LedgerHouse.NewCitizen();
        await at.House.Grant(citizen, 1_000);
        await at.House.Use(citizen, 300);
        await at.House.Exchange(citizen, 50, LedgerHouse.Partner);
        at.To(2018, 1, 5);
        await at.House.Use(citizen, 1);
        await at.Close();
        await at.MustHold();
        if (engine == Engine.Postgres)
        {
            await using var app = Database.Postgres(at.House.Test.ConnectionString, Database.AppRole);
            foreach (var sql in new[] { "update stl_line set amount = 1", "delete from stl_line", "update stl_month set closed_ms = 0", "delete from stl_cut", "update stl_claim set amount = 1, used = 1", "delete from stl_claim" })
                await Assert.ThrowsAsync<Npgsql.PostgresException>(() => app.Write(tx => Dapper.SqlMapper.ExecuteAsync(tx.Connection, sql, transaction: tx.Handle)));
        }

        foreach (var (wrong, right, told) in new[]
        {
            ("update stl_line set amount = amount + 1 where kind = 2", "update stl_line set amount = amount - 1 where kind = 2", "says 301, its transfers 300"),
            ("update stl_line set month = 201801 where kind = 2", "update stl_line set month = 201712 where kind = 2", "is missing"),
            ("update stl_cut set height = height + 1 where height > 0", "update stl_cut set height = height - 1 where height > 0", "later month"),
            ("update stl_claim set used = used + 1, amount = amount + 1", "update stl_claim set used = used - 1, amount = amount - 1", "not the sum of its lines"),
            ("insert into stl_line select 201801, id, kind, undone, account_kind, issuer, owner, source, partner, programme, of_month, count, amount from stl_line where kind = 2", "delete from stl_line where month = 201801", "no such month"),
        })
        {
            Assert.NotEqual(0, await at.Break(wrong));
            Assert.Contains(told, (await at.Auditor.Run()).Broken, StringComparison.Ordinal);
            await at.Break(right);
            await at.MustHold();
        }
    }

    [Theory]
    [InlineData(10_000, 250, 250)]
    [InlineData(399, 250, 9)]
    [InlineData(39, 250, 0)]
    [InlineData(-399, 250, -9)]
    [InlineData(1, 10_000, 1)]
    [InlineData(1_000_000_000_000, 10_000, 1_000_000_000_000)]
    [InlineData(0, 10_000, 0)]
    public void S2_P8e_a_fee_is_rounded_down_and_never_more_than_what_it_is_taken_of(long captured, int rate, long fee) => Assert.Equal(fee, MakeClaims.FeeOf(captured, rate));
}
