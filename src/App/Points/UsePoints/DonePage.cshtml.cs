using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Terminals;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.UsePoints;

/// <summary>Screen 4: what happened, its number and what is left. A reload shows the same and moves nothing; only the shop that took the points sees it.</summary>
public sealed class DonePage(FindTransfer find, CardAtTerminal cards) : TerminalPage
{
    public HistoryLine Line { get; private set; } = null!;

    public string Name => Registry.NameOfPoints(new Purse(Line.Issuer, Line.Event));

    public Points Amount => new(Math.Abs(Line.Change));

    public async Task<IActionResult> OnGet(string? receipt)
    {
        var line = await find.Run(Terminal, receipt);
        if (line.Refused is { } no) return await this.Refuse(no);
        Line = line.Value;
        // The next card that is held starts the next payment.
        if (cards.AgentIsHere(HttpContext)) await cards.AwaitTap(HttpContext, Terminal);
        return Page();
    }
}
