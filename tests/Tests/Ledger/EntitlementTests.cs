using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.Ledger.LedgerHouse;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: what a programme granted is received whole and once, by a payment service or as points of the municipality, or it lapses; nothing pays with it before.</summary>
public class EntitlementTests
{
    private static readonly PaymentServiceId Service = new(new Guid("00000000-0000-7000-8000-0000000000a1"));
    private static readonly PaymentServiceId OtherService = new(new Guid("00000000-0000-7000-8000-0000000000a2"));

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_37_S1_42a_S1_43_a_grant_goes_whole_to_one_service_and_comes_back_once_for_another(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        var grant = await Entitle(house, citizen, 3000);
        await Entitle(house, citizen, 500);
        var open = (await Reading(house).OfGrant(citizen, grant.Id, house.Clock.Today()))!;

        Assert.Equal([3000, 500], (await Reading(house).Of(citizen, house.Clock.Today())).Select(e => e.Amount.Value).OrderDescending());
        Assert.Equal(0, await house.Usable(citizen));
        Assert.Equal("insufficient_points", (await house.Use(citizen, 1)).Refused?.Code);
        Assert.Equal("split_forbidden", (await Payout(house, citizen, open, 2999)).Refused?.Code);
        Assert.Equal("insufficient_points", (await Payout(house, NewCitizen(), open, 3000)).Refused?.Code);
        var id = house.NewId();
        var paid = (await Payout(house, citizen, open, 3000, id)).Value;
        Assert.Equal(paid with { Repeated = true }, (await Payout(house, citizen, open, 3000, id)).Value);
        Assert.Equal("id_reused", (await Payout(house, citizen, open, 3000, id, OtherService)).Refused?.Code);
        Assert.Equal("insufficient_points", (await Payout(house, citizen, open, 3000, service: OtherService)).Refused?.Code);
        Assert.Null(await Reading(house).OfGrant(citizen, grant.Id, house.Clock.Today()));

        Assert.Null((await Return(house, paid)).Refused);
        Assert.Equal("already_cancelled", (await Return(house, paid)).Refused?.Code);
        var again = (await Reading(house).OfGrant(citizen, grant.Id, house.Clock.Today()))!;
        Assert.Equal(open, again);
        await Payout(house, citizen, again, 3000, service: OtherService);

        var payouts = await Reading(house).PayoutsOf(paid.Receipt.Bucket);
        Assert.Equal([(Service, 3000, true), (OtherService, 3000, false)], payouts.Select(p => (p.Service, (int)p.Points.Value, p.Returned)).OrderBy(p => p.Item3 ? 0 : 1));
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_25_a_grant_becomes_points_of_the_municipality_whose_days_begin_then(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        var open = await Open(house, citizen, await Entitle(house, citizen, 3000, days: 20));
        house.Clock.AdvanceDays(20);

        Assert.Equal("split_forbidden", (await Receive(house, citizen, open, 1)).Refused?.Code);
        var received = (await Receive(house, citizen, open, 3000)).Value;

        Assert.Equal((3000, TransferKind.Move), (received.BalanceAfter.Value, received.Kind));
        var lot = Assert.Single((await house.Reading.Holdings(citizen, house.Clock.Today())).Single().Lots);
        Assert.Equal((house.Clock.Today(), house.Clock.Today().AddDays(365), (ProgrammeId?)Programme), (lot.AcquiredOn, lot.ExpiresOn, lot.Programme));
        Assert.Equal(TransferKind.Move, Assert.Single(await house.Reading.History(citizen, A, 10)).Kind);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_S1_what_nobody_received_lapses_and_what_comes_back_late_has_days_of_grace(Engine engine)
    {
        await using var house = await New(engine);
        var (slow, paid) = (NewCitizen(), NewCitizen());
        await Entitle(house, slow, 700, days: 3);
        var grant = await Entitle(house, paid, 900, days: 3);
        var payout = (await Payout(house, paid, await Open(house, paid, grant), 900)).Value;
        house.Clock.AdvanceDays(4);

        Assert.Equal(1, await new Expire(house.Database, house.Ledger, house.Clock).Run());
        Assert.Empty(await Reading(house).Of(slow, house.Clock.Today()));
        Assert.Null((await Return(house, payout)).Refused);
        var again = (await Reading(house).OfGrant(paid, grant.Id, house.Clock.Today()))!;
        Assert.Equal((900, house.Clock.Today().AddDays(30)), (again.Amount.Value, again.LastDay));
        Assert.Null((await Payout(house, paid, again, 900, service: OtherService)).Refused);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Z2_S0_5017_what_is_not_received_is_recalled_whole_and_becomes_void_with_its_id(Engine engine)
    {
        await using var house = await New(engine);
        var (wrong, gone) = (NewCitizen(), NewCitizen());
        var open = await Open(house, wrong, await Entitle(house, wrong, 400));
        await Entitle(house, gone, 250);

        Assert.Equal("split_forbidden", (await Recall(house, wrong, open, 399)).Refused?.Code);
        Assert.Null((await Recall(house, wrong, open, 400)).Refused);
        var voids = new VoidPoints(house.Database, house.Ledger.Buckets, house.Ledger, house.Clock);
        await house.Database.Write(async tx => { await voids.Begin(tx, gone); return 0; });
        Assert.Equal(1, await voids.Run());
        Assert.Empty(await Reading(house).Of(gone, house.Clock.Today()));
        await house.MustAddUp();
    }

    private static EntitlementReading Reading(LedgerHouse house) => new(house.Database, house.Ledger.Buckets);

    private static async Task<OpenEntitlement> Open(LedgerHouse house, CitizenId citizen, Posted grant) => (await Reading(house).OfGrant(citizen, grant.Id, house.Clock.Today()))!;

    private static async Task<Posted> Entitle(LedgerHouse house, CitizenId citizen, long amount, int days = 30) =>
        (await house.Ledger.Post(Transfer.Entitle(house.NewId(), citizen, A, new Points(amount), Programme, house.Clock.Today().AddDays(days), Till))).Value;

    private static async Task<Result<Posted>> Payout(LedgerHouse house, CitizenId citizen, OpenEntitlement open, long amount, TransferId? id = null, PaymentServiceId? service = null) =>
        await house.Ledger.Post(Transfer.Payout(id ?? house.NewId(), citizen, open.Account, new Points(amount), open.Lot, service ?? Service, Actor.Of(citizen)));

    private static async Task<Result<Posted>> Return(LedgerHouse house, Posted payout) =>
        await house.Ledger.Post(Transfer.PayoutReturn(house.NewId(), payout.Receipt.Bucket, payout.Id, Programme, new ReturnRule(), Actor.Job("payouts")));

    private static async Task<Result<Posted>> Receive(LedgerHouse house, CitizenId citizen, OpenEntitlement open, long amount) =>
        await house.Ledger.Post(Transfer.Receive(house.NewId(), citizen, open.Account, new Points(amount), open.Lot, house.Clock.Today().AddDays(365), Actor.Of(citizen)));

    private static async Task<Result<Posted>> Recall(LedgerHouse house, CitizenId citizen, OpenEntitlement open, long amount) =>
        await house.Ledger.Post(Transfer.Recall(house.NewId(), citizen, open.Account, new Points(amount), Programme, open.Lot, Till));
}
