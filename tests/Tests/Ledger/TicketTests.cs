using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.Ledger.LedgerHouse;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: points go into a ticket lot by lot, from there to a shop or back where they came from, once, and never live longer for it.</summary>
public class TicketTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4016b_a_ticket_takes_its_points_when_it_is_issued_and_pays_them_whole(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 800, days: 10);
        await house.Grant(citizen, 800, days: 20);

        var issue = (await house.TicketIssue(citizen, 1000)).Value;

        Assert.Equal((1000, 600), (issue.Amount.Value, issue.BalanceAfter.Value));
        Assert.Equal(new long[] { 600 }, await house.Lots(citizen));
        Assert.Equal("insufficient_points", (await house.Use(citizen, 601)).Refused?.Code);
        var use = (await house.TicketUse(citizen, issue)).Value;
        Assert.Equal((1000, 0), (use.Amount.Value, use.BalanceAfter.Value));
        Assert.Equal("insufficient_points", (await house.TicketUse(citizen, issue)).Refused?.Code);
        Assert.Equal("cancel_forbidden", (await house.Cancel(use, OtherShop)).Refused?.Code);
        Assert.Equal(600, await house.Usable(citizen));
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4024_what_comes_back_lies_in_the_same_lots_and_comes_once(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 800, days: 10);
        await house.Grant(citizen, 800, days: 20);
        var before = (await house.Reading.Holdings(citizen, house.Clock.Today()))[0].Lots;
        var issue = (await house.TicketIssue(citizen, 1000)).Value;
        await house.Use(citizen, 600);   // empties the second lot, closes the first
        Assert.Equal("scope_denied", (await house.TicketReturn(issue, OtherShop)).Refused?.Code);

        var back = (await house.TicketReturn(issue)).Value;

        Assert.Equal((1000, 1000), (back.Amount.Value, back.BalanceAfter.Value));
        var after = (await house.Reading.Holdings(citizen, house.Clock.Today()))[0].Lots;
        Assert.Equal(before.Select(l => (l.Id, l.ExpiresOn)), after.Select(l => (l.Id, l.ExpiresOn)));
        Assert.Equal(new long[] { 800, 200 }, await house.Lots(citizen));
        Assert.Equal("already_cancelled", (await house.TicketReturn(issue)).Refused?.Code);
        Assert.True((await house.TicketReturn(issue, id: back.Id)).Value.Repeated);
        Assert.Equal("insufficient_points", (await house.TicketUse(citizen, issue)).Refused?.Code);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4024_what_is_spent_does_not_come_back_and_neither_does_anything_but_a_ticket(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        var grant = (await house.Grant(citizen, 800)).Value;
        var issue = (await house.TicketIssue(citizen, 500)).Value;
        var use = (await house.TicketUse(citizen, issue)).Value;

        Assert.Equal("insufficient_points", (await house.TicketReturn(issue)).Refused?.Code);
        Assert.Equal("cancel_forbidden", (await house.TicketReturn(use, OtherShop)).Refused?.Code);
        Assert.Equal("cancel_forbidden", (await house.TicketReturn(grant)).Refused?.Code);
        Assert.Equal("cancel_forbidden", (await house.Cancel(issue)).Refused?.Code);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4044_what_comes_back_after_its_date_lapses_and_pays_only_out_of_the_ticket(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 100, days: 1);
        await house.Grant(citizen, 200, days: 30);
        var issue = (await house.TicketIssue(citizen, 250)).Value;
        Assert.Equal(house.Clock.Today().AddDays(1), await house.Reading.TicketLastDay(citizen, issue.Id));
        var handedIn = (await house.TicketIssue(citizen, 50)).Value;
        house.Clock.AdvanceDays(2);
        var expire = new Expire(house.Database, house.Ledger, house.Clock);
        Assert.Equal(0, await expire.Run());
        Assert.Equal(50, (await house.TicketUse(citizen, handedIn)).Value.Amount.Value);

        var back = (await house.TicketReturn(issue)).Value;

        Assert.Equal((250, 150), (back.Amount.Value, back.BalanceAfter.Value));
        Assert.Equal("insufficient_points", (await house.Use(citizen, 151)).Refused?.Code);
        Assert.Equal(1, await expire.Run());
        Assert.Equal(150, await house.Usable(citizen));
        Assert.Null(await house.Reading.TicketLastDay(citizen, issue.Id));
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4022_a_ticket_is_its_citizens_and_answers_the_same_again(Engine engine)
    {
        await using var house = await New(engine);
        var (citizen, other) = (NewCitizen(), NewCitizen());
        await house.Grant(citizen, 800);
        var issue = (await house.TicketIssue(citizen, 500)).Value;

        Assert.Equal("insufficient_points", (await house.TicketUse(other, issue)).Refused?.Code);
        Assert.Equal(issue with { Repeated = true }, (await house.TicketIssue(citizen, 500, issue.Id)).Value);
        Assert.Equal("id_reused", (await house.TicketIssue(citizen, 501, issue.Id)).Refused?.Code);
        var use = (await house.TicketUse(citizen, issue)).Value;
        Assert.Equal(use with { Repeated = true }, (await house.TicketUse(citizen, issue, id: use.Id)).Value);
        Assert.Equal(300, await house.Usable(citizen));
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P7e_two_shops_at_once_cannot_take_one_ticket_twice(Engine engine)
    {
        await using var house = await New(engine);
        await using var second = await MyKey.Ledger.Ledger.Open(house.Database, house.Clock, Buckets.Default);
        for (var round = 0; round < 10; round++)
        {
            var citizen = NewCitizen();
            await house.Grant(citizen, 500);
            var issue = (await house.TicketIssue(citizen, 500)).Value;
            Task<Result<Posted>>[] both =
            [
                house.TicketUse(citizen, issue),
                second.Post(Transfer.TicketReturn(house.NewId(), issue.Receipt.Bucket, issue.Id, Shop, Till)).AsTask(),
            ];

            Assert.Equal(["", "insufficient_points"], (await Task.WhenAll(both)).Select(a => a.Refused?.Code ?? "").Order());
        }
        await house.MustAddUp();
    }
}
