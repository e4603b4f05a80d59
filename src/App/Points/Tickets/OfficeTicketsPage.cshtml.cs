using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Tickets;

/// <summary>Staff look a ticket up by number and take it back while it is unused (table Z2).</summary>
public abstract class StaffTicketsPage(OfficeTickets tickets, RegistryCache registry, TimeProvider clock) : StaffPage
{
    [BindProperty(SupportsGet = true), Display(Name = "券の番号")]
    public string? Number { get; set; }

    public PointTicket? Ticket { get; private set; }

    public Guid Id { get; private set; }

    public bool Good { get; private set; }

    public string Said { get; private set; } = "";

    public string IssuedAt { get; private set; } = "";

    public string? UsedAt { get; private set; }

    public abstract string Path { get; }

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(Number)) return Page();
        var found = await tickets.Find(Work, Number, stop);
        if (found.Refused is { } no) return this.Refuse(nameof(Number), no);
        var (view, against) = (await registry.View(), found.Value.Against(clock.Today()));
        (Ticket, Id, Good) = (found.Value, Ids.NewV7(clock), against is null);
        Said = Ticket.State == TicketState.Cancelled ? "この券は、取り消してあります" : against?.Sentences().What ?? "この券は使えます";
        (IssuedAt, UsedAt) = (view.Find(Ticket.Office)?.Name ?? "", Ticket.UsedAt is { } shop ? view.Find(shop)?.Name : null);
        return Page();
    }

    public async Task<IActionResult> OnPost(Guid id, CancellationToken stop)
    {
        var cancelled = await tickets.Cancel(Work, new TransferId(id), Number, stop);
        return cancelled.Refused is { } no ? await No(no, new NextStep("券を調べる", Path)) : this.SeeOther($"{Path}?Number={cancelled.Value.Number}");
    }
}

/// <summary>Tickets of the office's own points.</summary>
public sealed class OfficeTicketsPage(OfficeTickets tickets, RegistryCache registry, TimeProvider clock) : StaffTicketsPage(tickets, registry, clock)
{
    public override string Path => "/office/tickets";

    protected override IReadOnlyList<Role> Needed => [Role.Officer];
}

/// <summary>Any ticket, for operators.</summary>
public sealed class OperatorTicketsPage(OfficeTickets tickets, RegistryCache registry, TimeProvider clock) : StaffTicketsPage(tickets, registry, clock)
{
    public override string Path => "/operator/tickets";

    protected override IReadOnlyList<Role> Needed => [Role.Operator];
}
