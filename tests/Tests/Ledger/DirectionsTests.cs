using MyKey.Ledger;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: the closed list of ways that points may go.</summary>
public class DirectionsTests
{
    [Fact]
    public void S0_4012b_S0_1017_S0_4042_points_come_by_grant_and_exchange_and_go_to_acceptors_and_are_never_bought_or_paid_out()
    {
        Assert.Equal([TransferKind.Grant, TransferKind.Cancel, TransferKind.Exchange, TransferKind.Move, TransferKind.TicketReturn, TransferKind.Release, TransferKind.Refund],
            Directions.All.Where(d => d.To == AccountKind.Holding).Select(d => d.Kind).Distinct());
        Assert.Equal([(TransferKind.Use, AccountKind.Acceptor), (TransferKind.Expire, AccountKind.Expired), (TransferKind.TicketIssue, AccountKind.Ticket), (TransferKind.Voucher, AccountKind.VoucherDesk),
            (TransferKind.Charge, AccountKind.CardCentre), (TransferKind.Pledge, AccountKind.Pledge), (TransferKind.Donate, AccountKind.Donation), (TransferKind.Void, AccountKind.Void), (TransferKind.Recall, AccountKind.Budget)],
            Directions.All.Where(d => d.From == AccountKind.Holding).Select(d => (d.Kind, d.To)));
        Assert.DoesNotContain(Directions.All, d => d.From == AccountKind.Holding && d.To == AccountKind.Holding);
    }

    [Fact]
    public void S0_4008b_S0_1010d_reserved_points_come_from_partners_and_go_to_municipalities_and_events_only()
    {
        Assert.Equal([(TransferKind.Exchange, AccountKind.Partner)], Directions.All.Where(d => d.To == AccountKind.Reserved).Select(d => (d.Kind, d.From)));
        Assert.Equal([(TransferKind.Move, AccountKind.Holding), (TransferKind.Move, AccountKind.Event), (TransferKind.Void, AccountKind.Void)], Directions.All.Where(d => d.From == AccountKind.Reserved).Select(d => (d.Kind, d.To)));
        Assert.DoesNotContain(Directions.All, d => d.To == AccountKind.Partner);
    }

    [Fact]
    public void S0_5009a_S0_5009c_S0_5010a_event_points_come_from_reserved_ones_and_pay_or_end()
    {
        Assert.Equal([(TransferKind.Cancel, AccountKind.Acceptor), (TransferKind.Move, AccountKind.Reserved)], Directions.All.Where(d => d.To == AccountKind.Event).Select(d => (d.Kind, d.From)));
        Assert.Equal([(TransferKind.Use, AccountKind.Acceptor), (TransferKind.Expire, AccountKind.Expired), (TransferKind.Move, AccountKind.Holding), (TransferKind.Void, AccountKind.Void)],
            Directions.All.Where(d => d.From == AccountKind.Event).Select(d => (d.Kind, d.To)));
    }

    [Fact]
    public void S1_24_S1_42a_K_25_an_entitlement_is_granted_and_paid_out_received_or_ends()
    {
        Assert.Equal([(TransferKind.Grant, AccountKind.Budget), (TransferKind.Cancel, AccountKind.PaymentService)], Directions.All.Where(d => d.To == AccountKind.Entitlement).Select(d => (d.Kind, d.From)));
        Assert.Equal([(TransferKind.Expire, AccountKind.Expired), (TransferKind.Move, AccountKind.Holding), (TransferKind.Void, AccountKind.Void), (TransferKind.Recall, AccountKind.Budget), (TransferKind.Payout, AccountKind.PaymentService)],
            Directions.All.Where(d => d.From == AccountKind.Entitlement).Select(d => (d.Kind, d.To)));
        Assert.Equal([(TransferKind.Cancel, AccountKind.Budget), (TransferKind.Cancel, AccountKind.Entitlement)], Directions.All.Where(d => d.From == AccountKind.PaymentService).Select(d => (d.Kind, d.To)));
    }

    [Fact]
    public void S0_5016b_S0_5017_what_became_void_comes_back_no_way() => Assert.DoesNotContain(Directions.All, d => d.From == AccountKind.Void);

    [Fact]
    public void S0_4021_S0_4024_what_is_in_a_ticket_goes_to_a_shop_or_back() =>
        Assert.Equal([(TransferKind.TicketUse, AccountKind.Acceptor), (TransferKind.TicketReturn, AccountKind.Holding)],
            Directions.All.Where(d => d.From == AccountKind.Ticket).Select(d => (d.Kind, d.To)));

    [Fact]
    public void S4_12a_S4_13a_M_D1_what_is_pledged_is_captured_or_goes_back_and_what_is_given_stays_given()
    {
        Assert.Equal([(TransferKind.Capture, AccountKind.Acceptor), (TransferKind.Release, AccountKind.Holding)], Directions.All.Where(d => d.From == AccountKind.Pledge).Select(d => (d.Kind, d.To)));
        Assert.DoesNotContain(Directions.All, d => d.From == AccountKind.Donation);
    }
}
