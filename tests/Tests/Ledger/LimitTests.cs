using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.Ledger.LedgerHouse;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: a limited thing is never overdrawn and nothing of it is lost, whatever is cut off in between (S4-01b).</summary>
public class LimitTests
{
    private static readonly LimitId Budget = LimitId.Budget(Programme);

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_01b_at_the_end_of_the_budget_a_grant_is_refused(Engine engine)
    {
        await using var house = await New(engine);
        var limits = await WithBudget(house, 1000);

        Assert.True((await limits.Post(Budget, GrantOf(house, 600))).Ok);
        var refused = (await limits.Post(Budget, GrantOf(house, 401))).Refused!;

        Assert.Equal(("budget_exhausted", 400L), (refused.Code, refused.Fact<Points>("rest").Value));
        Assert.Equal(600, (await limits.Read(Budget))!.Taken.Value);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Many_at_once_take_exactly_the_total(Engine engine)
    {
        await using var house = await New(engine);
        var limits = await WithBudget(house, 1000);

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => limits.Post(Budget, GrantOf(house, 70))));

        Assert.Equal(14, answers.Count(a => a.Ok));
        Assert.All(answers.Where(a => !a.Ok), a => Assert.Equal("budget_exhausted", a.Refused!.Code));
        Assert.Equal(980, (await limits.Read(Budget))!.Taken.Value);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_repeat_takes_nothing_again_and_a_refusal_gives_back(Engine engine)
    {
        await using var house = await New(engine);
        var limits = await WithBudget(house, 1000);
        var grant = GrantOf(house, 300);

        Assert.True((await limits.Post(Budget, grant)).Ok);
        Assert.True((await limits.Post(Budget, grant)).Value.Repeated);
        Assert.Equal("out_of_period", (await limits.Post(Budget, GrantOf(house, 100, days: -1))).Refused?.Code);

        Assert.Equal(300, (await limits.Read(Budget))!.Taken.Value);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_same_sent_again_takes_once_even_if_the_first_ends_in_between(Engine engine)
    {
        await using var house = await New(engine);
        var first = await WithBudget(house, 1000);
        var grant = GrantOf(house, 300);
        // It asks for the time after it has looked for the transfer and before it takes.
        var second = new Limits(house.Database, house.Ledger, new Between(house.Clock, () => Assert.True(first.Post(Budget, grant).GetAwaiter().GetResult().Ok)));

        Assert.True((await second.Post(Budget, grant)).Value.Repeated);

        Assert.Equal(300, (await first.Read(Budget))!.Taken.Value);
        house.Clock.Advance(Limits.LeaseMs + 2);
        Assert.Equal(0, await first.CloseLeases());
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_refused_repeat_does_not_give_back_what_the_first_still_takes(Engine engine)
    {
        await using var house = await New(engine);
        var limits = await WithBudget(house, 1000);
        var grant = GrantOf(house, 300);
        await Lease(house, grant);

        var over = new NewLot(house.Clock.Today().AddDays(-1), new LotSource(SourceKind.Grant));
        Assert.Equal("out_of_period", (await limits.Post(Budget, Transfer.Grant(grant.Id, grant.Citizen!.Value, A, grant.Amount, Programme, over, Till))).Refused?.Code);
        Assert.Equal(300, (await limits.Read(Budget))!.Taken.Value);
        await house.Ledger.Post(grant);

        house.Clock.Advance(Limits.LeaseMs + 2);
        Assert.Equal(1, await limits.CloseLeases());
        Assert.Equal(300, (await limits.Read(Budget))!.Taken.Value);
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_lease_that_a_crash_left_is_closed_or_given_back(Engine engine)
    {
        await using var house = await New(engine);
        var limits = await WithBudget(house, 1000);
        var (stands, lost) = (GrantOf(house, 100), GrantOf(house, 200));
        await house.Ledger.Post(stands);
        await Lease(house, stands);
        await Lease(house, lost);

        Assert.Equal(0, await limits.CloseLeases());
        house.Clock.Advance(Limits.LeaseMs + 1);
        Assert.Equal(2, await limits.CloseLeases());
        Assert.Equal(0, await limits.CloseLeases());

        Assert.Equal(100, (await limits.Read(Budget))!.Taken.Value);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task After_its_lease_a_transfer_is_not_posted_any_more(Engine engine)
    {
        await using var house = await New(engine);

        Assert.Equal("busy", (await house.Ledger.Post(GrantOf(house, 1) with { NotAfterMs = house.Clock.NowMs() })).Refused?.Code);
        Assert.True((await house.Ledger.Post(GrantOf(house, 1) with { NotAfterMs = house.Clock.NowMs() + 1 })).Ok);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_total_below_what_is_taken_is_refused(Engine engine)
    {
        await using var house = await New(engine);
        var limits = await WithBudget(house, 1000);
        await limits.Post(Budget, GrantOf(house, 600));

        Assert.Equal("budget_exhausted", (await house.Database.WriteOrRefuse(tx => limits.SetTotal(tx, Budget, new Points(599)))).Refused?.Code);
        Assert.Equal(0, (await house.Database.WriteOrRefuse(tx => limits.SetTotal(tx, Budget, new Points(600)))).Value.Rest.Value);
    }

    /// <summary>A clock at which something happens the first time that it is read.</summary>
    private sealed class Between(TimeProvider clock, Action act) : TimeProvider
    {
        private Action? left = act;

        public override DateTimeOffset GetUtcNow()
        {
            Interlocked.Exchange(ref left, null)?.Invoke();
            return clock.GetUtcNow();
        }
    }

    internal static Transfer GrantOf(LedgerHouse house, long amount, int days = 30) => Transfer.Grant(house.NewId(), NewCitizen(), A, new Points(amount), Programme,
        new NewLot(house.Clock.Today().AddDays(days), new LotSource(SourceKind.Grant)), Till);

    internal static async Task<Limits> WithBudget(LedgerHouse house, long total)
    {
        var limits = new Limits(house.Database, house.Ledger, house.Clock);
        await house.Database.WriteOrRefuse(tx => limits.SetTotal(tx, Budget, new Points(total)));
        return limits;
    }

    internal static Task Lease(LedgerHouse house, Transfer transfer) => house.Database.Write(async tx =>
    {
        var key = new
        {
            Bucket = house.Ledger.Buckets.Of(Budget.Value), Id = Budget.Value, transfer.Amount, Transfer = transfer.Id,
            TransferBucket = house.Ledger.BucketOf(transfer), Until = house.Clock.NowMs() + Limits.LeaseMs
        };
        await tx.Connection.ExecuteAsync("update ledger_limit set taken = taken + @Amount where bucket = @Bucket and id = @Id", key, tx.Handle);
        await tx.Connection.ExecuteAsync("insert into ledger_lease(bucket, limit_id, transfer, transfer_bucket, amount, until_ms) values (@Bucket, @Id, @Transfer, @TransferBucket, @Amount, @Until)", key, tx.Handle);
    });
}
