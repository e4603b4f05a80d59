using Microsoft.AspNetCore.Mvc;
using MyKey.App.OnlineSites;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.App.OnlineLinks;

/// <summary>Before the way to a site's own login, and after it (S0-4015).</summary>
public sealed class OnlineLinkPage(OnlineSiteCache sites, KeepOnlineLinks links, MakeOnlineLink make, CardOptions cards, TimeProvider clock) : CitizenPage
{
    [BindProperty(SupportsGet = true, Name = "key")]
    public string? Key { get; set; }

    /// <summary>Why the browser came back without a link; a word of a browser chooses a sentence, nothing else.</summary>
    [BindProperty(SupportsGet = true, Name = "refused")]
    public string? Why { get; set; }

    public Refusal? Told => Why is "partner_auth_failed" or "partner_silent" or "partner_account_missing" ? Refusal.Of(Why, ("partner", Site.Name)) : null;

    public OnlineSite Site { get; private set; } = null!;

    public OnlineLink? Link { get; private set; }

    /// <summary>Card and PIN are still to be shown.</summary>
    public bool NeedsCard { get; private set; }

    /// <summary>Where they are; null where no card can be read.</summary>
    public string? StepUp => cards.On ? CardEndpoints.AskPath(Purpose.StepUp, $"/my/online/link/{Site.Key}") : null;

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if ((await sites.View()).Find(Key) is not { } site || !site.OpenOn(clock.Today())) return await this.Refuse(Refusal.Of("not_found"), new NextStep("つなぐ画面へ", "/my/settings/links"));
        Site = site;
        Link = (await links.Of(Citizen.Id, stop)).FirstOrDefault(l => l.Site == site.Id);
        NeedsCard = Link is null && await make.NeedsCard(Session.RequireCard().Ok);
        return Page();
    }
}
