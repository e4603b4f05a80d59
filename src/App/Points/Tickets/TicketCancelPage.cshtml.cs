using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.Identity.Terminals;

namespace MyKey.App.Tickets;

/// <summary>Screen 1 of taking a ticket back: its number and the office's own code (S0-4024).</summary>
public sealed class TicketCancelPage(CancelTicket cancel, OpenShop open) : TerminalPage
{
    [BindProperty, Display(Name = "券の番号")]
    public string? Number { get; set; }

    [BindProperty, Display(Name = "お店の番号")]
    public string? ShopCode { get; set; }

    public async Task<IActionResult> OnGet() => Terminal.Require(TerminalCall.IssueTicket).Refused is { } no ? await this.Refuse(no) : Page();

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var ticket = await cancel.FindGood(Terminal, Number, stop);
        if (ticket.Refused is { } no) return this.Refuse(nameof(Number), no);
        var shop = await open.Open(Terminal, ShopCode, ShellCookie.Shop.Read(HttpContext), stop);
        if (shop.Refused is { } wrong) return this.Refuse(nameof(ShopCode), wrong);
        ShellCookie.Shop.Set(HttpContext, shop.Value);
        return this.SeeOther($"/terminal/tickets/{ticket.Value.Number}/cancel");
    }
}
