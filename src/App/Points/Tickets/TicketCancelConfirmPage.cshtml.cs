using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.Terminals;
using MyKey.Identity.Sessions;
using MyKey.Kernel;

namespace MyKey.App.Tickets;

/// <summary>Screen 2 of taking a ticket back. It needs the session that the office's code has opened on this very terminal.</summary>
public sealed class TicketCancelConfirmPage(CancelTicket cancel, OpenSessions sessions, TimeProvider clock) : TerminalPage
{
    private static readonly NextStep Again = new("券の番号から", "/terminal/tickets/cancel");

    public PointTicket Ticket { get; private set; } = null!;

    public Guid Id { get; private set; }

    public async Task<IActionResult> OnGet(string? number, CancellationToken stop)
    {
        if (await NotOpen(sessions, stop) is { } closed) return await this.Refuse(closed, Again);
        var ticket = await cancel.FindGood(Terminal, number, stop);
        if (ticket.Refused is { } no) return await this.Refuse(no, Again);
        (Ticket, Id) = (ticket.Value, Ids.NewV7(clock));
        return Page();
    }

    public async Task<IActionResult> OnPost(string? number, Guid id, CancellationToken stop)
    {
        if (await NotOpen(sessions, stop) is { } closed) return await this.Refuse(closed, Again);
        var posted = await cancel.Run(Terminal, new TransferId(id), number, stop);
        return posted.Refused is { } no ? await this.Refuse(no, Again) : this.SeeOther($"/terminal/tickets/{number}");
    }
}
