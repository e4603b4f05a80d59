using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Exchange;

/// <summary>What was exchanged, with its receipts. Reloading it exchanges nothing.</summary>
public sealed class DonePage(FindExchanges find, RegistryCache registry, Balances balances) : CitizenPage
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    /// <summary>How many codes were refused at the last moment.</summary>
    [BindProperty(SupportsGet = true, Name = "left")]
    public int Left { get; set; }

    public Destination Destination { get; private set; } = null!;

    public List<(ExchangeLine Line, ReceiptNumber? Receipt)> Lines { get; } = [];

    public Points Worth => new(Lines.Sum(l => l.Line.Worth!.Value.Value));

    public Points Rest { get; private set; }

    public DateOnly ExpiresOn => Lines[0].Line.ExpiresOn!.Value;

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        var found = await find.Of(Citizen.Id, Id, stop);
        if (found.Count == 0) return await this.Refuse(Refusal.Of("not_found"), new NextStep("コードを入れる画面へ", "/my/exchange"));
        Destination = Destination.Of(found[0].Issuer, await registry.View());
        foreach (var (line, _) in found) Lines.Add((line, await find.Receipt(Citizen.Id, line)));
        Rest = await balances.Of(Citizen.Id, Destination);
        return Page();
    }
}
