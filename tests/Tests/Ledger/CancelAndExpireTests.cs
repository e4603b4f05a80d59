using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.Ledger.LedgerHouse;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: what was taken goes back where it came from, once; what lapses, lapses on its own date.</summary>
public class CancelAndExpireTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1014a_a_cancel_restores_the_same_lots_and_a_second_is_refused(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 100, days: 10);
        await house.Grant(citizen, 100, days: 20);
        var before = await house.Reading.Holdings(citizen, house.Clock.Today());
        var use = (await house.Use(citizen, 150)).Value;
        await house.Use(citizen, 50);   // empties the second lot, closes the first

        var cancel = (await house.Cancel(use)).Value;

        Assert.Equal((150, 150), (cancel.Amount.Value, cancel.BalanceAfter.Value));
        Assert.Equal(before[0].Lots.Select(l => (l.Id, l.ExpiresOn)), (await house.Reading.Holdings(citizen, house.Clock.Today()))[0].Lots.Select(l => (l.Id, l.ExpiresOn)));
        Assert.Equal(new long[] { 100, 50 }, await house.Lots(citizen));
        Assert.Equal("already_cancelled", (await house.Cancel(use)).Refused?.Code);
        Assert.True((await house.Cancel(use, id: cancel.Id)).Value.Repeated);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1014b_only_the_shop_that_took_the_points_can_cancel(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        var grant = (await house.Grant(citizen, 100)).Value;
        var use = (await house.Use(citizen, 10)).Value;

        Assert.Equal("scope_denied", (await house.Cancel(use, OtherShop)).Refused?.Code);
        Assert.Equal("cancel_forbidden", (await house.Cancel(grant)).Refused?.Code);
        Assert.Equal("transfer_unknown", (await house.Cancel(use with { Id = house.NewId() })).Refused?.Code);
        Assert.Equal(90, await house.Usable(citizen));
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1014c_a_lot_that_lapsed_meanwhile_comes_back_with_a_grace(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 100, days: 10);
        var use = (await house.Use(citizen, 60)).Value;
        house.Clock.AdvanceDays(11);
        await new Expire(house.Database, house.Ledger, house.Clock).Run();

        await house.Cancel(use);

        var lot = (await house.Reading.Holdings(citizen, house.Clock.Today())).Single().Lots.Single();
        Assert.Equal((60, house.Clock.Today().AddDays(30)), (lot.Remaining.Value, lot.ExpiresOn));
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_private_issuers_points_never_outlive_six_months_from_their_first_issue(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        var issued = house.Clock.Today();
        await house.Grant(citizen, 100, days: 170);
        var (first, second) = ((await house.Use(citizen, 60)).Value, (await house.Use(citizen, 30)).Value);
        house.Clock.AdvanceDays(171);
        var rule = new ReturnRule(30, PrivateIssuer: true);

        await house.Cancel(first, rule: rule);
        Assert.Equal(issued.AddMonths(6), (await house.Reading.Holdings(citizen, house.Clock.Today())).Single().Lots.Single().ExpiresOn);
        house.Clock.AdvanceDays(20);
        Assert.Equal("cancel_forbidden", (await house.Cancel(second, rule: rule)).Refused?.Code);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4033a_each_lot_lapses_on_its_own_date_at_24_00_and_only_what_is_left(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 100, days: 1);
        await house.Grant(citizen, 200, days: 2);
        await house.Use(citizen, 30);
        var job = new Expire(house.Database, house.Ledger, house.Clock);

        house.Clock.Advance(TimeSpan.FromHours(35.9));   // one minute before 24:00 of the first lot's date
        Assert.Equal(0, await job.Run());
        Assert.Equal(270, await house.Usable(citizen));
        house.Clock.Advance(TimeSpan.FromHours(0.2));
        Assert.Equal(200, await house.Usable(citizen));   // before the job
        Assert.Equal("insufficient_points", (await house.Use(citizen, 201)).Refused?.Code);
        Assert.Equal(1, await job.Run());
        Assert.Equal(0, await job.Run());
        await house.MustAddUp();

        house.Clock.AdvanceDays(30);
        Assert.Equal(1, await job.Run());
        Assert.Equal(0, await house.Usable(citizen));
        Assert.Equal([-200, -70, -30, 200, 100], (await house.Reading.History(citizen, null, 10)).Select(l => l.Change));
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4044_new_points_never_lengthen_old_ones(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 100, days: 5);
        await house.Grant(citizen, 100, days: 500);

        Assert.Equal([5, 500], (await house.Reading.Holdings(citizen, house.Clock.Today()))[0].Lots.Select(l => l.ExpiresOn.DayNumber - house.Clock.Today().DayNumber));
    }
}
