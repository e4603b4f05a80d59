using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.Tests.App.Reserved;

/// <summary>Goal: the planner says on which day how many go where if nothing is done, and until when they last there (S0-1010d).</summary>
public class ReservedPlanTests
{
    private static readonly DateOnly Today = new(2017, 12, 15);

    private static readonly Municipality Town = new(MunicipalityCode.Of("132985"), "東京都", "A市", "", MunicipalityKind.City, null, IssuerKind.Public, new ExpiryRule(0, 12), null, null, MunicipalityState.Live);

    [Fact]
    public void S0_1010c_lots_of_one_deadline_go_together_on_the_day_after_it()
    {
        var plan = new ReservedPlan([Lot(100, 0), Lot(200, 0), Lot(300, 14)], Today, Town, null);

        Assert.Equal([(Today.AddDays(1), 300L, Today.AddDays(1).AddMonths(12)), (Today.AddDays(15), 300L, Today.AddDays(15).AddMonths(12))], plan.Moves.Select(m => (m.On, m.Amount.Value, m.ExpiresOn!.Value)));
        Assert.Equal((600L, Today, false), (plan.Sum.Value, plan.First!.Value, plan.Waits));
    }

    [Fact]
    public void S0_1010d_what_a_late_job_has_left_goes_today() =>
        Assert.Equal([(Today, 300L), (Today.AddDays(1), 100L)], new ReservedPlan([Lot(100, -3), Lot(200, -1), Lot(100, 0)], Today, Town, null).Moves.Select(m => (m.On, m.Amount.Value)));

    [Fact]
    public void S0_1010f_without_a_home_they_wait()
    {
        var plan = new ReservedPlan([Lot(100, -1)], Today, null, HoldReason.NoBase);

        Assert.True(plan.Waits);
        Assert.Equal([(null, null)], plan.Moves.Select(m => (m.To, m.ExpiresOn)));
        Assert.False(new ReservedPlan([Lot(100, 0)], Today, null, HoldReason.NoBase).Waits);
        Assert.Null(new ReservedPlan([], Today, Town, null).First);
    }

    private static ReservedLot Lot(long points, int days) => new(new LotId(Guid.CreateVersion7()), Today.AddDays(days - 14), Today.AddDays(days), new Points(points), new PartnerId(Guid.CreateVersion7()));
}
