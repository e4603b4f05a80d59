using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.Sandbox.Cards;

namespace MyKey.Sandbox.Phone;

/// <summary>http://phone.localhost:5090/ – the screen of the telephone.</summary>
[Microsoft.AspNetCore.Routing.Host(PhoneParty.Host)]
public sealed class PhonePage(PhoneApp app, CardTray tray) : PageModel
{
    /// <summary><c>scan</c>, <c>number</c>, <c>card</c> or <c>done</c>.</summary>
    public string Step { get; private set; } = "scan";

    public PhoneAsk? Ask { get; private set; }

    public PhoneNo? No { get; private set; }

    public string? Card { get; private set; }

    public IReadOnlyList<TrayCard> Cards => tray.Cards;

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostScan(string? scanned, CancellationToken stop)
    {
        (Ask, No) = await app.Scan(scanned, stop);
        return Show(No is null ? "number" : "scan");
    }

    public async Task<IActionResult> OnPostChoose(string id, string? number, CancellationToken stop)
    {
        Ask = app.Find(id);
        No = await app.Choose(id, number, stop);
        return Show(No is null ? "card" : "scan");
    }

    public async Task<IActionResult> OnPostSign(string id, string? card, string? pin, CancellationToken stop)
    {
        (Ask, Card) = (app.Find(id), card);
        No = await app.Sign(id, card ?? "", pin ?? "", stop);
        // A wrong PIN leaves the question open; what the site refused is over.
        return Show(No is null ? "done" : app.Find(id) is null ? "scan" : "card");
    }

    private PageResult Show(string step)
    {
        Step = step;
        if (No is not null) Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }
}
