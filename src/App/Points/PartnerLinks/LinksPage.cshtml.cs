using Microsoft.AspNetCore.Mvc;
using MyKey.App.OnlineLinks;
using MyKey.App.OnlineSites;
using MyKey.App.Partners;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.PartnerLinks;

/// <summary>The companies and the online sites with a login of their own, linked or not; a link is taken away here (S2-P17g, S2-P17h).</summary>
public sealed class LinksPage(PartnerCache partners, KeepLinks links, OnlineSiteCache sites, KeepOnlineLinks online, TimeProvider clock) : CitizenPage
{
    private const string Here = "/my/settings/links";

    [BindProperty]
    public string? Partner { get; set; }

    [BindProperty]
    public string? Site { get; set; }

    [BindProperty(SupportsGet = true, Name = "removed")]
    public string? Removed { get; set; }

    public IReadOnlyList<PartnerLinkReply> Links { get; private set; } = [];

    public IReadOnlyList<OnlineLinkReply> Sites { get; private set; } = [];

    public async Task OnGet(CancellationToken stop) => (Links, Sites) =
        (await PartnerLinksEndpoint.All(Citizen.Id, partners, links, clock.Today(), stop), await OnlineLinksEndpoint.All(Citizen.Id, sites, online, clock.Today(), stop));

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (!string.IsNullOrEmpty(Site))
        {
            if ((await sites.View()).Find(Site) is not { } site) return await this.Refuse(Refusal.Of("not_found"), new NextStep("IDをつなぐ画面へ", Here));
            await online.Remove(Citizen.Id, site, stop);
            return this.SeeOther($"{Here}?removed=site");
        }
        if ((await partners.View()).Find(Partner) is not { } partner) return await this.Refuse(Refusal.Of("not_found"), new NextStep("IDをつなぐ画面へ", Here));
        // Sent twice it is gone already.
        await links.Remove(Citizen.Id, partner.Id, stop);
        return this.SeeOther($"{Here}?removed=1");
    }
}
