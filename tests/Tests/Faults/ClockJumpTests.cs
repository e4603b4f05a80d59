using MyKey.Kernel.Db;
using MyKey.Tests.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.Ledger.LedgerHouse;

namespace MyKey.Tests.Faults;

/// <summary>Goal: a clock that jumps back or far ahead changes what is usable that day and nothing else.</summary>
public class ClockJumpTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_clock_that_jumps_back_and_ahead_neither_loses_nor_doubles(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 2800, days: 30);
        var id = house.NewId();
        var first = (await house.Use(citizen, 1000, id)).Value;

        house.Clock.AdvanceDays(-3);
        Assert.Equal(first with { Repeated = true }, (await house.Use(citizen, 1000, id)).Value);
        Assert.Equal(1700, (await house.Use(citizen, 100)).Value.BalanceAfter.Value);
        await house.MustAddUp();

        house.Clock.AdvanceDays(34);
        Assert.Equal("insufficient_points", (await house.Use(citizen, 1)).Refused?.Code);
        house.Clock.AdvanceDays(-31);
        Assert.Equal(1699, (await house.Use(citizen, 1)).Value.BalanceAfter.Value);
        await house.MustAddUp();
    }
}
