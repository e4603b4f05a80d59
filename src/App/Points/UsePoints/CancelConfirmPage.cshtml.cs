using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Terminals;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.UsePoints;

/// <summary>Screen 2 of a cancel: what goes back. It needs the session that the shop's code has opened on this very terminal.</summary>
public sealed class CancelConfirmPage(CancelUse cancel, OpenSessions sessions, TimeProvider clock) : TerminalPage
{
    private static readonly NextStep Again = new("控えの番号から", "/terminal/cancel");

    public HistoryLine Line { get; private set; } = null!;

    public Guid Id { get; private set; }

    public string Name => Registry.NameOfPoints(new Purse(Line.Issuer, Line.Event));

    public Points Amount => new(Math.Abs(Line.Change));

    public async Task<IActionResult> OnGet(string? receipt, CancellationToken stop)
    {
        if (await NotOpen(sessions, stop) is { } closed) return await this.Refuse(closed, Again);
        var line = await cancel.Find(Terminal, receipt);
        if (line.Refused is { } no) return await this.Refuse(no, Again);
        (Line, Id) = (line.Value, Ids.NewV7(clock));
        return Page();
    }

    public async Task<IActionResult> OnPost(string? receipt, Guid id, CancellationToken stop)
    {
        if (await NotOpen(sessions, stop) is { } closed) return await this.Refuse(closed, Again);
        var posted = await cancel.Run(Terminal, new TransferId(id), receipt);
        return posted.Refused is { } no
            ? await this.Refuse(no, Again)
            : RedirectToPage("/Points/UsePoints/DonePage", new { receipt = posted.Value.Receipt.ToString() });
    }
}
