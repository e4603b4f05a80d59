using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.OnlineSites;

/// <summary>All sites, as the operators keep them.</summary>
public sealed class OperatorSitesPage(OnlineSiteCache sites, TimeProvider clock) : StaffPage
{
    public IReadOnlyList<OnlineSite> Sites { get; private set; } = [];

    public DateOnly Today { get; private set; }

    public async Task OnGet() => (Sites, Today) = ((await sites.View()).All, clock.Today());
}

/// <summary>One site: its days, addresses, municipalities and keys.</summary>
public sealed class OperatorSitePage(OnlineSiteCache sites, RegistryCache registry) : StaffPage
{
    private RegistryView? towns;

    [BindProperty(SupportsGet = true, Name = "key")]
    public string? Key { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public OnlineSite Site { get; private set; } = null!;

    public async Task<IActionResult> OnGet()
    {
        if ((await sites.View()).Find(Key) is not { } site) return await this.Refuse(Refusal.Of("not_found"), OnlineSiteFormPage.ToList);
        (Site, towns) = (site, await registry.View());
        return Page();
    }

    public string TownOf(MunicipalityCode code) => towns!.Find(code)?.Name ?? code.Value;
}

/// <summary>A form about one site.</summary>
public abstract class OnlineSiteFormPage(OnlineSiteCache sites) : KeyedFormPage<OnlineSite>(Keyed(sites))
{
    public static readonly NextStep ToList = new("ネットのサイトの一覧へ", "/operator/online-sites");

    public OnlineSite Site => Found;

    internal static KeyedThings<OnlineSite> Keyed(OnlineSiteCache sites) => new(async key => (await sites.View()).Find(key), site => $"/operator/online-sites/{site.Key}", ToList, "サイトに戻る");
}
