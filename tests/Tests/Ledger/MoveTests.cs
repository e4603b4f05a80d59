using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.Ledger.LedgerHouse;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: exchanged points name their partner wherever they go, wait in the pool beyond their date, and leave it for one municipality only (group F).</summary>
public class MoveTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1010b_S2_P12a_a_move_keeps_partner_and_rate_of_every_lot_it_takes(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Reserve(citizen, 100, Partner);
        house.Clock.AdvanceDays(1);
        await house.Reserve(citizen, 100, OtherPartner);
        Assert.Empty(await house.Reading.Holdings(citizen, house.Clock.Today()));

        var move = (await house.MoveReserved(citizen, 150)).Value;

        Assert.Equal((A, 150, 150), (move.Issuer, (int)move.Amount.Value, (int)move.BalanceAfter.Value));
        Assert.Equal([(Partner, 100L), (OtherPartner, 50L)], await Lots(house, AccountKind.Holding));
        Assert.Equal([(OtherPartner, 50L)], await Lots(house, AccountKind.Reserved));
        Assert.Equal("insufficient_points", (await house.MoveReserved(citizen, 51)).Refused?.Code);
        Assert.Equal("insufficient_points", (await house.Use(citizen, 151)).Refused?.Code);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4033b_the_days_of_the_municipal_lot_begin_with_the_move(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Reserve(citizen, 100, Partner);
        house.Clock.AdvanceDays(10);

        await house.MoveReserved(citizen, 100, days: 365);

        var lot = (await house.Reading.Holdings(citizen, house.Clock.Today())).Single().Lots.Single();
        Assert.Equal((house.Clock.Today(), house.Clock.Today().AddDays(365)), (lot.AcquiredOn, lot.ExpiresOn));
        Assert.Equal("out_of_period", (await house.MoveReserved(citizen, 1, days: -1)).Refused?.Code);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1010d_reserved_points_never_lapse_and_move_even_when_the_job_comes_late(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Reserve(citizen, 100, Partner);
        house.Clock.AdvanceDays(40);

        Assert.Equal(0, await new Expire(house.Database, house.Ledger, house.Clock).Run());
        var move = (await house.MoveReserved(citizen, 100)).Value;

        Assert.Equal(100, move.BalanceAfter.Value);
        Assert.Equal(move with { Repeated = true }, (await house.MoveReserved(citizen, 100, id: move.Id)).Value);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1010d_what_is_due_moves_whole_and_once_and_nothing_else_with_it(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Reserve(citizen, 100, Partner);
        house.Clock.AdvanceDays(1);
        await house.Reserve(citizen, 40, OtherPartner, days: 3);
        await house.Reserve(citizen, 30, Partner, days: 3);
        Assert.Equal("insufficient_points", (await Due(house.NewId(), A)).Refused?.Code);
        house.Clock.AdvanceDays(4);
        var id = house.NewId();

        // Whoever moves some at the same instant has moved them; the rest of what is due goes, and no more.
        await house.MoveReserved(citizen, 20);
        var moved = (await Due(id, A)).Value;

        Assert.Equal((50L, 70L), (moved.Amount.Value, moved.BalanceAfter.Value));
        Assert.Equal(moved with { Repeated = true }, (await Due(id, A)).Value);
        Assert.Equal("id_reused", (await Due(id, B)).Refused?.Code);
        Assert.Equal("insufficient_points", (await Due(house.NewId(), A)).Refused?.Code);
        Assert.Equal([(Partner, 100L)], await Lots(house, AccountKind.Reserved));
        await house.MustAddUp();

        async Task<Result<Posted>> Due(TransferId id, MunicipalityCode to) => await house.Ledger.Post(Transfer.MoveDue(id, citizen, to, house.Clock.Today().AddDays(365), Till));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P12a_an_exchange_makes_a_lot_that_names_the_partner(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();

        var exchange = (await house.Exchange(citizen, 300, Partner)).Value;

        Assert.Equal((A, 300L), (exchange.Issuer, exchange.BalanceAfter.Value));
        Assert.Equal(SourceKind.Exchange, (await house.Reading.Holdings(citizen, house.Clock.Today())).Single().Lots.Single().Source);
        Assert.Equal([(Partner, 300L)], await Lots(house, AccountKind.Holding));
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4008b_S0_5008_S0_4030_only_reserved_points_cross_issuers_and_never_back(Engine engine)
    {
        await using var house = await New(engine);
        var (citizen, other) = (NewCitizen(), NewCitizen());
        await house.Grant(citizen, 100);
        await house.Reserve(citizen, 100, Partner);
        var (held, reserved) = (Account.Holding(A, citizen), Account.Reserved(citizen));

        Assert.Equal("direction_forbidden", await Post(TransferKind.Move, reserved, Account.Partner(Partner)));
        Assert.Equal("direction_forbidden", await Post(TransferKind.Exchange, reserved, Account.Partner(Partner)));
        Assert.Equal("direction_forbidden", await Post(TransferKind.Move, held, reserved));
        Assert.Equal("direction_forbidden", await Post(TransferKind.Move, held, Account.Holding(B, citizen)));
        Assert.Equal("direction_forbidden", await Post(TransferKind.Use, reserved, Account.Acceptor(MunicipalityCode.Pool, Shop)));
        Assert.Equal("direction_forbidden", await Post(TransferKind.Expire, reserved, Account.Expired(MunicipalityCode.Pool)));
        Assert.Equal("direction_forbidden", await Post(TransferKind.Move, reserved, Account.Holding(MunicipalityCode.Pool, citizen)));
        Assert.Equal("direction_forbidden", await Post(TransferKind.Exchange, Account.Partner(Partner), Account.Holding(A, citizen)));
        Assert.Equal("direction_forbidden", await Post(TransferKind.Exchange, Account.Partner(A, Partner), reserved));
        Assert.Equal("transfer_forbidden", await Post(TransferKind.Move, reserved, Account.Holding(A, other)));
        Assert.Equal("transfer_forbidden", await Post(TransferKind.Move, Account.Reserved(other), held));
        Assert.False(MunicipalityCode.Read(MunicipalityCode.Pool.Value).Ok);
        await house.MustAddUp();

        async Task<string?> Post(TransferKind kind, Account from, Account to) =>
            (await house.Ledger.Post(Transfer.Move(house.NewId(), kind, citizen, from, to, new Points(1), Till))).Refused?.Code;
    }

    /// <summary>Partner and rest of the lots of one kind of account, in the order of their making.</summary>
    private static async Task<List<(PartnerId Partner, long Remaining)>> Lots(LedgerHouse house, AccountKind kind)
    {
        await using var connection = await house.Database.Open();
        return [.. await connection.QueryAsync<(PartnerId, long)>(
            "select partner, remaining from ledger_lot where kind = @kind and remaining > 0 and rate_partner = 2 and rate_municipal = 1 order by remaining desc", new { kind = (int)kind })];
    }
}
