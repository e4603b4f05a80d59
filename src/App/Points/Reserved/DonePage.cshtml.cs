using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Reserved;

/// <summary>What was moved; reloading it moves nothing.</summary>
public sealed class DonePage(LedgerReading reading, Balances balances, RegistryCache registry) : CitizenPage
{
    [BindProperty(SupportsGet = true, Name = "receipt")]
    public string? Receipt { get; set; }

    public HistoryLine Line { get; private set; } = null!;

    /// <summary>What the points are called where they went, and where their history is.</summary>
    public string PointName { get; private set; } = "";

    public string History => Line.Event is { } supported ? $"/my/events/{supported.Value}/{Line.Receipt}" : $"/my/history/{Line.Issuer.Value}/{Line.Receipt}";

    public Points Moved => new(Line.Change);

    public Points Rest { get; private set; }

    public async Task<IActionResult> OnGet()
    {
        var number = ReceiptNumber.Read(Receipt ?? "");
        if (!number.Ok || await reading.Find(number.Value, Citizen.Id) is not { Kind: TransferKind.Move } line)
            return await this.Refuse(Refusal.Of("transfer_unknown"), new NextStep("留保ポイントへ", "/my/reserved"));
        (Line, PointName, Rest) = (line, (await registry.View()).NameOfPoints(new Purse(line.Issuer, line.Event)), await balances.Of(Citizen.Id, Destination.Reserved));
        return Page();
    }
}
