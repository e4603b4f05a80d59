using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.Offers;

/// <summary>施策をさがす: before any login, by municipality, words, period and kind (S1-14c).</summary>
public sealed class ProgrammeSearchPage(FindOffers find, RegistryCache registry, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "municipality"), Display(Name = "自治体")]
    public string? Municipality { get; set; }

    [BindProperty(SupportsGet = true, Name = "text"), Display(Name = "言葉")]
    public string? Text { get; set; }

    [BindProperty(SupportsGet = true, Name = "moment"), Display(Name = "時期")]
    public string? Moment { get; set; }

    [BindProperty(SupportsGet = true, Name = "category"), Display(Name = "分類")]
    public string? Category { get; set; }

    [BindProperty(SupportsGet = true, Name = "page-number")]
    public int Number { get; set; } = 1;

    public OfferLeaf Leaf { get; private set; } = new([], false);

    public IReadOnlyList<SelectListItem> Municipalities { get; private set; } = [];

    public static IReadOnlyList<SelectListItem> Moments { get; } = [new("いつでも", ""), new("受付中", "open"), new("これから", "coming"), new("終わったもの", "ended")];

    public static IReadOnlyList<SelectListItem> Categories { get; } = [new("すべて", ""), .. OfferCategory.All.Select(c => new SelectListItem(c.Name, c.Code))];

    public DateOnly Today { get; } = clock.Today();

    private RegistryView view = null!;

    public string TownOf(Offer offer) => view.Find(offer.Municipality)?.FullName ?? offer.Municipality.Value;

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        view = await registry.View();
        Municipalities = [new("すべて", ""), .. (await find.Municipalities(stop)).Select(c => new SelectListItem(view.Find(c)?.FullName ?? c.Value, c.Value))];
        var query = OffersEndpoint.ReadQuery(Municipality, Text, Moment, Category, Number);
        if (query.Refused is { } no) return await this.Refuse(no, new NextStep("施策をさがす", "/programmes"));
        Leaf = await find.Find(query.Value, stop);
        return Page();
    }

    public string PagePath(int number) => QueryString.Create(new Dictionary<string, string?>
    {
        ["municipality"] = Municipality, ["text"] = Text, ["moment"] = Moment, ["category"] = Category, ["page-number"] = number.ToString(System.Globalization.CultureInfo.InvariantCulture),
    }.Where(p => !string.IsNullOrEmpty(p.Value))).ToString();
}
