using MyKey.Ledger;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: the closed list of ways that points may go.</summary>
public class DirectionsTests
{
    [Fact]
    public void S0_4012b_S0_1017_S0_4042_points_come_by_grant_or_exchange_and_go_to_acceptors_and_are_never_bought_or_paid_out()
    {
        Assert.Equal([TransferKind.Grant, TransferKind.Cancel, TransferKind.Exchange], Directions.All.Where(d => d.To == AccountKind.Holding).Select(d => d.Kind));
        Assert.Equal([(TransferKind.Use, AccountKind.Acceptor), (TransferKind.Expire, AccountKind.Expired)],
            Directions.All.Where(d => d.From == AccountKind.Holding).Select(d => (d.Kind, d.To)));
        Assert.DoesNotContain(Directions.All, d => d.From == AccountKind.Holding && d.To == AccountKind.Holding);
    }
}
