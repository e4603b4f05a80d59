using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.Sandbox.Partners;

namespace MyKey.Sandbox.StreetCards;

/// <summary>http://sano.cards.localhost:5090/ and its like: cards with what is on them, a till, and the switches for what goes wrong.</summary>
[Microsoft.AspNetCore.Routing.Host(CardCentreParty.Hosts)]
public sealed class CentreHomePage(CardCentreBooks books) : PageModel
{
    public string Key => HttpContext.Key();

    public PartnerFault Fault => books.FaultOf(Key);

    public IReadOnlyList<(string Id, CentreCharge Charge)> Charges => books.ChargesOf(Key);

    public IReadOnlyDictionary<string, long> On(string card) => books.On(Key, card)!;

    public IActionResult OnPostFault(PartnerFault fault)
    {
        if (!ModelState.IsValid) return BadRequest();
        books.Set(Key, fault);
        return Redirect("/");
    }

    public IActionResult OnPostBuy(string card, long yen)
    {
        if (!CardCentreBooks.Cards.Contains(card) || yen is < 1 or > 1_000_000) return BadRequest();
        books.Buy(Key, card, yen);
        return Redirect("/");
    }
}
