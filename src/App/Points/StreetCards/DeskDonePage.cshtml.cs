using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Terminals;

namespace MyKey.App.StreetCards;

/// <summary>What became of a charge at this desk. A reload shows how far it has come and moves nothing.</summary>
public sealed class DeskDonePage(DeskStreetCards cards) : TerminalPage
{
    public DeskCharge Done { get; private set; } = null!;

    public async Task<IActionResult> OnGet(string? receipt, CancellationToken stop)
    {
        var found = await cards.Find(Terminal, receipt, stop);
        if (found.Refused is { } no) return await this.Refuse(no, new NextStep("はじめの画面へ", "/terminal"));
        Done = found.Value;
        return Page();
    }
}
