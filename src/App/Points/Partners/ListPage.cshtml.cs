using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.Partners;

/// <summary>Every company whose points can be exchanged today, by kind (S0-4007, S4-05).</summary>
public sealed class ListPage(PartnerCache partners, TimeProvider clock) : PageModel
{
    public DateOnly Today { get; private set; }

    public IReadOnlyList<IGrouping<PartnerCategory, Partner>> Groups { get; private set; } = [];

    public async Task OnGet()
    {
        Today = clock.Today();
        Groups = [.. (await partners.View()).OpenOn(Today).GroupBy(p => p.Category).OrderBy(g => g.Key)];
    }
}

/// <summary>One company: the address it gives its members, from which they come to the exchange (S2-P2a).</summary>
public sealed class OnePage(PartnerCache partners, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "key")]
    public string? Key { get; set; }

    public DateOnly Today { get; private set; }

    public Partner Partner { get; private set; } = null!;

    public bool TakesCoupons => Partner.CouponsOn(Today).Count > 0;

    public async Task<IActionResult> OnGet()
    {
        Today = clock.Today();
        if ((await partners.View()).OpenOn(Today).FirstOrDefault(p => p.Key == Key) is not { } partner) return await this.Refuse(Refusal.Of("not_found"), new NextStep("会社の一覧へ", "/exchange"));
        Partner = partner;
        return Page();
    }
}
