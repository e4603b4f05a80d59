using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.Ledger.LedgerHouse;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: points are used exactly, in their order, and never twice (groups G and I).</summary>
public class UseTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P7c_1000_of_2800_leaves_1800_and_1801_is_refused_and_changes_nothing(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 2800);

        var used = (await house.Use(citizen, 1000)).Value;
        var refused = (await house.Use(citizen, 1801)).Refused!;

        Assert.Equal((1000, 1800), (used.Amount.Value, used.BalanceAfter.Value));
        Assert.Equal(("insufficient_points", 1800L), (refused.Code, refused.Fact<long>("rest")));
        Assert.Equal(1800, await house.Usable(citizen));
        Assert.True((await house.Use(citizen, 1800)).Ok);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4028a_lots_go_in_date_order_of_grant_even_if_a_younger_one_lapses_first(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 100, days: 300);
        house.Clock.AdvanceDays(31);
        await house.Grant(citizen, 100, days: 30);

        await house.Use(citizen, 150);

        Assert.Equal(new long[] { 50 }, await house.Lots(citizen));
        Assert.Equal(house.Clock.Today().AddDays(30), (await house.Reading.Holdings(citizen, house.Clock.Today()))[0].Lots[0].ExpiresOn);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_06_an_issuer_may_choose_order_of_expiry(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 100, days: 300);
        house.Clock.AdvanceDays(31);
        await house.Grant(citizen, 100, days: 30);

        await house.Use(citizen, 150, order: ConsumeOrder.EarliestExpiry);

        Assert.Equal(new long[] { 50 }, await house.Lots(citizen));
        Assert.Equal(house.Clock.Today().AddDays(300 - 31), (await house.Reading.Holdings(citizen, house.Clock.Today()))[0].Lots[0].ExpiresOn);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_same_id_answers_the_same_for_ever_and_with_other_content_id_reused(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 2800);
        var id = house.NewId();

        var first = (await house.Use(citizen, 1000, id)).Value;
        await house.Use(citizen, 500);
        var again = (await house.Use(citizen, 1000, id)).Value;

        Assert.Equal(first with { Repeated = true }, again);
        Assert.Equal("id_reused", (await house.Use(citizen, 999, id)).Refused?.Code);
        Assert.Equal("id_reused", (await house.Use(citizen, 1000, id, OtherShop)).Refused?.Code);
        Assert.Equal("id_reused", (await house.Use(citizen, 1000, id, issuer: B)).Refused?.Code);
        Assert.Equal(1300, await house.Usable(citizen));
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_refusal_binds_nothing_so_the_same_id_is_judged_anew(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        var id = house.NewId();
        Assert.Equal("insufficient_points", (await house.Use(citizen, 1, id)).Refused?.Code);

        await house.Grant(citizen, 1);

        Assert.False((await house.Use(citizen, 1, id)).Value.Repeated);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P7e_two_terminals_at_once_cannot_overdraw(Engine engine)
    {
        await using var house = await New(engine);
        await using var second = await MyKey.Ledger.Ledger.Open(house.Database, house.Clock, Buckets.Default);
        for (var round = 0; round < 20; round++)
        {
            var citizen = NewCitizen();
            await house.Grant(citizen, 2800);
            Task<Result<Posted>>[] both =
            [
                house.Use(citizen, 2000),
                second.Post(Transfer.Use(house.NewId(), citizen, A, new Points(2000), OtherShop, Till)).AsTask(),
            ];
            var answers = await Task.WhenAll(both);

            Assert.Equal(["", "insufficient_points"], answers.Select(a => a.Refused?.Code ?? "").Order());
            Assert.Equal(800, await house.Usable(citizen));
        }
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4030_S0_1013_no_way_leads_to_another_municipality_another_person_or_back(Engine engine)
    {
        await using var house = await New(engine);
        var (citizen, other) = (NewCitizen(), NewCitizen());
        await house.Grant(citizen, 100);

        Assert.Equal("direction_forbidden", await Move(TransferKind.Use, Account.Holding(A, citizen), Account.Holding(B, citizen)));
        Assert.Equal("transfer_forbidden", await Move(TransferKind.Use, Account.Holding(A, citizen), Account.Holding(A, other)));
        Assert.Equal("transfer_forbidden", await Move(TransferKind.Use, Account.Holding(A, other), Account.Acceptor(A, Shop)));
        Assert.Equal("direction_forbidden", await Move(TransferKind.Use, Account.Holding(A, citizen), Account.Budget(A, Programme)));
        Assert.Equal("direction_forbidden", await Move(TransferKind.Use, Account.Holding(A, citizen), Account.Acceptor(B, Shop)));
        Assert.Equal("direction_forbidden", await Move(TransferKind.Grant, Account.Acceptor(A, Shop), Account.Holding(A, citizen)));
        Assert.Equal(100, await house.Usable(citizen));

        async Task<string?> Move(TransferKind kind, Account from, Account to) =>
            (await house.Ledger.Post(Transfer.Move(house.NewId(), kind, citizen, from, to, new Points(1), Till))).Refused?.Code;
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P7d_every_amount_from_1_to_the_balance_is_possible(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 3);
        await house.Grant(citizen, 4);

        Assert.Equal("insufficient_points", (await house.Use(citizen, 8)).Refused?.Code);
        Assert.Equal(6, (await house.Use(citizen, 1)).Value.BalanceAfter.Value);
        Assert.Equal(0, (await house.Use(citizen, 6)).Value.BalanceAfter.Value);
        Assert.Equal("insufficient_points", (await house.Use(citizen, 1)).Refused?.Code);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_history_walks_back_over_all_transfers_by_pages(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 1000);
        for (var i = 1; i <= 5; i++) await house.Use(citizen, i);
        await house.Grant(citizen, 7, issuer: B);

        var first = await house.Reading.History(citizen, A, 4);
        var rest = await house.Reading.History(citizen, A, 4, first[^1].Id);

        Assert.Equal([-5, -4, -3, -2], first.Select(l => l.Change));
        Assert.Equal([-1, 1000], rest.Select(l => l.Change));
        Assert.Equal([999L, 1000], rest.Select(l => l.BalanceAfter.Value));
        Assert.Equivalent(first[0], await house.Reading.Find(first[0].Receipt), strict: true);
        Assert.Empty(await house.Reading.History(NewCitizen(), null, 4));
    }
}
