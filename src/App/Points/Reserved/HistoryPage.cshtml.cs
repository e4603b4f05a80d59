using Microsoft.AspNetCore.Mvc;
using MyKey.App.Passbooks;
using MyKey.App.Registry;
using MyKey.App.Shared.Csv;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Reserved;

/// <summary>What came into the reserved points and went out of them, newest first (S0-5011).</summary>
public sealed class HistoryPage(ReservedHistory history, LedgerReading reading, Passbook passbook, Balances balances, RegistryCache registry, TimeProvider clock) : CitizenPage
{
    /// <summary>The last line of the leaf before.</summary>
    [BindProperty(SupportsGet = true, Name = "before")]
    public string? Before { get; set; }

    /// <summary>Everything on one page, for the printer.</summary>
    [BindProperty(SupportsGet = true, Name = "all")]
    public bool All { get; set; }

    public Points Rest { get; private set; }

    /// <summary>The histories beside this one.</summary>
    public IReadOnlyList<Municipality> Towns { get; private set; } = [];

    public ReservedLeaf Leaf { get; private set; } = new([], null);

    public async Task<IActionResult> OnGet()
    {
        var before = HistoryPlace.Read(Before);
        if (before.Refused is { } nowhere) return await this.Refuse(nowhere);
        var view = await registry.View();
        Rest = await balances.Of(Citizen.Id, Destination.Reserved);
        Towns = [.. (await passbook.Issuers(Citizen.Id, await reading.Holdings(Citizen.Id, clock.Today()))).Select(view.Find).OfType<Municipality>()];
        Leaf = await history.Read(Citizen.Id, before.Value, All ? HistoryFile.MostLines : ReservedHistory.LinesPerLeaf);
        return Page();
    }

    public async Task<IActionResult> OnGetFile() =>
        HistoryFile.Of((await history.Read(Citizen.Id, before: null, HistoryFile.MostLines)).Rows, "history-reserved");
}
