using MyKey.App.Registry;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Tickets;

/// <summary>What a shop hands in.</summary>
/// <param name="Id">Made by the caller, a UUID: the same again answers again.</param>
/// <param name="Numbers">As typed or scanned; the same twice counts once.</param>
public sealed record TicketsOrder(Guid Id, IReadOnlyList<string> Numbers);

/// <summary>What became of one number.</summary>
/// <param name="Typed">As it was given.</param>
/// <param name="Ticket">Null for a number that is none.</param>
/// <param name="Receipt">Of the transfer, where it paid.</param>
public sealed record TicketResult(string Typed, PointTicket? Ticket, ReceiptNumber? Receipt, Refusal? Refused);

/// <param name="Sum">Of the tickets that pay. There is no change (S0-4027).</param>
public sealed record TicketsResult(IReadOnlyList<TicketResult> Tickets, Kernel.Points Sum);

/// <summary>Somebody who takes tickets for a shop: its own terminal, or the office to which it handed them in.</summary>
/// <param name="Order">Null: they are only looked at.</param>
/// <param name="HandedIn">The shop took them in time, but had no device (S4-09).</param>
internal sealed record TakenFor(AcceptorId Shop, RegistryView View, Actor By, TerminalId? Terminal, Guid? Order, bool HandedIn = false);

/// <summary>A shop takes tickets, several at once, each by itself whole or not at all (S0-4025, S0-4021).</summary>
public sealed class UseTickets(FindTickets find, RegistryCache registry, Ledger.Ledger ledger, TimeProvider clock)
{
    public const int MostAtOnce = 20;

    private const string End = """
        update pts_ticket set state = 'used', ended_by = @TicketUse, used_at = @TicketShop
        where bucket = @TicketBucket and id = @TicketId and number = @TicketNumber and state = 'issued'
        """;

    private const string EndToday = $"{End} and last_on >= @TicketToday";

    private const string EndHandedIn = $"{End} and hand_in_until >= @TicketToday";

    /// <summary>What the numbers are worth here; takes nothing.</summary>
    /// <returns>Or <c>role_forbidden</c>, <c>field_required</c>, <c>too_large</c>.</returns>
    public Task<Result<TicketsResult>> Look(Terminal terminal, IReadOnlyList<string> numbers, CancellationToken stop = default) => Each(terminal, numbers, null, stop);

    /// <returns>Number by number: paid, or <c>ticket_unknown</c>, <c>ticket_void</c>, <c>ticket_used</c>, <c>ticket_expired</c>, <c>not_accepted_here</c>. As a whole as <see cref="Look"/>.</returns>
    public Task<Result<TicketsResult>> Run(Terminal terminal, TicketsOrder order, CancellationToken stop = default) => Each(terminal, order.Numbers, order.Id, stop);

    private async Task<Result<TicketsResult>> Each(Terminal terminal, IReadOnlyList<string> numbers, Guid? order, CancellationToken stop)
    {
        if (terminal.Require(TerminalCall.UsePoints).Refused is { } noCall) return noCall;
        if (terminal.Holder is not { } holder) return Refusal.Of("role_forbidden");
        return await Each(new TakenFor(new AcceptorId(holder), await registry.View(), terminal.Actor, terminal.Id, order), numbers, MostAtOnce, stop);
    }

    /// <returns>Number by number; or <c>field_required</c>, <c>too_large</c>.</returns>
    internal async Task<Result<TicketsResult>> Each(TakenFor taking, IReadOnlyList<string> numbers, int most, CancellationToken stop)
    {
        var typed = numbers.Where(n => !string.IsNullOrWhiteSpace(n)).ToList();
        if (typed.Count == 0) return Refusal.Of("field_required", ("field", "numbers"));
        if (typed.Count > most) return Refusal.Of("too_large");
        var (seen, results) = (new HashSet<string>(StringComparer.Ordinal), new List<TicketResult>());
        foreach (var number in typed)
        {
            if (!seen.Add(TicketNumber.Read(number) is { Ok: true } same ? same.Value.ToString() : number)) continue;
            var found = await find.Find(number, stop);
            results.Add(found.Refused is { } unknown ? new TicketResult(number, null, null, unknown) : await One(taking, number, found.Value));
        }
        return new TicketsResult(results, new Kernel.Points(results.Where(r => r.Refused is null).Sum(r => r.Ticket!.Amount.Value)));
    }

    private async Task<TicketResult> One(TakenFor taking, string typed, PointTicket ticket)
    {
        var use = taking.Order is { } order ? UseOf(order, ticket) : (TransferId?)null;
        if (ticket.PaysAt(taking.View, taking.Shop, clock.Today()).Refused is { } notHere) return new TicketResult(typed, ticket, null, notHere);
        var again = use is not null && ticket is { Void: false, State: TicketState.Used } && ticket.EndedBy == use;
        if (!again && (taking.HandedIn ? ticket.AgainstHandIn(clock.Today()) : ticket.Against(clock.Today())) is { } no) return new TicketResult(typed, ticket, null, no);
        if (use is not { } id) return new TicketResult(typed, ticket, null, null);
        var posted = await Post(taking, id, ticket);
        return new TicketResult(typed, ticket, posted.Ok ? posted.Value.Receipt : null, posted.Refused);
    }

    private async Task<Result<Posted>> Post(TakenFor taking, TransferId id, PointTicket ticket)
    {
        var posted = await ledger.Post(Transfer.TicketUse(id, ticket.Citizen, Account.Ticket(ticket.Issuer, ticket.Id), ticket.Amount, taking.Shop, taking.By) with
        {
            Terminal = taking.Terminal,
            Companions =
            [
                new Companion(taking.HandedIn ? EndHandedIn : EndToday,
                [
                    ("TicketUse", id), ("TicketShop", taking.Shop), ("TicketBucket", ticket.Bucket), ("TicketId", ticket.Id), ("TicketNumber", ticket.Number.ToString()), ("TicketToday", clock.Today().ToNumber()),
                ], 1, Refusal.Of("ticket_used")),
            ],
        });
        // Nothing is in it any more: another shop was quicker.
        return posted.Refused?.Code == "insufficient_points" ? Refusal.Of("ticket_used") : posted;
    }

    /// <summary>One request uses each of its tickets under an id of its own.</summary>
    private static TransferId UseOf(Guid order, PointTicket ticket) => Ids.Named<TransferId>([.. order.Bytes(), .. ticket.Id.Value.Bytes()]);
}
