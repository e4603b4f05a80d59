using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Terminals;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Settings;
using MyKey.Ledger;

namespace MyKey.App.Tickets;

/// <summary>Screen 4 of a ticket: the sheet to print (S2-P7f). Once the ticket is used or taken back, only what became of it.</summary>
public sealed class TicketPage(CancelTicket tickets, TicketLink link, FindCitizen citizens, Settings settings, LedgerReading reading, TimeProvider clock) : TerminalPage
{
    public TicketFace Face { get; private set; } = null!;

    /// <summary>What the citizen had left; not said any more when the ticket has ended.</summary>
    public Kernel.Points? Rest { get; private set; }

    public Refusal? Against { get; private set; }

    public string Ended => Face.Ticket.State switch
    {
        TicketState.Used => "この券は、使ってあります",
        TicketState.Cancelled => "この券を取り消しました。ポイントは、お客さまに戻っています",
        TicketState.Returned => "この券は期限がすぎて、ポイントはお客さまに戻っています",
        _ => "この券は期限がすぎています",
    };

    public async Task<IActionResult> OnGet(string? number, string? size, CancellationToken stop)
    {
        var found = await tickets.Find(Terminal, number, stop);
        if (found.Refused is { } no) return await this.Refuse(no);
        if (found.Value.Void) return await this.Refuse(Refusal.Of("ticket_void"));
        Against = found.Value.Against(clock.Today());
        Face = TicketFace.Of(found.Value, Registry, size, $"{Request.Scheme}://{Request.Host}{await link.PathOf(found.Value.Number, stop)}") with { Holder = await Holder(found.Value, stop) };
        Rest = (await reading.Find(found.Value.Bucket, found.Value.Id))?.BalanceAfter;
        return Page();
    }

    /// <summary>The end of the holder's MyKeyId, where the municipality prints it (K-29).</summary>
    private async Task<string?> Holder(PointTicket ticket, CancellationToken stop) =>
        (await settings.View()).On("ticket.holder_mark", new SettingScope(Issuer: ticket.Issuer), clock.NowMs()) ? (await citizens.Get(ticket.Citizen, stop))?.MyKeyId.Tail : null;
}
