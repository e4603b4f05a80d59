using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.Ledger.LedgerHouse;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: a premium of the State reaches its cap exactly and never passes it, nor its budget, whoever reports at once; and it goes to one service (S3-03, S3-05).</summary>
public class PremiumTests
{
    internal static readonly ProgrammeId Round = new(new Guid("00000000-0000-7000-8000-0000000000e0"));
    internal static readonly PaymentServiceId Midori = new(new Guid("00000000-0000-7000-8000-0000000000e1")), Sora = new(new Guid("00000000-0000-7000-8000-0000000000e2"));

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_03_the_last_event_gives_the_rest_and_then_nothing(Engine engine)
    {
        await using var house = await WithBudget(engine, 1_000_000);
        var holder = NewCitizen();
        Assert.Equal(4_000, (await Pay(house, holder, 4_000)).Value.Amount.Value);
        var last = house.NewId();
        Assert.Equal(1_000, (await Pay(house, holder, 4_000, id: last)).Value.Amount.Value);
        Assert.Equal("cap_reached", (await Pay(house, holder, 1)).Refused?.Code);
        var again = (await Pay(house, holder, 4_000, id: last)).Value;
        Assert.Equal((1_000, true), (again.Amount.Value, again.Repeated));
        Assert.Equal((5_000L, 5_000L), (await Given(house, holder), await Taken(house)));
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_03_many_at_once_reach_the_cap_exactly_and_no_budget_is_passed(Engine engine)
    {
        await using var house = await WithBudget(engine, 12_345);
        CitizenId[] holders = [NewCitizen(), NewCitizen(), NewCitizen(), NewCitizen()];
        var answers = await Task.WhenAll(Enumerable.Range(0, 400).Select(n => Pay(house, holders[n % 4], 137)));
        var given = await Task.WhenAll(holders.Select(h => Given(house, h)));
        Assert.All(given, g => Assert.InRange(g, 0, 5_000));
        // Either the caps or the budget stop it: here the budget, to the last premium that still fits wholly.
        Assert.Equal(given.Sum(), answers.Where(a => a.Ok).Sum(a => a.Value.Amount.Value));
        Assert.InRange(12_345 - given.Sum(), 0, 136);
        Assert.Contains(answers, a => a.Refused?.Code == "budget_exhausted");
        Assert.Equal(given.Sum(), await Taken(house));
        await house.MustAddUp();

        await using var rich = await WithBudget(engine, 1_000_000);
        await Task.WhenAll(Enumerable.Range(0, 400).Select(n => Pay(rich, holders[n % 4], 137)));
        var whole = await Task.WhenAll(holders.Select(h => Given(rich, h)));
        Assert.All(whole, g => Assert.Equal(5_000, g));
        await rich.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_05_another_service_or_round_than_the_first_gives_nothing(Engine engine)
    {
        await using var house = await WithBudget(engine, 1_000_000);
        var holder = NewCitizen();
        await Pay(house, holder, 100);
        Assert.Equal("service_already_chosen", (await Pay(house, holder, 100, service: Sora)).Refused?.Code);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_03_what_is_taken_back_can_be_earned_again(Engine engine)
    {
        await using var house = await WithBudget(engine, 6_000);
        var holder = NewCitizen();
        var first = (await Pay(house, holder, 4_500)).Value;
        var rest = (await Pay(house, holder, 4_500)).Value;
        Assert.Equal(500, rest.Amount.Value);
        var back = house.NewId();
        Assert.Equal(500, (await Back(house, rest, back)).Value.Amount.Value);
        Assert.True((await Back(house, rest, back)).Value.Repeated);
        Assert.Equal("already_cancelled", (await Back(house, rest)).Refused?.Code);
        Assert.Equal((4_500L, 4_500L), (await Given(house, holder), await Taken(house)));
        Assert.Equal(500, (await Pay(house, holder, 900)).Value.Amount.Value);
        Assert.Equal(4_500, (await Back(house, first)).Value.Amount.Value);
        Assert.Equal((500L, 500L), (await Given(house, holder), await Taken(house)));
        Assert.Equal("transfer_unknown", (await house.Ledger.Post(Transfer.PremiumReturn(house.NewId(), first.Receipt.Bucket, house.NewId(), Round, Till))).Refused?.Code);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_26_without_a_budget_nothing_is_paid_and_points_of_people_stay_apart(Engine engine)
    {
        await using var house = await New(engine);
        var (holder, citizen) = (NewCitizen(), NewCitizen());
        await house.Grant(citizen, 1_000);
        Assert.Equal("budget_exhausted", (await Pay(house, holder, 100)).Refused?.Code);
        await house.Use(citizen, 400);
        Assert.Equal(600, await house.Usable(citizen));
        await house.MustAddUp();
    }

    [Fact]
    public void S3_10_S1_01_a_premium_goes_from_a_budget_of_the_State_to_a_service_and_back_and_nowhere_else()
    {
        Assert.False(MunicipalityCode.Read(MunicipalityCode.State.Value).Ok);
        Assert.False(MunicipalityCode.Read(MunicipalityCode.State.Value[..5]).Ok);
        var (of, citizen) = (MunicipalityCode.State, NewCitizen());
        Assert.Null(Directions.Check(TransferKind.Premium, Account.Budget(of, Round), Account.PaymentService(of, Midori), citizen));
        Assert.Null(Directions.Check(TransferKind.Cancel, Account.PaymentService(of, Midori), Account.Budget(of, Round), citizen));
        Assert.Equal("direction_forbidden", Directions.Check(TransferKind.Premium, Account.Budget(A, Round), Account.PaymentService(A, Midori), citizen)?.Code);
        Assert.Equal("direction_forbidden", Directions.Check(TransferKind.Grant, Account.Budget(of, Round), Account.Holding(of, citizen), citizen)?.Code);
        Assert.Equal("direction_forbidden", Directions.Check(TransferKind.Grant, Account.Budget(of, Round), Account.Entitlement(of, Round), citizen)?.Code);
        Assert.Equal("direction_forbidden", Directions.Check(TransferKind.Cancel, Account.PaymentService(A, Midori), Account.Budget(A, Round), citizen)?.Code);
        Assert.Equal([(AccountKind.Budget, AccountKind.PaymentService)], Directions.All.Where(d => d.Kind == TransferKind.Premium).Select(d => (d.From, d.To)));
    }

    internal static async Task<LedgerHouse> WithBudget(Engine engine, long total)
    {
        var house = await New(engine);
        var limits = new Limits(house.Database, house.Ledger, house.Clock);
        Assert.True((await house.Database.WriteOrRefuse(tx => limits.SetTotal(tx, LimitId.Budget(Round), new Points(total)))).Ok);
        return house;
    }

    internal static Task<Result<Posted>> Pay(LedgerHouse house, CitizenId holder, long earned, PaymentServiceId? service = null, TransferId? id = null) =>
        house.Ledger.Post(Transfer.PayPremium(id ?? house.NewId(), holder, Round, service ?? Midori, (new Points(earned), new Points(5_000)), Till)).AsTask();

    private static Task<Result<Posted>> Back(LedgerHouse house, Posted premium, TransferId? id = null) =>
        house.Ledger.Post(Transfer.PremiumReturn(id ?? house.NewId(), premium.Receipt.Bucket, premium.Id, Round, Till)).AsTask();

    private static async Task<long> Given(LedgerHouse house, CitizenId holder) => (await new PremiumReading(house.Database, house.Ledger.Buckets).Given(holder)).Value;

    private static async Task<long> Taken(LedgerHouse house) => (await new Limits(house.Database, house.Ledger, house.Clock).Read(LimitId.Budget(Round)))!.Taken.Value;
}
