using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.Ledger.LedgerHouse;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: of every entitlement of a programme the ledger tells what has become of it, once, also where a service gave it back after its date.</summary>
public class ProgrammeReadingTests
{
    private static readonly PaymentServiceId Service = new(new Guid("00000000-0000-7000-8000-0000000000a1"));
    private static readonly PaymentServiceId OtherService = new(new Guid("00000000-0000-7000-8000-0000000000a2"));
    private static ProgrammeReading Reading(LedgerHouse house) => new(house.Ledger.Buckets);

    private static async Task<Posted> Entitle(LedgerHouse house, CitizenId citizen, long amount, int days)
    {
        var posted = await house.Ledger.Post(Transfer.Entitle(house.NewId(), citizen, A, new Points(amount), Programme, house.Clock.Today().AddDays(days), Actor.Job("test")));
        Assert.Null(posted.Refused);
        return posted.Value;
    }

    private static async Task<TransferId> Payout(LedgerHouse house, CitizenId citizen, Posted grant, PaymentServiceId service)
    {
        var open = (await new EntitlementReading(house.Database, house.Ledger.Buckets).OfGrant(citizen, grant.Id, house.Clock.Today()))!;
        var id = house.NewId();
        Assert.Null((await house.Ledger.Post(Transfer.Payout(id, citizen, open.Account, open.Amount, open.Lot, service, Actor.Of(citizen)))).Refused);
        return id;
    }

    private static Task<IReadOnlyList<EntitledPart>> Parts(LedgerHouse house, ProgrammeId? only) =>
        house.Database.Snapshot(c => Reading(house).Parts(c, A, only, house.Clock.Today(), house.Clock.Today().AddDays(30)));

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_S1_S1_43_what_became_of_each_is_told_once(Engine engine)
    {
        await using var house = await New(engine);
        var (a, b, late, lapsed) = (NewCitizen(), NewCitizen(), NewCitizen(), NewCitizen());
        var (grantA, grantB, grantLate) = (await Entitle(house, a, 100, 60), await Entitle(house, b, 200, 60), await Entitle(house, late, 400, 2));
        var grantLapsed = await Entitle(house, lapsed, 800, 2);
        await Entitle(house, a, 1_600, 20);
        var paid = await Payout(house, a, grantA, Service);
        await Payout(house, b, grantB, OtherService);
        var back = await Payout(house, late, grantLate, Service);
        Assert.Equal([(EntitlementEnd.Soon, 800 + 1_600), (EntitlementEnd.Service, 200), (EntitlementEnd.Service, 100 + 400)], Sums(await Parts(house, Programme)));

        // Given back in time it is open again; after its date it lives on in another lot and counts there alone.
        Assert.Null((await house.Ledger.Post(Transfer.PayoutReturn(house.NewId(), house.Ledger.Buckets.Of(a.Value), paid, Programme, new ReturnRule(), Actor.Job("test")))).Refused);
        house.Clock.AdvanceDays(3);
        Assert.Null((await house.Ledger.Post(Transfer.PayoutReturn(house.NewId(), house.Ledger.Buckets.Of(late.Value), back, Programme, new ReturnRule(), Actor.Job("test")))).Refused);
        (EntitlementEnd, int)[] expected = [(EntitlementEnd.Open, 100), (EntitlementEnd.Service, 200), (EntitlementEnd.Soon, 400 + 1_600), (EntitlementEnd.Lapsed, 800)];
        Assert.Equal(expected.Order(), Sums(await Parts(house, null)));
        Assert.Equal(1, await new Expire(house.Database, house.Ledger, house.Clock).Run());
        Assert.Equal(expected.Order(), Sums(await Parts(house, Programme)));
        Assert.Equal(OtherService, (await Parts(house, null)).Single(p => p.End == EntitlementEnd.Service).Service);
        Assert.Empty(await Parts(house, Ids.NewRandom<ProgrammeId>()));

        var line = Assert.Single(await house.Database.Snapshot(c => Reading(house).Lapsed(c, Programme, house.Clock.Today(), (10, 0))));
        Assert.Equal((lapsed, 800L, house.Clock.Today().AddDays(-1)), (line.Citizen, line.Amount.Value, line.Day));
        Assert.Empty(await house.Database.Snapshot(c => Reading(house).Lapsed(c, Programme, house.Clock.Today(), (10, 1))));
        var fates = await house.Database.Snapshot(c => Reading(house).Fates(c, Programme, [(a, grantA.Id), (b, grantB.Id), (late, grantLate.Id), (lapsed, grantLapsed.Id), (b, house.NewId())], house.Clock.Today()));
        Assert.Equal([EntitlementEnd.Soon, EntitlementEnd.Service, EntitlementEnd.Soon, EntitlementEnd.Lapsed], new[] { grantA, grantB, grantLate, grantLapsed }.Select(g => fates[g.Id].End is EntitlementEnd.Open ? EntitlementEnd.Soon : fates[g.Id].End));
        Assert.Equal((4, OtherService), (fates.Count, fates[grantB.Id].Service));
        await house.MustAddUp();
    }

    private static IEnumerable<(EntitlementEnd, int)> Sums(IEnumerable<EntitledPart> parts) => parts.Select(p => (p.End, (int)p.Points)).Order();
}
