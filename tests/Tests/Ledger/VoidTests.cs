using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.Ledger.LedgerHouse;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: what is left of somebody who gave up the ID becomes void, all of it and once, and nobody else's.</summary>
public class VoidTests
{
    private static readonly SupportEventId Fair = new(new Guid("00000000-0000-7000-8000-000000000010"));

    private static VoidPoints Voids(LedgerHouse house) => new(house.Database, house.Ledger.Buckets, house.Ledger, house.Clock);

    private static Task Begin(LedgerHouse house, CitizenId citizen) => house.Database.Write(tx => Voids(house).Begin(tx, citizen));

    private static async Task<(long Amount, int Lots)> Voided(LedgerHouse house, MunicipalityCode issuer)
    {
        var days = await Voids(house).Of(issuer, house.Clock.Today().AddDays(-30), house.Clock.Today());
        return (days.Sum(d => d.Amount.Value), days.Sum(d => d.Lots));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5017_every_lot_of_every_account_becomes_void_with_entries_and_no_other_citizens(Engine engine)
    {
        await using var house = await New(engine);
        var (citizen, other) = (NewCitizen(), NewCitizen());
        await house.Grant(citizen, 300, days: 10);
        await house.Grant(citizen, 500, days: 20);
        await house.Grant(citizen, 70, issuer: B);
        await house.Use(citizen, 100);
        await house.Reserve(citizen, 240, Partner);
        await house.Ledger.Post(Transfer.MoveReserved(house.NewId(), citizen, Account.Event(A, Fair), new Points(40), house.Clock.Today().AddDays(5), Actor.Of(citizen)));
        await house.Grant(other, 900);
        Assert.Equal(0, await Voids(house).Run());
        await Begin(house, citizen);
        await Begin(house, citizen);

        Assert.Equal(5, await Voids(house).Run());

        Assert.Equal(0, await Voids(house).Run());
        Assert.Empty(await house.Lots(citizen));
        Assert.Equal(900, await house.Usable(other));
        Assert.Equal((740, 3), await Voided(house, A));
        Assert.Equal((70, 1), await Voided(house, B));
        Assert.Equal((200, 1), await Voided(house, MunicipalityCode.Pool));
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5017_what_comes_back_later_is_taken_too_and_what_lapsed_is_not(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 50, days: 1);
        await house.Grant(citizen, 600, days: 30);
        house.Clock.AdvanceDays(2);
        var (ticket, spent, use, pledge) = ((await house.TicketIssue(citizen, 100)).Value, (await house.TicketIssue(citizen, 30)).Value, (await house.Use(citizen, 200)).Value, (await house.Pledge(citizen, 60)).Value);
        await Begin(house, citizen);
        Assert.Equal(1, await Voids(house).Run());
        Assert.Equal((210, 1), await Voided(house, A));

        Assert.True((await house.TicketUse(citizen, spent)).Ok);
        await house.TicketReturn(ticket);
        Assert.Equal(1, await Voids(house).Run());
        await house.Release(pledge);
        Assert.Equal(1, await Voids(house).Run());
        await house.Cancel(use);
        Assert.Equal(1, await Voids(house).Run());

        Assert.Equal((570, 4), await Voided(house, A));
        Assert.Equal(1, await new Expire(house.Database, house.Ledger, house.Clock).Run());
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5017_two_jobs_at_once_and_one_that_broke_off_take_each_lot_once(Engine engine)
    {
        await using var house = await New(engine);
        var citizens = Enumerable.Range(0, 6).Select(_ => NewCitizen()).ToList();
        foreach (var citizen in citizens)
        {
            for (var i = 1; i <= 5; i++) await house.Grant(citizen, 10 * i, days: i);
            await Begin(house, citizen);
        }
        using var broken = new CancellationTokenSource();
        var first = Voids(house).Run(broken.Token);
        await broken.CancelAsync();
        await first.ContinueWith(_ => { }, TaskScheduler.Default);

        await Task.WhenAll(Voids(house).Run(), Voids(house).Run());

        Assert.Equal((900, 30), await Voided(house, A));
        await house.MustAddUp();
    }
}
