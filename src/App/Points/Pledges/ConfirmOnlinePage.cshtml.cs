using Microsoft.AspNetCore.Mvc;
using MyKey.App.OnlineSites;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.UsePoints;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.App.Pledges;

/// <summary>A payment above the limits: the citizen, known by card and PIN, confirms exactly it, and goes back to the site (S0-4010b).</summary>
public sealed class ConfirmOnlinePage(ConfirmOnline confirmations, PledgeRule rule, PasswordSum sum, OnlineSiteCache sites, RegistryCache registry, CardOptions cards) : CitizenPage
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    /// <summary>Where at the site the citizen goes back to.</summary>
    [BindProperty(SupportsGet = true, Name = "back")]
    public string? Back { get; set; }

    public OnlineConfirmation Asked { get; private set; } = null!;

    public OnlineSite Site { get; private set; } = null!;

    public string PointName { get; private set; } = "";

    public Kernel.Points PerUse { get; private set; }

    public Kernel.Points PerDay { get; private set; }

    /// <summary>How much moves without card and PIN on a day, all things together.</summary>
    public Kernel.Points WithoutCard { get; private set; }

    public bool IsOver => Asked.UsedMs is null && confirmations.IsOver(Asked);

    /// <summary>Card and PIN are still to be shown.</summary>
    public bool NeedsCard => !Session.RequireCard().Ok;

    /// <summary>Where they are; null where no card can be read.</summary>
    public string? StepUp => cards.On ? CardEndpoints.AskPath(Purpose.StepUp, Here) : null;

    /// <summary>The site, and nowhere else: a page of its own, or its first.</summary>
    public string ToSite => BackAt(Site.Home, Back) ?? Site.Home;

    public string Here => BackAt(Site.Home, Back) is { } back ? $"{Asked.Path}?back={Uri.EscapeDataString(back)}" : Asked.Path;

    public async Task<IActionResult> OnGet(CancellationToken stop) => await Show(stop) is { } no ? await this.Refuse(no) : Page();

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone);
        var done = await confirmations.Confirm(Citizen.Id, Session.RequireCard().Ok, Id, stop);
        return done.Refused is { } no ? await this.Refuse(no, new NextStep($"{Site.Name}に戻る", Here)) : this.SeeOther(Here);
    }

    /// <returns>The address where it is one of the site's own, else null.</returns>
    private static string? BackAt(string home, string? back) =>
        Uri.TryCreate(back, UriKind.Absolute, out var there) && Uri.TryCreate(home, UriKind.Absolute, out var site) && there.UserInfo.Length == 0
        && (there.Scheme, there.Host, there.Port) == (site.Scheme, site.Host, site.Port) ? there.AbsoluteUri : null;

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        if (await confirmations.Find(Citizen.Id, Id, stop) is not { } own || (await sites.View()).Find(own.Site) is not { } site) return Refusal.Of("not_found");
        var limits = await rule.Limits(own.Issuer);
        (Asked, Site, PointName) = (own, site, (await registry.View()).NameOfPoints(own.Issuer));
        (PerUse, PerDay, WithoutCard) = (new Kernel.Points(limits.PerUse), new Kernel.Points(limits.PerDay), new Kernel.Points(await sum.Limit()));
        return null;
    }
}
