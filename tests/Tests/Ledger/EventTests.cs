using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.Ledger.LedgerHouse;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: an event's points come only out of the pool, pay only until their last day, and end by the event's rule; two citizens never share them (group H).</summary>
public class EventTests
{
    private static readonly SupportEventId Festival = new(new Guid("00000000-0000-7000-8000-000000000010"));
    private static readonly Account Supported = Account.Event(A, Festival);

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5009b_S0_5010a_H_D2_moved_used_given_back_and_kept_after_the_last_day(Engine engine)
    {
        await using var house = await New(engine);
        var (citizen, other) = (NewCitizen(), NewCitizen());
        await house.Reserve(citizen, 100, Partner);
        await house.Reserve(citizen, 100, OtherPartner);
        await house.Reserve(other, 70, Partner);
        await house.Grant(citizen, 500);

        var move = (await Move(house, citizen, 150)).Value;
        Assert.Equal((A, 150L, 150L), (move.Issuer, move.Amount.Value, move.BalanceAfter.Value));
        await Move(house, other, 70);
        var use = (await Pay(house, citizen, 120)).Value;
        Assert.Equal(30, use.BalanceAfter.Value);
        Assert.Equal("insufficient_points", (await Pay(house, citizen, 31)).Refused?.Code);
        Assert.Equal(use with { Repeated = true }, (await Pay(house, citizen, 120, use.Id)).Value);
        // The same number for the municipality's own points is another payment.
        Assert.Equal("id_reused", (await house.Use(citizen, 120, use.Id)).Refused?.Code);
        Assert.Equal(150, (await house.Cancel(use, rule: new ReturnRule(0))).Value.BalanceAfter.Value);
        Assert.Equal(90, (await Pay(house, citizen, 60)).Value.BalanceAfter.Value);
        Assert.Equal((500L, 90L), (await house.Usable(citizen), await Left(house, citizen)));

        house.Clock.AdvanceDays(6);
        Assert.Equal("insufficient_points", (await Pay(house, citizen, 1)).Refused?.Code);
        Assert.Equal(0, await Left(house, citizen));
        Assert.Equal(0, await new Expire(house.Database, house.Ledger, house.Clock).Run());
        var kept = (await Keep(house, citizen, house.NewId())).Value;
        Assert.Equal((90L, 590L), (kept.Amount.Value, kept.BalanceAfter.Value));
        Assert.Equal(kept with { Repeated = true }, (await Keep(house, citizen, kept.Id)).Value);
        Assert.Equal("insufficient_points", (await Keep(house, citizen, house.NewId())).Refused?.Code);
        Assert.Equal([(500L, false), (90L, true)], (await Holdings(house, citizen)).GroupBy(l => l.Partner is not null).Select(g => (g.Sum(l => l.Remaining), g.Key)).OrderBy(l => l.Key));
        await Lapse(house, other, 70);

        var history = await new EventReading(house.Database, house.Ledger.Buckets).History(citizen, Supported, 10);
        Assert.Equal([(-90L, 0L), (-60L, 90L), (120L, 150L), (-120L, 30L), (150L, 150L)], history.Select(l => (l.Change, l.BalanceAfter.Value)));
        Assert.Equal([TransferKind.Move, TransferKind.Grant], (await house.Reading.History(citizen, A, 10)).Select(l => l.Kind));
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5009a_S0_5009c_S0_4030_no_other_way_in_and_none_back(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Reserve(citizen, 100, Partner);
        await house.Grant(citizen, 100);
        await Move(house, citizen, 50);

        Assert.Equal("direction_forbidden", await Post(TransferKind.Move, Supported, Account.Reserved(citizen)));
        Assert.Equal("direction_forbidden", await Post(TransferKind.Move, Supported, Account.Holding(B, citizen)));
        Assert.Equal("direction_forbidden", await Post(TransferKind.Move, Account.Holding(A, citizen), Supported));
        Assert.Equal("direction_forbidden", await Post(TransferKind.Move, Account.Reserved(citizen), Account.Event(MunicipalityCode.Pool, Festival)));
        Assert.Equal("direction_forbidden", await Post(TransferKind.Grant, Account.Budget(A, Programme), Supported));
        Assert.Equal("direction_forbidden", await Post(TransferKind.Exchange, Account.Partner(A, Partner), Supported));
        Assert.Equal("direction_forbidden", await Post(TransferKind.Use, Supported, Account.Acceptor(B, Shop)));
        Assert.Equal("direction_forbidden", await Post(TransferKind.TicketIssue, Supported, Account.Ticket(A, house.NewId())));
        Assert.Equal("transfer_forbidden", await Post(TransferKind.Move, Supported, Account.Holding(A, NewCitizen())));
        Assert.Equal("out_of_period", (await Move(house, citizen, 1, days: -1)).Refused?.Code);
        Assert.Equal("insufficient_points", (await Move(house, citizen, 51)).Refused?.Code);
        await house.MustAddUp();

        async Task<string?> Post(TransferKind kind, Account from, Account to) =>
            (await house.Ledger.Post(Transfer.Move(house.NewId(), kind, citizen, from, to, new Points(1), Till))).Refused?.Code;
    }

    private static async Task<Result<Posted>> Move(LedgerHouse house, CitizenId citizen, long amount, int days = 5) =>
        await house.Ledger.Post(Transfer.MoveReserved(house.NewId(), citizen, Supported, new Points(amount), house.Clock.Today().AddDays(days), Till));

    private static async Task<Result<Posted>> Pay(LedgerHouse house, CitizenId citizen, long amount, TransferId? id = null) =>
        await house.Ledger.Post(Transfer.Use(id ?? house.NewId(), citizen, Supported, new Points(amount), Shop, Till));

    private static async Task<Result<Posted>> Keep(LedgerHouse house, CitizenId citizen, TransferId id) =>
        await house.Ledger.Post(Transfer.MoveLeftOver(id, citizen, Supported, house.Clock.Today().AddDays(365), Till));

    private static async Task Lapse(LedgerHouse house, CitizenId citizen, long amount)
    {
        var due = await new EventReading(house.Database, house.Ledger.Buckets).Due(house.Ledger.Buckets.Of(citizen.Value), Supported, house.Clock.Today(), 10);
        var lot = Assert.Single(due, l => l.Citizen == citizen);
        Assert.Equal(amount, (await house.Ledger.Post(Transfer.Expire(citizen, Supported, lot.Lot, house.Clock.Today()))).Value.Amount.Value);
    }

    private static async Task<long> Left(LedgerHouse house, CitizenId citizen) =>
        (await new EventReading(house.Database, house.Ledger.Buckets).Of(citizen, house.Clock.Today())).Sum(e => e.Usable.Value);

    private static async Task<List<(long Remaining, PartnerId? Partner)>> Holdings(LedgerHouse house, CitizenId citizen)
    {
        await using var connection = await house.Database.Open();
        return [.. await connection.QueryAsync<(long, PartnerId?)>("select remaining, partner from ledger_lot where kind = 1 and citizen = @citizen order by remaining", new { citizen })];
    }
}
