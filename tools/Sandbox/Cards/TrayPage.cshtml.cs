using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.Kernel;
using MyKey.Sandbox.Authority;

namespace MyKey.Sandbox.Cards;

/// <summary>http://card.localhost:5090/ – where a person puts a software card on the reader and takes it off.</summary>
[Microsoft.AspNetCore.Routing.Host("card.localhost")]
public sealed class TrayPage(CardTray tray, CardCounter counter) : PageModel
{
    public IReadOnlyList<TrayCard> Cards { get; private set; } = [];

    public string? Wrong { get; private set; }

    public TrayCard? OnReader => Cards.FirstOrDefault(c => c.OnReader);

    /// <summary>On another host name of this port.</summary>
    public string Mails => $"http://{Mail.MailParty.Host}:{Request.Host.Port}/";

    /// <summary>On another host name, too.</summary>
    public string Phone => $"http://{MyKey.Sandbox.Phone.PhoneParty.Host}:{Request.Host.Port}/";

    public void OnGet() => Cards = tray.Cards;

    public IActionResult OnPostPut(string card) => tray.Put(card) ? Redirect("/") : NotFound();

    public IActionResult OnPostTake()
    {
        tray.Take();
        return Redirect("/");
    }

    public IActionResult OnPostPin(string card, string? pin)
    {
        if (tray.DecidePin(card, pin ?? "")) return Redirect("/");
        Wrong = "暗証番号は、数字4けたです。";
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        OnGet();
        return Page();
    }

    /// <summary>Whose card it is has moved today.</summary>
    public IActionResult OnPostMove(string card) => tray.Cards.FirstOrDefault(c => c.Name == card) is { } found && counter.Authority is { } authority && authority.Move(found.File.Certificate, TimeProvider.System.Today()) ? Redirect("/") : NotFound();

    public bool HasAuthority => counter.Authority is not null;

    public bool TellsLineage => counter.Authority?.TellsLineage == true;

    public IActionResult OnPostRenew(string card) => counter.Renew(card) ? Redirect("/") : NotFound();

    public IActionResult OnPostReissue(string card) => counter.Reissue(card) ? Redirect("/") : NotFound();

    public IActionResult OnPostRevoke(string card) => counter.Revoke(card) ? Redirect("/") : NotFound();

    public IActionResult OnPostLineage()
    {
        if (counter.Authority is { } authority) authority.TellsLineage = !authority.TellsLineage;
        return Redirect("/");
    }

    public static string Tries(CardFile file) =>
        file.Tries == 0 ? "暗証番号はロックされています" : $"まちがえられるのは、あと{file.Tries.ToString(CultureInfo.InvariantCulture)}回";
}
