using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Machines;
using MyKey.App.Registry;
using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.OnlineSites;

/// <summary>A municipality for which a site sells, from a day on (S0-4014).</summary>
public sealed class SiteSellerPage(OnlineSiteCache sites, ChangeOnlineSite change, RegistryCache registry, TimeProvider clock) : OnlineSiteFormPage(sites)
{
    [BindProperty, Display(Name = "自治体")]
    public string? Municipality { get; set; }

    [BindProperty, Display(Name = "いつから")]
    public string? From { get; set; }

    [BindProperty, Display(Name = "いつまで")]
    public string? Until { get; set; }

    public IReadOnlyList<SelectListItem> Choices { get; private set; } = [];

    public Task<IActionResult> OnPost(CancellationToken stop)
    {
        var wanted = new WantedSeller(Municipality ?? "", Day(nameof(From), From), TypedDay.Read(Until));
        return Save(() => change.Seller(Work, Key!, wanted, stop), then: asked => this.SeeOther(asked.Back(Back)));
    }

    protected override void Begin() => From = TypedDay.Of(clock.Today());

    protected override async Task Prepare() => Choices = [new("選んでください", ""), .. (await registry.View()).Municipalities.Where(m => m.Issues)
        .OrderBy(m => m.Code).Select(m => new SelectListItem(m.FullName, m.Code.Value))];

    protected override string FieldOf(Refusal no) => no.Code == "municipality_unknown" ? nameof(Municipality) : nameof(From);
}

/// <summary>Asks for a key of a site's system.</summary>
public sealed class SiteKeyPage(OnlineSiteCache sites, OnlineSiteKeys keys, TimeProvider clock) : KeyRequestPage<OnlineSite>(OnlineSiteFormPage.Keyed(sites), clock)
{
    public Task<IActionResult> OnPost(CancellationToken stop) => Save(() => keys.Ask(Work, Key!, new WantedSiteKey(Id, Label ?? "", EachNetwork, ValidDays), stop), "key");
}
