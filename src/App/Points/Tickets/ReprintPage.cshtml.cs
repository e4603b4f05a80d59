using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Tickets;

/// <summary>A print that was lost: the ticket gets another number, the first is void (J-D2).</summary>
public sealed class ReprintPage(CancelTicket tickets, ReprintTicket reprint, TimeProvider clock) : TerminalPage
{
    public PointTicket Ticket { get; private set; } = null!;

    public Guid Id { get; private set; }

    public async Task<IActionResult> OnGet(string? number, CancellationToken stop)
    {
        var found = await tickets.FindGood(Terminal, number, stop);
        if (found.Refused is { } no) return await this.Refuse(no);
        (Ticket, Id) = (found.Value, Ids.NewV7(clock));
        return Page();
    }

    public async Task<IActionResult> OnPost(string? number, Guid id, CancellationToken stop)
    {
        var printed = await reprint.Run(Terminal, id, number, stop);
        return printed.Refused is { } no ? await this.Refuse(no) : this.SeeOther($"/terminal/tickets/{printed.Value.Number}");
    }
}
