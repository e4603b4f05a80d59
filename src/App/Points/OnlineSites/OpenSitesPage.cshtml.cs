using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.OnlineSites;

/// <summary>Every site where points pay: shops (S0-4009a), or crowdfunding (S0-4009b). Opens without login.</summary>
public sealed class OpenSitesPage(OnlineSiteCache sites, TimeProvider clock) : PageModel
{
    public OnlineSiteKind Kind => Request.Path.StartsWithSegments("/crowdfunding", StringComparison.Ordinal) ? OnlineSiteKind.Crowdfunding : OnlineSiteKind.Shop;

    public IReadOnlyList<OnlineSite> Sites { get; private set; } = [];

    public async Task OnGet() => Sites = [.. (await sites.View()).OpenOn(clock.Today()).Where(s => s.Kind == Kind)];
}

/// <summary>One site, and the five steps to use points there (S0-4010a, S0-4015b): where a site leads whoever has no link yet.</summary>
public sealed class OpenSitePage(OnlineSiteCache sites, RegistryCache registry, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "key")]
    public string? Key { get; set; }

    public OnlineSite Site { get; private set; } = null!;

    public IReadOnlyList<string> Municipalities { get; private set; } = [];

    public async Task<IActionResult> OnGet()
    {
        if ((await sites.View()).OpenOn(clock.Today()).FirstOrDefault(s => s.Key == Key) is not { } site) return await this.Refuse(Refusal.Of("not_found"), new NextStep("オンラインショップの一覧へ", "/online"));
        Site = site;
        var view = await registry.View();
        Municipalities = [.. site.MunicipalitiesOn(clock.Today()).Select(m => view.Find(m)?.Name ?? m.Value)];
        return Page();
    }
}
