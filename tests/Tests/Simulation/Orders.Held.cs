using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.Tests.Simulation;

/// <summary>Points that wait outside the holding: tickets that are issued, used and taken back; pledges that are captured, released, and refunded in parts.</summary>
internal sealed partial class Orders
{
    private Order? Held(Notebook notebook) => random.Next(15) switch
    {
        < 3 => TicketIssue(),
        < 5 => AnyOf(notebook, Record.TicketIssue) is { } ticket ? TicketUse(ticket) : null,
        5 => AnyOf(notebook, Record.TicketIssue) is { } ticket ? TicketReturn(ticket) : null,
        < 9 => Pledge(),
        < 11 => AnyOf(notebook, Record.Pledge) is { } pledge ? Capture(pledge) : null,
        11 => AnyOf(notebook, Record.Pledge) is { } pledge ? Release(pledge) : null,
        _ => AnyOf(notebook, Record.Capture) is { } capture ? Refund(capture) : null,
    };

    private Order TicketIssue()
    {
        var (id, citizen, issuer, amount, office, row) = (new TransferId(NewId()), Any(Citizens), Any(issuers), random.Next(1, 150), Any(shops), random.Next(2) == 0);
        var issue = Transfer.TicketIssue(id, citizen, issuer, new Points(amount), office, till) with
        {
            Companions = row ? [new Companion(RowSql, [("SimId", id)], 1, Refusal.Of("token_expired"), RowsSql)] : [],
        };
        return new Order(id, Record.TicketIssue, citizen, amount, row, house => house.Ledger.Post(issue));
    }

    private Order TicketUse((Order Order, Posted Answer) ticket)
    {
        var id = new TransferId(NewId());
        var use = Transfer.TicketUse(id, ticket.Order.Citizen, Account.Ticket(ticket.Answer.Issuer, ticket.Order.Id), ticket.Answer.Amount, Any(shops), till);
        return new Order(id, Record.TicketUse, ticket.Order.Citizen, ticket.Answer.Amount.Value, false, house => house.Ledger.Post(use));
    }

    private Order TicketReturn((Order Order, Posted Answer) ticket)
    {
        var id = new TransferId(NewId());
        var back = Transfer.TicketReturn(id, ticket.Answer.Receipt.Bucket, ticket.Order.Id, Any(shops), till);
        return new Order(id, Record.TicketReturn, ticket.Order.Citizen, null, false, house => house.Ledger.Post(back));
    }

    private Order Pledge()
    {
        var (id, citizen, issuer, amount, site) = (new TransferId(NewId()), Any(Citizens), Any(issuers), random.Next(1, 150), Any(shops));
        return new Order(id, Record.Pledge, citizen, amount, false, house => house.Ledger.Post(Transfer.Pledge(id, citizen, issuer, new Points(amount), site, Actor.Of(citizen))));
    }

    /// <summary>The whole of it, or a part.</summary>
    private Order Capture((Order Order, Posted Answer) pledge)
    {
        var (id, site, whole) = (new TransferId(NewId()), Any(shops), pledge.Answer.Amount);
        var part = random.Next(2) == 0 ? whole : new Points(random.Next(1, (int)whole.Value + 1));
        var capture = Transfer.Capture(id, pledge.Order.Citizen, Account.Pledge(pledge.Answer.Issuer, pledge.Order.Id), part, site, till);
        return new Order(id, Record.Capture, pledge.Order.Citizen, part.Value, false, house => house.Ledger.Post(capture));
    }

    private Order Release((Order Order, Posted Answer) pledge)
    {
        var id = new TransferId(NewId());
        var back = Transfer.Release(id, pledge.Answer.Receipt.Bucket, pledge.Order.Id, Any(shops), till);
        return new Order(id, Record.Release, pledge.Order.Citizen, null, false, house => house.Ledger.Post(back));
    }

    private Order Refund((Order Order, Posted Answer) capture)
    {
        var (id, part) = (new TransferId(NewId()), new Points(random.Next(1, (int)capture.Answer.Amount.Value + 1)));
        var back = Transfer.Refund(id, capture.Answer.Receipt.Bucket, capture.Order.Id, part, Any(shops), new ReturnRule(), till);
        return new Order(id, Record.Refund, capture.Order.Citizen, part.Value, false, house => house.Ledger.Post(back));
    }
}
