using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.Ledger.LedgerHouse;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: a wrong grant goes back as far as its own points are there, and no other point of the citizen does (Z2).</summary>
public class RecallTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Z2_only_the_grants_own_lot_is_taken_and_never_more_than_is_there(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 300, days: 10);
        var wrong = (await house.Grant(citizen, 500, days: 20)).Value;
        await house.Grant(citizen, 700, days: 30);
        var use = (await house.Use(citizen, 400)).Value;

        var found = (await Reading(house).Of(citizen, wrong.Id, house.Clock.Today()))!;
        Assert.Equal((500, 400, 0, 0, 100), (found.Amount.Value, found.Unspent.Value, found.Lapsed.Value, found.Recalled.Value, found.Spent.Value));
        Assert.Null(await Reading(house).Of(NewCitizen(), wrong.Id, house.Clock.Today()));
        Assert.Equal(400L, (await Recall(house, citizen, found, 401)).Refused?.Fact<long>("rest"));
        Assert.Equal("insufficient_points", (await Recall(house, NewCitizen(), found, 1)).Refused?.Code);
        var id = house.NewId();
        var recall = (await Recall(house, citizen, found, 400, id)).Value;
        Assert.Equal((400, 700), (recall.Amount.Value, recall.BalanceAfter.Value));
        Assert.Equal(recall with { Repeated = true }, (await Recall(house, citizen, found, 400, id)).Value);
        Assert.Equal("id_reused", (await Recall(house, citizen, found, 399, id)).Refused?.Code);
        Assert.Equal(new long[] { 700 }, await house.Lots(citizen));

        // What a cancel brings back can be recalled as well; what it was before can not.
        await house.Cancel(use);
        Assert.Equal(new long[] { 300, 100, 700 }, await house.Lots(citizen));
        var later = (await Reading(house).Of(citizen, wrong.Id, house.Clock.Today()))!;
        Assert.Equal((100, 400, 0), (later.Unspent.Value, later.Recalled.Value, later.Spent.Value));
        await Recall(house, citizen, later, 100);
        Assert.Equal(new long[] { 300, 700 }, await house.Lots(citizen));
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Z2_what_has_lapsed_is_neither_recalled_nor_spent_and_a_late_cancel_is_found(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        var wrong = (await house.Grant(citizen, 500, days: 1)).Value;
        var use = (await house.Use(citizen, 200)).Value;
        house.Clock.AdvanceDays(2);
        await house.Cancel(use);

        var found = (await Reading(house).Of(citizen, wrong.Id, house.Clock.Today()))!;
        Assert.Equal((200, 300, 0), (found.Unspent.Value, found.Lapsed.Value, found.Spent.Value));
        await Recall(house, citizen, found, 200);
        Assert.Empty(await house.Lots(citizen));
        await house.MustAddUp();
    }

    private static GrantReading Reading(LedgerHouse house) => new(house.Database, house.Ledger.Buckets);

    private static async Task<Result<Posted>> Recall(LedgerHouse house, CitizenId citizen, PostedGrant found, long amount, TransferId? id = null) =>
        await house.Ledger.Post(Transfer.Recall(id ?? house.NewId(), citizen, A, new Points(amount), Programme, found.Lot, Till));
}
