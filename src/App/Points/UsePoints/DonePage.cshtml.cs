using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Terminals;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.UsePoints;

/// <summary>Screen 4: what happened, its number and what is left. A reload shows the same and moves nothing; only the shop that took the points sees it.</summary>
public sealed class DonePage(LedgerReading reading, CardAtTerminal cards) : TerminalPage
{
    public HistoryLine Line { get; private set; } = null!;

    public string Name => Registry.NameOfPoints(Line.Issuer);

    public Points Amount => new(Math.Abs(Line.Change));

    public async Task<IActionResult> OnGet(string? receipt)
    {
        var number = ReceiptNumber.Read(receipt);
        if (number.Refused is { } unreadable) return await this.Refuse(unreadable);
        if (await reading.Find(number.Value) is not { } line) return await this.Refuse(Refusal.Of("transfer_unknown"));
        if (line.Acceptor != Shop.Id) return await this.Refuse(Refusal.Of("scope_denied"));
        Line = line;
        // The next card that is held starts the next payment.
        if (cards.AgentIsHere(HttpContext)) await cards.AwaitTap(HttpContext, Terminal);
        return Page();
    }
}
