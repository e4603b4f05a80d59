using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Partners;
using MyKey.App.Registry;
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
        return Save(() => change.Seller(Work, Key!, wanted, stop));
    }

    protected override Task Begin()
    {
        From = TypedDay.Of(clock.Today());
        return Task.CompletedTask;
    }

    protected override async Task Prepare() => Choices = [new("選んでください", ""), .. (await registry.View()).Municipalities.Where(m => m.Issues)
        .OrderBy(m => m.Code).Select(m => new SelectListItem(m.FullName, m.Code.Value))];

    protected override string FieldOf(Refusal no) => no.Code == "municipality_unknown" ? nameof(Municipality) : nameof(From);
}

/// <summary>Asks for a key of a site's system; another operator approves it with the other keys.</summary>
public sealed class SiteKeyPage(OnlineSiteCache sites, OnlineSiteKeys keys, TimeProvider clock) : OnlineSiteFormPage(sites)
{
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "システムの名前")]
    public string? Label { get; set; }

    [BindProperty, Display(Name = "つなぐ場所")]
    public string? Networks { get; set; }

    [BindProperty, Display(Name = "使える期間")]
    public string? Days { get; set; }

    public Task<IActionResult> OnPost(CancellationToken stop)
    {
        var networks = Typed.HalfWidth(Networks).Split([' ', ',', '、'], StringSplitOptions.RemoveEmptyEntries);
        var days = int.TryParse(Days, NumberStyles.None, CultureInfo.InvariantCulture, out var typed) ? typed : 0;
        return Save(() => keys.Ask(Work, Key!, new WantedSiteKey(Id, Label ?? "", networks, days), stop), "key");
    }

    protected override Task Begin()
    {
        (Id, Days) = (Ids.NewV7(clock), "90");
        return Task.CompletedTask;
    }

    protected override string FieldOf(Refusal no) => no.Fact<string>("field") switch { "networks" => nameof(Networks), "validDays" => nameof(Days), _ => nameof(Label) };
}
