using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Pdf;
using MyKey.App.Shared.Refusals;
using MyKey.App.Terminals;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Tickets;

/// <summary>Screen 4 of a ticket: the sheet to print (S2-P7f). Once the ticket is used or taken back, only what became of it.</summary>
public sealed class TicketPage(PrintTicket print, LedgerReading reading, TimeProvider clock) : TerminalPage
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

    public static bool HasPdf => PdfSheet.CanDraw;

    public async Task<IActionResult> OnGet(string? number, string? size, CancellationToken stop)
    {
        var face = await print.Face(HttpContext, Terminal, number, size, stop);
        if (face.Refused is { } no) return await this.Refuse(no);
        (Face, Against) = (face.Value, face.Value.Ticket.Against(clock.Today()));
        Rest = (await reading.Find(Face.Ticket.Bucket, Face.Ticket.Id))?.BalanceAfter;
        return Page();
    }

    public async Task<IActionResult> OnGetPdf(string? number, string? size, CancellationToken stop)
    {
        var pdf = await print.Pdf(HttpContext, Terminal, number, size, stop);
        return pdf.Refused is { } no ? await this.Refuse(no) : File(pdf.Value, MediaTypeNames.Application.Pdf);
    }
}
