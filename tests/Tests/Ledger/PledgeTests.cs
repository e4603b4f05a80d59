using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.Ledger.LedgerHouse;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: points are set aside lot by lot, captured wholly or in part, go back where they came from once, and are refunded in parts, never more than was captured.</summary>
public class PledgeTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4010b_S4_12a_M_D1_a_part_is_captured_the_rest_goes_back_and_refunds_fill_the_last_lot_first(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 800, days: 10);
        await house.Grant(citizen, 800, days: 20);

        var pledge = (await house.Pledge(citizen, 1000)).Value;
        Assert.Equal((1000, 600), (pledge.Amount.Value, pledge.BalanceAfter.Value));
        Assert.Equal("insufficient_points", (await house.Use(citizen, 601)).Refused?.Code);
        Assert.Equal("insufficient_points", (await house.Capture(citizen, pledge, 1001)).Refused?.Code);
        Assert.Equal("insufficient_points", (await house.Capture(NewCitizen(), pledge, 1)).Refused?.Code);
        Assert.Equal("scope_denied", (await house.Release(pledge, OtherShop)).Refused?.Code);
        Assert.Equal("scope_denied", (await house.Capture(citizen, pledge, 1, shop: LedgerHouse.OtherShop)).Refused?.Code);
        var capture = (await house.Capture(citizen, pledge, 900)).Value;
        Assert.Equal((900, 100), (capture.Amount.Value, capture.BalanceAfter.Value));
        Assert.Equal(capture with { Repeated = true }, (await house.Capture(citizen, pledge, 900, capture.Id)).Value);
        var rest = (await house.Release(pledge)).Value;
        Assert.Equal((100, 700), (rest.Amount.Value, rest.BalanceAfter.Value));
        Assert.Equal("already_cancelled", (await house.Release(pledge)).Refused?.Code);
        Assert.Equal(new long[] { 700 }, await house.Lots(citizen));

        Assert.Equal("scope_denied", (await house.Refund(capture, 1, OtherShop)).Refused?.Code);
        Assert.Equal("cancel_forbidden", (await house.Refund(pledge, 1)).Refused?.Code);
        Assert.Equal("cancel_forbidden", (await house.Cancel(capture)).Refused?.Code);
        Assert.Equal("refund_exceeds", (await house.Refund(capture, 901)).Refused?.Code);
        var first = (await house.Refund(capture, 30)).Value;
        Assert.Equal((30, 730), (first.Amount.Value, first.BalanceAfter.Value));
        Assert.Equal(new long[] { 730 }, await house.Lots(citizen));
        Assert.Equal(first with { Repeated = true }, (await house.Refund(capture, 30, id: first.Id)).Value);
        Assert.Equal("id_reused", (await house.Refund(capture, 31, id: first.Id)).Refused?.Code);
        Assert.Equal(930, (await house.Refund(capture, 200)).Value.BalanceAfter.Value);
        Assert.Equal(new long[] { 130, 800 }, await house.Lots(citizen));
        Assert.Equal(670L, (await house.Refund(capture, 671)).Refused?.Fact<long>("rest"));
        await house.Refund(capture, 670);
        Assert.Equal(new long[] { 800, 800 }, await house.Lots(citizen));
        Assert.Equal("refund_exceeds", (await house.Refund(capture, 1)).Refused?.Code);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_13a_S0_4044_S0_1014c_a_pledge_outlives_its_points_what_goes_back_late_lapses_and_a_refund_has_a_grace(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 100, days: 1);
        await house.Grant(citizen, 200, days: 60);
        var (fails, succeeds) = ((await house.Pledge(citizen, 60)).Value, (await house.Pledge(citizen, 140)).Value);
        house.Clock.AdvanceDays(2);
        Assert.Equal(0, await new Expire(house.Database, house.Ledger, house.Clock).Run());

        var back = (await house.Release(fails)).Value;
        Assert.Equal((60, 100), (back.Amount.Value, back.BalanceAfter.Value));
        var capture = (await house.Capture(citizen, succeeds, 140)).Value;
        Assert.Equal("insufficient_points", (await house.Release(succeeds)).Refused?.Code);
        Assert.Equal(1, await new Expire(house.Database, house.Ledger, house.Clock).Run());
        var refund = (await house.Refund(capture, 140)).Value;
        Assert.Equal(240, refund.BalanceAfter.Value);
        var lots = (await house.Reading.Holdings(citizen, house.Clock.Today()))[0].Lots;
        Assert.Equal([(40L, house.Clock.Today().AddDays(30)), (200L, house.Clock.Today().AddDays(58))], lots.Select(l => (l.Remaining.Value, l.ExpiresOn)));
        Assert.Equal("insufficient_points", (await house.Capture(citizen, fails, 1)).Refused?.Code);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_12a_S4_13a_M_D1_two_processes_at_once_never_take_or_give_twice(Engine engine)
    {
        await using var house = await New(engine);
        await using var second = await MyKey.Ledger.Ledger.Open(house.Database, house.Clock, Buckets.Default);
        for (var round = 0; round < 10; round++)
        {
            var citizen = NewCitizen();
            await house.Grant(citizen, 500);
            var pledge = (await house.Pledge(citizen, 500)).Value;
            Task<Result<Posted>>[] both = [house.Capture(citizen, pledge, 500), second.Post(Transfer.Release(house.NewId(), pledge.Receipt.Bucket, pledge.Id, Shop, Till)).AsTask()];
            var done = await Task.WhenAll(both);
            Assert.Equal(["", "insufficient_points"], done.Select(a => a.Refused?.Code ?? "").Order());
            if (!done[0].Ok) continue;
            Task<Result<Posted>>[] refunds = [house.Refund(done[0].Value, 300), second.Post(Transfer.Refund(house.NewId(), pledge.Receipt.Bucket, done[0].Value.Id, new Points(300), Shop, new ReturnRule(), Till)).AsTask()];
            Assert.Equal(["", "refund_exceeds"], (await Task.WhenAll(refunds)).Select(a => a.Refused?.Code ?? "").Order());
        }
        await house.MustAddUp();
    }

    [Fact]
    public async Task S0_4047_a_donation_leaves_for_good()
    {
        await using var house = await New(Engine.Sqlite);
        var citizen = NewCitizen();
        await house.Grant(citizen, 500);

        var gift = (await house.Ledger.Post(Transfer.Donate(house.NewId(), citizen, A, new Points(200), Actor.Of(citizen)))).Value;

        Assert.Equal((200, 300), (gift.Amount.Value, gift.BalanceAfter.Value));
        Assert.Equal("cancel_forbidden", (await house.Cancel(gift)).Refused?.Code);
        Assert.Equal("direction_forbidden", (await house.Ledger.Post(Transfer.Move(house.NewId(), TransferKind.Donate, citizen, Account.Holding(A, citizen), Account.Donation(B), new Points(1), Till))).Refused?.Code);
        await house.MustAddUp();
    }
}
