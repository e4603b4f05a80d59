using Microsoft.AspNetCore.Mvc;
using MyKey.App.Partners;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.PartnerLinks;

/// <summary>The companies with a login of their own, linked or not; a link is taken away here (S2-P17g).</summary>
public sealed class LinksPage(PartnerCache partners, KeepLinks links, TimeProvider clock) : CitizenPage
{
    private const string Here = "/my/settings/links";

    [BindProperty]
    public string? Partner { get; set; }

    [BindProperty(SupportsGet = true, Name = "removed")]
    public string? Removed { get; set; }

    public IReadOnlyList<PartnerLinkReply> Links { get; private set; } = [];

    public async Task OnGet(CancellationToken stop) => Links = await PartnerLinksEndpoint.All(Citizen.Id, partners, links, clock.Today(), stop);

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if ((await partners.View()).Find(Partner) is not { } partner) return await this.Refuse(Refusal.Of("not_found"), new NextStep("会社のIDへ", Here));
        // Sent twice it is gone already.
        await links.Remove(Citizen.Id, partner.Id, stop);
        return this.SeeOther($"{Here}?removed=1");
    }
}
