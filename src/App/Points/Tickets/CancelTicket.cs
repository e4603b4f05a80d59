using MyKey.App.Registry;
using MyKey.App.UsePoints;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Tickets;

/// <summary>The office that issued a ticket takes it back, unused and within its days; the points go where they came from (S0-4024).</summary>
public sealed class CancelTicket(FindTickets find, PasswordSum sum, Ledger.Ledger ledger, TimeProvider clock)
{
    internal const string End = """
        update pts_ticket set state = @TicketState, ended_by = @TicketEnd where bucket = @TicketBucket and id = @TicketId and number = @TicketNumber and state = 'issued'
        """;

    /// <summary>A ticket of this office, whatever has become of it.</summary>
    /// <returns>Or <c>role_forbidden</c>, <c>ticket_unknown</c>, <c>scope_denied</c>.</returns>
    public async Task<Result<PointTicket>> Find(Terminal terminal, string? number, CancellationToken stop = default)
    {
        if (terminal.Require(TerminalCall.IssueTicket).Refused is { } noCall) return noCall;
        var ticket = await find.Find(number, stop);
        if (ticket.Refused is { } unknown) return unknown;
        return terminal.Holder is { } holder && ticket.Value.Office.Value == holder ? ticket : Refusal.Of("scope_denied");
    }

    /// <returns>The same, if it is still good; else also <c>ticket_void</c>, <c>ticket_used</c>, <c>ticket_expired</c>.</returns>
    public async Task<Result<PointTicket>> FindGood(Terminal terminal, string? number, CancellationToken stop = default) =>
        (await Find(terminal, number, stop)).Then<PointTicket>(t => t.Against(clock.Today()) is { } no ? no : t);

    /// <param name="id">Made by the caller: the same again answers again.</param>
    /// <returns>What went back; or as <see cref="FindGood"/>.</returns>
    public async Task<Result<Posted>> Run(Terminal terminal, TransferId id, string? number, CancellationToken stop = default)
    {
        var found = await Find(terminal, number, stop);
        return found.Refused is { } unknown ? unknown : await Post(found.Value, id, terminal.Actor, terminal.Id);
    }

    internal async Task<Result<Posted>> Post(PointTicket ticket, TransferId id, Actor by, TerminalId? terminal)
    {
        if (ticket.EndedBy != id && ticket.Against(clock.Today()) is { } no) return no;
        var posted = await ledger.Post(Transfer.TicketReturn(id, ticket.Bucket, ticket.Id, ticket.Office, by) with
        {
            Terminal = terminal,
            Companions = [Ended(ticket, TicketState.Cancelled, id, Refusal.Of("ticket_used")), .. await sum.Free(ticket.Bucket, ticket.Id, ticket.Amount.Value)],
        });
        return posted.Refused?.Code == "insufficient_points" ? Refusal.Of("ticket_used") : posted;
    }

    internal static Companion Ended(PointTicket ticket, TicketState state, TransferId by, Refusal otherwise) => new(End,
    [
        ("TicketState", Words<TicketState>.Of(state)), ("TicketEnd", by), ("TicketBucket", ticket.Bucket), ("TicketId", ticket.Id), ("TicketNumber", ticket.Number.ToString()),
    ], 1, otherwise);
}
