using MyKey.Ledger;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: the closed list of ways that points may go.</summary>
public class DirectionsTests
{
    [Fact]
    public void S0_4012b_S0_1017_S0_4042_points_come_by_grant_and_exchange_and_go_to_acceptors_and_are_never_bought_or_paid_out()
    {
        Assert.Equal([TransferKind.Grant, TransferKind.Cancel, TransferKind.Exchange, TransferKind.Move, TransferKind.TicketReturn],
            Directions.All.Where(d => d.To == AccountKind.Holding).Select(d => d.Kind).Distinct());
        Assert.Equal([(TransferKind.Use, AccountKind.Acceptor), (TransferKind.Expire, AccountKind.Expired), (TransferKind.TicketIssue, AccountKind.Ticket), (TransferKind.Voucher, AccountKind.VoucherDesk),
            (TransferKind.Charge, AccountKind.CardCentre)],
            Directions.All.Where(d => d.From == AccountKind.Holding).Select(d => (d.Kind, d.To)));
        Assert.DoesNotContain(Directions.All, d => d.From == AccountKind.Holding && d.To == AccountKind.Holding);
    }

    [Fact]
    public void S0_4008b_S0_1010d_reserved_points_come_from_partners_and_go_to_municipalities_only()
    {
        Assert.Equal([(TransferKind.Exchange, AccountKind.Partner)], Directions.All.Where(d => d.To == AccountKind.Reserved).Select(d => (d.Kind, d.From)));
        Assert.Equal([(TransferKind.Move, AccountKind.Holding)], Directions.All.Where(d => d.From == AccountKind.Reserved).Select(d => (d.Kind, d.To)));
        Assert.DoesNotContain(Directions.All, d => d.To == AccountKind.Partner);
    }

    [Fact]
    public void S0_4021_S0_4024_what_is_in_a_ticket_goes_to_a_shop_or_back() =>
        Assert.Equal([(TransferKind.TicketUse, AccountKind.Acceptor), (TransferKind.TicketReturn, AccountKind.Holding)],
            Directions.All.Where(d => d.From == AccountKind.Ticket).Select(d => (d.Kind, d.To)));
}
