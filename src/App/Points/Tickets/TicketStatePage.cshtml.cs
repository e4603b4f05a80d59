using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.Tickets;

/// <summary>Where the code on a ticket leads: any telephone sees whether the ticket is good, used or past its day (formats §4). It says nothing of its citizen.</summary>
public sealed class TicketStatePage(TicketLink link, FindTickets find, RegistryCache registry, TimeProvider clock) : PageModel
{
    public PointTicket Ticket { get; private set; } = null!;

    public string PointName { get; private set; } = "";

    public string Where { get; private set; } = "";

    public Refusal? Against { get; private set; }

    public async Task<IActionResult> OnGet(string? code, CancellationToken stop)
    {
        var number = await link.Read(code, stop);
        if (number.Refused is { } wrong) return await this.Refuse(wrong);
        var ticket = await find.Find(number.Value.ToString(), stop);
        if (ticket.Refused is { } unknown) return await this.Refuse(unknown);
        var view = await registry.View();
        // The number on this paper, which another may have replaced.
        (Ticket, Against) = (ticket.Value with { Number = number.Value }, ticket.Value.Against(clock.Today()));
        (PointName, Where) = (view.NameOfPoints(Ticket.Issuer), Ticket.Where(view));
        return Page();
    }
}
