using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.Ledger.LedgerHouse;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: points and premium go into vouchers in one transfer and come back to where they were, once, and the budget knows both.</summary>
public class VoucherTests
{
    private static readonly ProgrammeId Payer = new(new Guid("00000000-0000-7000-8000-000000000011"));
    private static readonly LimitId Budget = LimitId.Budget(Payer);

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_08a_S2_P8h_points_and_premium_go_out_together_and_come_back_to_lots_and_budget_once(Engine engine)
    {
        await using var house = await New(engine);
        var limits = await WithBudget(house, 1000);
        var citizen = NewCitizen();
        await house.Grant(citizen, 800, days: 10);
        await house.Grant(citizen, 5000, days: 20);
        var asked = Transfer.Voucher(house.NewId(), citizen, A, new Points(5000), Shop, Till).WithPremium(Payer, new Points(500));

        var posted = (await limits.Post(Budget, asked)).Value;

        Assert.Equal((5500, 800, 500), (posted.Amount.Value, posted.BalanceAfter.Value, (await limits.Read(Budget))!.Taken.Value));
        Assert.Equal(new long[] { 800 }, await house.Lots(citizen));
        Assert.True((await limits.Post(Budget, asked)).Value.Repeated);
        Assert.Equal("id_reused", (await limits.Post(Budget, asked.WithPremium(Payer, new Points(400)))).Refused?.Code);
        Assert.Equal("budget_exhausted", (await limits.Post(Budget, Transfer.Voucher(house.NewId(), citizen, A, new Points(800), Shop, Till).WithPremium(Payer, new Points(501)))).Refused?.Code);
        var read = (await new VoucherReading(house.Database).Of(posted.Receipt.Bucket)).Single();
        Assert.Equal((5000, 500, false), (read.Points.Value, read.Premium.Value, read.Cancelled));
        await house.MustAddUp();

        Assert.Equal("cancel_forbidden", (await house.Cancel(posted)).Refused?.Code);   // a shop's cancel of a use knows nothing of paper
        Assert.Equal("scope_denied", (await Back(house, limits, posted, desk: OtherShop)).Refused?.Code);
        Assert.Equal("scope_denied", (await Back(house, limits, posted, none: true)).Refused?.Code);
        var back = (await Back(house, limits, posted)).Value;
        Assert.Equal((5500, 5800), (back.Amount.Value, back.BalanceAfter.Value));
        Assert.Equal(new long[] { 800, 5000 }, await house.Lots(citizen));
        Assert.Equal(0, (await limits.Read(Budget))!.Taken.Value);
        Assert.Equal("already_cancelled", (await Back(house, limits, posted)).Refused?.Code);
        Assert.Equal(0, (await limits.Read(Budget))!.Taken.Value);
        await house.MustAddUp();
    }

    /// <summary>A voucher's use is not taken back as a voucher, and points never leave by a way of its own.</summary>
    [Fact]
    public async Task S4_08a_only_vouchers_come_back_as_vouchers()
    {
        await using var house = await New(Engine.Sqlite);
        var citizen = NewCitizen();
        await house.Grant(citizen, 1000);
        var use = (await house.Use(citizen, 100)).Value;
        var limits = new Limits(house.Database, house.Ledger, house.Clock);

        Assert.Equal("cancel_forbidden", (await Back(house, limits, use, none: true)).Refused?.Code);
        Assert.Equal([(TransferKind.Cancel, AccountKind.Holding), (TransferKind.Cancel, AccountKind.Budget)], Directions.All.Where(d => d.From == AccountKind.VoucherDesk).Select(d => (d.Kind, d.To)));
        Assert.Equal([(TransferKind.Voucher, AccountKind.Holding), (TransferKind.Voucher, AccountKind.Budget)], Directions.All.Where(d => d.To == AccountKind.VoucherDesk).Select(d => (d.Kind, d.From)));
    }

    /// <summary>5,000 with a premium of 500; the same again, taken back.</summary>
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Invariant_7_a_limit_that_says_other_than_its_premiums(Engine engine)
    {
        await using var house = await New(engine);
        var limits = await WithBudget(house, 2000);
        var citizen = NewCitizen();
        await house.Grant(citizen, 10_000);
        Posted? last = null;
        foreach (var _ in new[] { 1, 2 })
            last = (await limits.Post(Budget, Transfer.Voucher(house.NewId(), citizen, A, new Points(5000), Shop, Till).WithPremium(Payer, new Points(500)))).Value;
        await Back(house, limits, last!);
        await house.MustAddUp();
        await using var connection = await house.Database.Open();

        await connection.ExecuteAsync("update ledger_limit set taken = taken + 500");

        Assert.Contains("taken is 1000, grants and leases say 500", (await house.Audit()).Broken, StringComparison.Ordinal);
    }

    private static async Task<Limits> WithBudget(LedgerHouse house, long total)
    {
        var limits = new Limits(house.Database, house.Ledger, house.Clock);
        await house.Database.WriteOrRefuse(tx => limits.SetTotal(tx, Budget, new Points(total)));
        return limits;
    }

    private static async Task<Result<Posted>> Back(LedgerHouse house, Limits limits, Posted voucher, AcceptorId? desk = null, bool none = false) =>
        await house.Ledger.Post(Transfer.VoucherReturn(house.NewId(), voucher.Receipt.Bucket, voucher.Id, desk ?? Shop, none ? null : Payer, new ReturnRule(), Till) with
        {
            Companions = none ? [] : [limits.GiveBack(Budget, new Points(500))],
        });
}
