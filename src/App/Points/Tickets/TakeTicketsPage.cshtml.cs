using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Terminals;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Tickets;

/// <summary>
/// A shop takes tickets (S0-4025): their numbers, then what each is worth, then what became of each. There is no change, and the page says so
/// where it matters (S0-4027). The form carries the id of the taking, so a reload takes nothing twice.
/// </summary>
public sealed class TakeTicketsPage(UseTickets tickets, TimeProvider clock) : TerminalPage
{
    [BindProperty, Display(Name = "券の番号")]
    public string? Numbers { get; set; }

    [BindProperty, Display(Name = "お会計（円）")]
    public string? Bill { get; set; }

    /// <summary>One yen is one point (S2-P17i).</summary>
    public Kernel.Points? BillRead { get; private set; }

    public Guid Id { get; private set; }

    public TicketsResult? Looked { get; private set; }

    public TicketsResult? Taken { get; private set; }

    public static string NumberOf(TicketResult row) => TicketNumber.Read(row.Typed) is { Ok: true } number ? number.Value.ToString() : row.Typed;

    public async Task<IActionResult> OnGet() => Terminal.Require(TerminalCall.UsePoints).Refused is { } no ? await this.Refuse(no) : Page();

    /// <param name="take">The numbers that were looked at and are good; none: they are to be looked at.</param>
    public async Task<IActionResult> OnPost(Guid id, string[] take, CancellationToken stop)
    {
        if (!string.IsNullOrWhiteSpace(Bill))
        {
            var bill = Kernel.Points.Read(Bill);
            if (bill.Refused is { } unreadable) return this.Refuse(nameof(Bill), unreadable);
            BillRead = bill.Value;
        }
        if (take.Length > 0)
        {
            var taken = await tickets.Run(Terminal, new TicketsOrder(id, take), stop);
            if (taken.Refused is { } forbidden) return await this.Refuse(forbidden);
            Taken = taken.Value;
            return Page();
        }
        var looked = await tickets.Look(Terminal, TicketNumber.Split(Numbers), stop);
        if (looked.Refused is { } no) return no.Code == "role_forbidden" ? await this.Refuse(no) : this.Refuse(nameof(Numbers), no);
        (Looked, Id) = (looked.Value, Ids.NewV7(clock));
        return Page();
    }
}
